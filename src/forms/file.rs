//! The page of a file: its caption and description, and a copy without location metadata.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use uuid::Uuid;

use super::accepted::go;
use super::body::FormBody;
use super::step::{Form, Refused};
use super::{Forms, pages};
use crate::app::components::file_list::page_of;
use crate::app::pages::{WITHOUT_PLACE, list_of};
use crate::door::client::ClientAddress;
use complaint::description::{CAPTION, Description, SHOWS};
use complaint::{FieldError, Fields};
use contract::FileView;
use service::drafts::{self, devices};
use service::evidence::{self, FileError};
use service::token::DraftToken;

/// `POST /about-file/{id}`: saves a file's caption and description.
pub(super) async fn describe(
    State(forms): State<Forms>,
    Path(id): Path<String>,
    from: ClientAddress,
    headers: HeaderMap,
    uri: Uri,
    FormBody(fields): FormBody,
) -> Response {
    let Some((token, id)) = held(&forms, &headers, &id) else {
        return pages::not_found(State(forms), headers, uri).await;
    };
    let said = Description {
        caption: fields.raw(CAPTION).to_owned(),
        shows: fields.raw(SHOWS).to_owned(),
    };
    let done = evidence::describe(&forms.door.services, &token, id, &said).await;
    answer(&forms, &headers, from, (token, id), fields, done).await
}

/// `POST /about-file/{id}/without-place`: replaces a photo by a copy without location metadata.
pub(super) async fn without_place(
    State(forms): State<Forms>,
    Path(id): Path<String>,
    from: ClientAddress,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let Some((token, id)) = held(&forms, &headers, &id) else {
        return pages::not_found(State(forms), headers, uri).await;
    };
    let held = (token, id);
    if let Err(wait) = forms.door.limits.copy_without_place(from) {
        let draft = drafts::open(&forms.door.services, &held.0).await.ok().flatten();
        return again(&forms, &headers, from, id, Fields::default(), Refused::TooMany(wait, draft)).await;
    }
    let done = evidence::send_without_place(&forms.door.services, &held.0, id).await;
    answer(&forms, &headers, from, held, Fields::default(), done).await
}

/// Returns the token of the draft, and the id of the file.
fn held(forms: &Forms, headers: &HeaderMap, id: &str) -> Option<(DraftToken, Uuid)> {
    forms.door.cookies.draft_token(headers).zip(Uuid::try_parse(id).ok())
}

/// Redirects to the file in its list, or renders the file's page with the errors. The page of a missing file is "not found" as well.
async fn answer(
    forms: &Forms,
    headers: &HeaderMap,
    from: ClientAddress,
    (token, id): (DraftToken, Uuid),
    fields: Fields,
    done: Result<FileView, FileError>,
) -> Response {
    let refused = match done {
        Ok(file) => return go(&format!("{}#file-{id}", list_of(file.purpose)), None),
        Err(FileError::AlreadySent { .. }) => Refused::Sent,
        Err(FileError::Service(failure)) => failure.into(),
        Err(FileError::NotFound) => match devices::was_ended(&forms.door.services, &token).await {
            Ok(true) => Refused::Closed,
            Ok(false) => return go(&page_of(&id.to_string()), None),
            Err(failure) => failure.into(),
        },
        Err(error) => {
            let draft = drafts::open(&forms.door.services, &token).await.ok().flatten();
            let errors = match error {
                FileError::Wrong(errors) => errors,
                _ => vec![FieldError::new(WITHOUT_PLACE, "file_place_stays")],
            };
            Refused::Wrong(errors, draft)
        }
    };
    again(forms, headers, from, id, fields, refused).await
}

/// Renders the file's page again, with what was typed and the errors.
async fn again(forms: &Forms, headers: &HeaderMap, from: ClientAddress, id: Uuid, fields: Fields, refused: Refused) -> Response {
    let page: Uri = page_of(&id.to_string()).parse().unwrap_or_default();
    let form = Form {
        forms,
        headers,
        uri: &page,
        from,
    };
    form.again(fields, refused).await
}
