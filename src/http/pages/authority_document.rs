//! Adds a signed paper that proves the right to represent the tenant, while the case waits for it.

use axum::extract::{FromRequest, Path, Request};

use crate::http::pages::accepted::see_other;
use crate::http::pages::body::FormBody;
use crate::http::pages::multipart::{self, FilesForm};
use crate::http::pages::representation::people_post;
use crate::http::pages::trouble::PageResult;
use crate::http::pages::visit::Visit;
use complaint::questionnaire::question::Purpose;
use complaint::{FieldError, Fields};
use service::access::viewer;
use service::files::FileTarget;
use service::representation;

/// `POST /cases/{reference}/people`: a multipart form adds the paper to the case, for the organisation to decide on. Any other form goes
/// to `people_post`.
pub(crate) async fn post(visit: Visit, Path(reference): Path<String>, request: Request) -> PageResult {
    if !multipart::is_multipart(&visit.headers) {
        let form = FormBody::from_request(request, &()).await?;
        return people_post(visit, Path(reference), form).await;
    }
    let files = FilesForm::from_request(request, &()).await?;
    let (viewer, people) = match visit.people(&reference).await {
        Ok(Some(found)) => found,
        other => {
            files.drain().await;
            return other.map(|_| see_other("/sign-in", None)).map_err(Into::into);
        }
    };
    let list = format!("/cases/{}/people", people.reference);
    if !people.may_add_paper {
        // The page was out of date: show it again.
        files.drain().await;
        return Ok(see_other(&list, None));
    }
    let to = FileTarget::from(&viewer);
    let brought = multipart::take(&visit, Some(to), Purpose::Authority, files).await;
    if let Some(broken) = brought.broken {
        return Err(broken.status().into());
    }
    if brought.sent {
        return Ok(see_other("/sign-in", None));
    }
    if let Some(wait) = brought.too_many {
        return Ok(visit.reject(visit.people_portal(people), Fields::default(), wait).await);
    }
    let mut errors = brought.refused;
    if errors.is_empty() && brought.taken.is_empty() {
        errors.push(FieldError::new(multipart::FILES, "files_none"));
    }
    if errors.is_empty() {
        return Ok(see_other(&format!("{list}?done=paper"), None));
    }
    // Read on, so that the page counts the files that were stored.
    let people = match viewer::read_on(visit.services(), &viewer).await {
        Ok(Some(viewer)) => representation::view(visit.services(), &viewer).await.unwrap_or(people),
        _ => people,
    };
    Ok(visit.reject(visit.people_portal(people), Fields::default(), errors).await)
}
