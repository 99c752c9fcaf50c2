//! Adds a signed paper that proves the right to represent the tenant, while the case waits for it.

use axum::extract::{FromRequest, Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::app::portal::NotProcessed;
use crate::http::client::ClientAddress;
use crate::http::pages::accepted::see_other;
use crate::http::pages::body::FormBody;
use crate::http::pages::multipart::FilesForm;
use crate::http::pages::render::wrong;
use crate::http::pages::representation::{in_trouble, people_post};
use crate::http::pages::resume::PageRequest;
use crate::http::pages::{Forms, multipart, trouble};
use complaint::questionnaire::question::Purpose;
use complaint::{FieldError, Fields};

/// `POST /cases/{reference}/people`: a multipart form adds the paper to the case, for the organisation to decide on. Any other form goes
/// to `people_post`.
pub(crate) async fn post(State(forms): State<Forms>, Path(reference): Path<String>, from: ClientAddress, request: Request) -> Response {
    let (headers, uri) = (request.headers().clone(), request.uri().clone());
    if !multipart::is_multipart(&headers) {
        return match FormBody::from_request(request, &()).await {
            Ok(form) => people_post(State(forms), Path(reference), from, headers, uri, form).await,
            Err(status) => status.into_response(),
        };
    }
    let files = match FilesForm::from_request(request, &()).await {
        Ok(files) => files,
        Err(status) => return status.into_response(),
    };
    let visit = PageRequest {
        forms: &forms,
        headers: &headers,
        uri: &uri,
    };
    let (session, people) = match visit.people(&reference).await {
        Ok(Some(found)) => found,
        other => {
            files.drain().await;
            return match other {
                Err(failure) => trouble::status(&failure).into_response(),
                Ok(_) => see_other("/sign-in", None),
            };
        }
    };
    let list = format!("/cases/{}/people", people.reference);
    if !people.may_add_paper {
        // The page was out of date: show it again.
        files.drain().await;
        return see_other(&list, None);
    }
    let door = &forms.http;
    let to = multipart::FileTarget::Case(&session, &people.reference, &door.limits);
    let brought = multipart::take(door, from, to, Purpose::Authority, files, door.language(&headers)).await;
    if let Some(broken) = brought.broken {
        return broken.status().into_response();
    }
    if brought.sent {
        return see_other("/sign-in", None);
    }
    if let Some(wait) = brought.too_many {
        let posted = in_trouble(Fields::default(), NotProcessed::TooMany { seconds: wait.seconds });
        let everybody = visit.people_page(people, None, None);
        let mut response = visit.refuse(StatusCode::TOO_MANY_REQUESTS, everybody, posted).await;
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.seconds));
        return response;
    }
    let mut errors = brought.refused;
    if errors.is_empty() && brought.taken.is_empty() {
        errors.push(FieldError::new(multipart::FILES, "files_none"));
    }
    if errors.is_empty() {
        return see_other(&format!("{list}?done=paper"), None);
    }
    // Read again, so that the page counts the files that were stored.
    let people = match visit.people(&people.reference).await {
        Ok(Some((_, people))) => people,
        _ => people,
    };
    let posted = wrong(Fields::default(), errors);
    visit
        .refuse(StatusCode::UNPROCESSABLE_ENTITY, visit.people_page(people, None, None), posted)
        .await
}
