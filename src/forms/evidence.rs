//! The page with the files: adding them, taking one away.

use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::accepted::{CHECKING, go, is_checking};
use super::body::FormBody;
use super::multipart::FilesForm;
use super::step::{Form, Refused, Saved};
use super::{Forms, multipart};
use crate::complaint::question::Body as Shown;
use crate::complaint::view::Purpose;
use crate::complaint::{Fields, Place, journey};
use crate::door::client::ClientAddress;
use crate::service::token::DraftToken;
use crate::service::{drafts, evidence};

/// A form with files, posted to one of the pages that take some: stores the files, then stays on the page (`action` is `upload`) or goes on.
pub(super) async fn post(State(forms): State<Forms>, from: ClientAddress, request: Request) -> Response {
    let (headers, uri) = (request.headers().clone(), request.uri().clone());
    let Some((place, purpose)) = page(&uri) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let form = Form {
        forms: &forms,
        headers: &headers,
        uri: &uri,
        from,
    };
    if !multipart::is_multipart(&headers) {
        return go_on(&form, place, &Fields::default(), None).await;
    }
    let files = match FilesForm::from_request(request, &()).await {
        Ok(files) => files,
        Err(status) => return status.into_response(),
    };
    let (token, is_new) = match draft(&form).await {
        Ok(found) => found,
        Err(refused) => {
            files.drain().await;
            return form.again(Fields::default(), refused).await;
        }
    };
    let services = &forms.door.services;
    let language = forms.door.language(&headers);
    let brought = multipart::take((&forms.door, from), multipart::To::Draft(&token), purpose, files, language).await;
    if let Some(broken) = brought.broken {
        return broken.status().into_response();
    }
    if brought.sent {
        return form.again(Fields::default(), Refused::Sent).await;
    }
    let mut response = if !brought.refused.is_empty() {
        let draft = drafts::open(services, &token).await.ok().flatten();
        form.again(Fields::default(), Refused::Wrong(brought.refused, draft)).await
    } else if brought.fields.raw("action") == "upload" {
        go(&here(&uri), None)
    } else {
        go_on(&form, place, &brought.fields, is_new.then_some(&token)).await
    };
    // The files are in a draft that the browser does not know yet.
    if is_new {
        response.headers_mut().insert(header::SET_COOKIE, form.cookie(&token));
    }
    response
}

/// Notes that the person has been past the page, and goes on.
async fn go_on(form: &Form<'_>, place: Place, fields: &Fields, new: Option<&DraftToken>) -> Response {
    let saved = match new {
        Some(token) => form.save_for(token.clone(), place, fields).await.map(Saved::made_new),
        None => form.save(place, fields).await,
    };
    match saved {
        Ok(saved) => form.on(place, &saved),
        Err(refused) => form.again(fields.clone(), refused).await,
    }
}

/// `POST /complaint/evidence/remove`: takes one file away. One that is not there any more is what was wanted.
pub(super) async fn remove(
    State(forms): State<Forms>,
    from: ClientAddress,
    headers: HeaderMap,
    uri: Uri,
    FormBody(fields): FormBody,
) -> Response {
    // The page to show again is the one with the files, not this address.
    let page: Uri = here(&uri).parse().unwrap_or_default();
    let form = Form {
        forms: &forms,
        headers: &headers,
        uri: &page,
        from,
    };
    let (Some(token), Ok(id)) = (forms.door.cookies.draft_token(&headers), Uuid::try_parse(fields.raw("id"))) else {
        return go(&here(&uri), None);
    };
    match evidence::remove_file(&forms.door.services, &token, id).await {
        Ok(()) => go(&here(&uri), None),
        Err(evidence::FileError::AlreadySent { .. }) => form.again(fields, Refused::Sent).await,
        Err(evidence::FileError::Service(failure)) => form.again(fields, failure.into()).await,
        Err(error) => {
            tracing::debug!(%error, "nothing to take away");
            go(&here(&uri), None)
        }
    }
}

/// The draft the files belong to, and whether it was made for them.
async fn draft(form: &Form<'_>) -> Result<(DraftToken, bool), Refused> {
    if let Some(token) = form.forms.door.cookies.draft_token(form.headers) {
        match drafts::open(&form.forms.door.services, &token).await? {
            Some(draft) if draft.sent.is_some() => return Err(Refused::Sent),
            Some(_) => return Ok((token, false)),
            None => {}
        }
    }
    Ok((form.new_draft().await?, true))
}

/// The page an address below it belongs to, and what its files are for.
fn page(uri: &Uri) -> Option<(Place, Purpose)> {
    let place = uri.path().split('/').find_map(Place::from_slug)?;
    match journey::question(place.step).body {
        Shown::Files(purpose) => Some((place, purpose)),
        _ => None,
    }
}

/// The page with the files, and still on the way back to the check when that is where the person came from.
fn here(uri: &Uri) -> String {
    let path = page(uri).map_or_else(|| "/".into(), |(place, _)| place.path());
    if is_checking(uri.query()) {
        format!("{path}?{CHECKING}")
    } else {
        path
    }
}
