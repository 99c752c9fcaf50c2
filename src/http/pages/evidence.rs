//! The pages that take files: adding files, removing one.

use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use crate::http::client::ClientAddress;
use crate::http::pages::accepted::{CHECKING, is_checking, see_other};
use crate::http::pages::body::FormBody;
use crate::http::pages::multipart::FilesForm;
use crate::http::pages::step::{Form, Refused, Saved};
use crate::http::pages::{Forms, multipart};
use complaint::questionnaire::question::Body as Shown;
use complaint::questionnaire::question::Purpose;
use complaint::{Fields, QuestionRef, questionnaire::steps};
use service::access::token::DraftToken;
use service::drafts::{self, devices};
use service::files;

/// Handles a posted form with files: stores the files, then stays on the page (`action` is `upload`) or continues.
pub(crate) async fn post(State(forms): State<Forms>, from: ClientAddress, request: Request) -> Response {
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
            return form.render_rejected(Fields::default(), refused).await;
        }
    };
    let services = &forms.http.services;
    let language = forms.http.language(&headers);
    let brought = multipart::take(&forms.http, from, multipart::FileTarget::Draft(&token), purpose, files, language).await;
    if let Some(broken) = brought.broken {
        return broken.status().into_response();
    }
    if brought.sent {
        return form.render_rejected(Fields::default(), Refused::Sent).await;
    }
    let mut response = if !brought.refused.is_empty() {
        let draft = drafts::open(services, &token).await.ok().flatten();
        form.render_rejected(Fields::default(), Refused::Wrong(brought.refused, draft))
            .await
    } else if brought.fields.raw("action") == "upload" {
        see_other(&here(&uri), None)
    } else {
        go_on(&form, place, &brought.fields, is_new.then_some(&token)).await
    };
    // The files are in a draft that the browser has no cookie for yet.
    if is_new {
        response.headers_mut().insert(header::SET_COOKIE, form.cookie(&token));
    }
    response
}

/// Records that the person has completed the page, and continues.
async fn go_on(form: &Form<'_>, place: QuestionRef, fields: &Fields, new: Option<&DraftToken>) -> Response {
    let saved = match new {
        Some(token) => form.save_for(token.clone(), place, fields).await.map(Saved::made_new),
        None => form.save(place, fields).await,
    };
    match saved {
        Ok(saved) => form.redirect_to_next(place, &saved),
        Err(refused) => form.render_rejected(fields.clone(), refused).await,
    }
}

/// `POST /complaint/evidence/remove`: removes one file. A file that no longer exists counts as removed.
pub(crate) async fn remove(
    State(forms): State<Forms>,
    from: ClientAddress,
    headers: HeaderMap,
    uri: Uri,
    FormBody(fields): FormBody,
) -> Response {
    // The page to render again is the page with the files, not this address.
    let page: Uri = here(&uri).parse().unwrap_or_default();
    let form = Form {
        forms: &forms,
        headers: &headers,
        uri: &page,
        from,
    };
    let (Some(token), Ok(id)) = (forms.http.cookies.draft_token(&headers), Uuid::try_parse(fields.raw("id"))) else {
        return see_other(&here(&uri), None);
    };
    match files::remove_file(&forms.http.services, &token, id).await {
        Ok(()) => see_other(&here(&uri), None),
        Err(files::FileError::AlreadySent { .. }) => form.render_rejected(fields, Refused::Sent).await,
        Err(files::FileError::Service(failure)) => form.render_rejected(fields, failure.into()).await,
        Err(error) => {
            tracing::debug!(%error, "the file to remove was not found");
            see_other(&here(&uri), None)
        }
    }
}

/// Returns the draft that the files belong to, and whether it was created for them.
async fn draft(form: &Form<'_>) -> Result<(DraftToken, bool), Refused> {
    if let Some(token) = form.forms.http.cookies.draft_token(form.headers) {
        match drafts::open(&form.forms.http.services, &token).await? {
            Some(draft) if draft.sent.is_some() => return Err(Refused::Sent),
            Some(_) => return Ok((token, false)),
            None if devices::was_ended(&form.forms.http.services, &token).await? => return Err(Refused::Closed),
            None => {}
        }
    }
    Ok((form.new_draft().await?, true))
}

/// Returns the page that an address belongs to, and the purpose of its files.
fn page(uri: &Uri) -> Option<(QuestionRef, Purpose)> {
    let place = uri.path().split('/').find_map(QuestionRef::from_slug)?;
    match steps::question(place.step).body {
        Shown::Files(purpose) => Some((place, purpose)),
        _ => None,
    }
}

/// Returns the address of the page with the files, still marked as checking if the person came from the check.
fn here(uri: &Uri) -> String {
    let path = page(uri).map_or_else(|| "/".into(), |(place, _)| place.path());
    if is_checking(uri.query()) {
        format!("{path}?{CHECKING}")
    } else {
        path
    }
}
