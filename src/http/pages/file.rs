//! The page of a file: its caption and description, and a copy without location metadata.

use axum::extract::Path;
use axum::response::Response;
use uuid::Uuid;

use crate::app::components::file_list::page_of;
use crate::app::pages::{WITHOUT_PLACE, list_of};
use crate::http::pages::accepted::see_other;
use crate::http::pages::body::FormBody;
use crate::http::pages::step::AnswerRejection;
use crate::http::pages::trouble;
use crate::http::pages::visit::Visit;
use complaint::questionnaire::file_description::Description;
use complaint::{FieldError, Fields};
use contract::FileView;
use service::ServiceError;
use service::access::token::DraftToken;
use service::drafts::{self, devices};
use service::files::{self, FileError};
use service::typed_text::{self, DraftPage};

/// `GET /about-file/{id}`: the page, with what was typed on it and not saved.
pub(crate) async fn show(visit: Visit, Path(id): Path<String>) -> Response {
    let fields = match held(&visit, &id) {
        Some((token, id)) => typed(&visit, &token, id).await,
        None => Ok(Fields::default()),
    };
    match fields {
        Ok(fields) if fields.0.is_empty() => visit.open().await,
        Ok(fields) => visit.filled_page(visit.portal(), fields).await,
        Err(failure) => visit.page(visit.portal().without_draft(trouble::portal_error(&failure))).await,
    }
}

/// `POST /about-file/{id}`: saves a file's caption and description.
pub(crate) async fn describe(visit: Visit, Path(id): Path<String>, FormBody(fields): FormBody) -> Response {
    let Some((token, id)) = held(&visit, &id) else {
        return visit.not_found().await;
    };
    let said = Description::from_fields(&fields);
    let done = files::describe(visit.services(), &token, id, &said).await;
    answer(&visit, (token, id), fields, done).await
}

/// `POST /about-file/{id}/without-place`: replaces a photo by a copy without location metadata.
pub(crate) async fn without_place(visit: Visit, Path(id): Path<String>) -> Response {
    let Some((token, id)) = held(&visit, &id) else {
        return visit.not_found().await;
    };
    let fields = typed(&visit, &token, id).await.unwrap_or_default();
    if let Err(wait) = visit.limits().copy_without_place(visit.from) {
        let draft = drafts::open(visit.services(), &token).await.ok().flatten();
        return reject(&visit, id, fields, AnswerRejection::Form(wait.into(), draft)).await;
    }
    let done = files::remove_location_metadata(visit.services(), &token, id).await;
    answer(&visit, (token, id), fields, done).await
}

/// Returns what was typed about the file and not saved.
async fn typed(visit: &Visit, token: &DraftToken, file: Uuid) -> Result<Fields, ServiceError> {
    let mut fields = Fields::default();
    if let Some(typed) = typed_text::list_of_draft(visit.services(), token)
        .await?
        .get(&DraftPage::File(file).name())
    {
        fields.replace(typed);
    }
    Ok(fields)
}

/// Returns the token of the draft, and the id of the file.
fn held(visit: &Visit, id: &str) -> Option<(DraftToken, Uuid)> {
    visit.draft_token().zip(Uuid::try_parse(id).ok())
}

/// Redirects to the file in its list, or renders the file's page with the errors. The page of a missing file is "not found" as well.
async fn answer(visit: &Visit, (token, id): (DraftToken, Uuid), fields: Fields, done: Result<FileView, FileError>) -> Response {
    let rejection = match done {
        Ok(file) => return see_other(&format!("{}#file-{id}", list_of(file.purpose)), None),
        Err(FileError::AlreadySent { .. }) => AnswerRejection::Sent,
        Err(FileError::Service(failure)) => failure.into(),
        Err(FileError::NotFound) => match devices::was_ended(visit.services(), &token).await {
            Ok(true) => AnswerRejection::Closed,
            Ok(false) => return see_other(&page_of(&id.to_string()), None),
            Err(failure) => failure.into(),
        },
        Err(error) => {
            let draft = drafts::open(visit.services(), &token).await.ok().flatten();
            let errors = match error {
                FileError::Invalid(errors) => errors,
                _ => vec![FieldError::new(WITHOUT_PLACE, "file_place_stays")],
            };
            AnswerRejection::Form(errors.into(), draft)
        }
    };
    reject(visit, id, fields, rejection).await
}

/// Renders the file's page again, with what was typed and the errors.
async fn reject(visit: &Visit, id: Uuid, fields: Fields, rejection: AnswerRejection) -> Response {
    let page = page_of(&id.to_string()).parse().unwrap_or_default();
    visit.at(page).reject_answer(fields, rejection).await
}
