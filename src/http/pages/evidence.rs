//! The pages that take files: adding files, removing one.

use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, Uri, header};
use axum::response::Response;
use uuid::Uuid;

use crate::http::pages::accepted::{CHECKING, is_checking, see_other};
use crate::http::pages::body::FormBody;
use crate::http::pages::multipart::{self, FilesForm};
use crate::http::pages::step::{AnswerRejection, Saved, leaving};
use crate::http::pages::trouble::PageResult;
use crate::http::pages::visit::Visit;
use complaint::questionnaire::question::Body as Shown;
use complaint::questionnaire::question::Purpose;
use complaint::{Fields, QuestionRef, questionnaire::steps};
use service::access::token::DraftToken;
use service::drafts::{self, devices};
use service::files::{self, FileTarget};

/// Handles a posted form with files: stores the files, then stays on the page (`action` is `upload`) or continues.
pub(crate) async fn post(visit: Visit, request: Request) -> PageResult {
    let Some((place, purpose)) = page(&visit.uri) else {
        return Err(StatusCode::NOT_FOUND.into());
    };
    if !multipart::is_multipart(&visit.headers) {
        let FormBody(fields) = FormBody::from_request(request, &()).await?;
        return Ok(match leaving(&fields) {
            Some(to) => see_other(to, None),
            None => go_on(&visit, place, &Fields::default(), None).await,
        });
    }
    let files = FilesForm::from_request(request, &()).await?;
    let (token, is_new) = match draft(&visit).await {
        Ok(found) => found,
        Err(rejection) => {
            files.drain().await;
            return Ok(visit.reject_answer(Fields::default(), rejection).await);
        }
    };
    let to = FileTarget::Draft(&token, Some(visit.from.address()));
    let brought = multipart::take(&visit, Some(to), purpose, files).await;
    if let Some(broken) = brought.broken {
        return Err(broken.status().into());
    }
    if brought.sent {
        return Ok(visit.reject_answer(Fields::default(), AnswerRejection::Sent).await);
    }
    let mut response = if !brought.refused.is_empty() {
        let draft = drafts::open(visit.services(), &token).await.ok().flatten();
        let rejection = AnswerRejection::Form(brought.refused.into(), draft);
        visit.reject_answer(Fields::default(), rejection).await
    } else if brought.fields.raw("action") == "upload" {
        see_other(&here(&visit.uri), None)
    } else if let Some(to) = leaving(&brought.fields) {
        see_other(to, None)
    } else {
        go_on(&visit, place, &brought.fields, is_new.then_some(&token)).await
    };
    // The files are in a draft that the browser has no cookie for yet.
    if is_new {
        response.headers_mut().insert(header::SET_COOKIE, visit.draft_cookie(&token));
    }
    Ok(response)
}

/// Records that the person has completed the page, and continues.
async fn go_on(visit: &Visit, place: QuestionRef, fields: &Fields, new: Option<&DraftToken>) -> Response {
    let saved = match new {
        Some(token) => visit.save_for(token.clone(), place, fields).await.map(Saved::made_new),
        None => visit.save(place, fields).await,
    };
    match saved {
        Ok(saved) => visit.redirect_to_next(place, &saved),
        Err(rejection) => visit.reject_answer(fields.clone(), rejection).await,
    }
}

/// `POST /complaint/evidence/remove`: removes one file. A file that no longer exists counts as removed.
pub(crate) async fn remove(visit: Visit, FormBody(fields): FormBody) -> Response {
    let here = here(&visit.uri);
    let (Some(token), Ok(id)) = (visit.draft_token(), Uuid::try_parse(fields.raw("id"))) else {
        return see_other(&here, None);
    };
    let rejection = match files::remove_file(visit.services(), &token, id).await {
        Ok(()) => return see_other(&here, None),
        Err(files::FileError::AlreadySent { .. }) => AnswerRejection::Sent,
        Err(files::FileError::Service(failure)) => failure.into(),
        Err(error) => {
            tracing::debug!(%error, "the file to remove was not found");
            return see_other(&here, None);
        }
    };
    // The page to render again is the page with the files, not this address.
    visit.at(here.parse().unwrap_or_default()).reject_answer(fields, rejection).await
}

/// Returns the draft that the files belong to, and whether it was created for them.
async fn draft(visit: &Visit) -> Result<(DraftToken, bool), AnswerRejection> {
    if let Some(token) = visit.draft_token() {
        match drafts::open(visit.services(), &token).await? {
            Some(draft) if draft.sent.is_some() => return Err(AnswerRejection::Sent),
            Some(_) => return Ok((token, false)),
            None if devices::was_ended(visit.services(), &token).await? => return Err(AnswerRejection::Closed),
            None => {}
        }
    }
    Ok((visit.new_draft().await?, true))
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
