//! The page of a file: its caption and description, and a copy without location metadata.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use uuid::Uuid;

use crate::app::components::file_list::page_of;
use crate::app::pages::{WITHOUT_PLACE, list_of};
use crate::http::client::ClientAddress;
use crate::http::pages::Forms;
use crate::http::pages::accepted::see_other;
use crate::http::pages::body::FormBody;
use crate::http::pages::show;
use crate::http::pages::step::{Form, Refused};
use complaint::questionnaire::file_description::{CAPTION, Description, SHOWS};
use complaint::{FieldError, Fields};
use contract::FileView;
use service::access::token::DraftToken;
use service::drafts::{self, devices};
use service::files::{self, FileError};

/// `POST /about-file/{id}`: saves a file's caption and description.
pub(crate) async fn describe(
    State(forms): State<Forms>,
    Path(id): Path<String>,
    from: ClientAddress,
    headers: HeaderMap,
    uri: Uri,
    FormBody(fields): FormBody,
) -> Response {
    let Some((token, id)) = held(&forms, &headers, &id) else {
        return show::not_found(State(forms), headers, uri).await;
    };
    let said = Description {
        caption: fields.raw(CAPTION).to_owned(),
        shows: fields.raw(SHOWS).to_owned(),
    };
    let done = files::describe(&forms.http.services, &token, id, &said).await;
    answer(&forms, &headers, from, (token, id), fields, done).await
}

/// `POST /about-file/{id}/without-place`: replaces a photo by a copy without location metadata.
pub(crate) async fn without_place(
    State(forms): State<Forms>,
    Path(id): Path<String>,
    from: ClientAddress,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let Some((token, id)) = held(&forms, &headers, &id) else {
        return show::not_found(State(forms), headers, uri).await;
    };
    let held = (token, id);
    if let Err(wait) = forms.http.limits.copy_without_place(from) {
        let draft = drafts::open(&forms.http.services, &held.0).await.ok().flatten();
        return render_rejected(&forms, &headers, from, id, Fields::default(), Refused::TooMany(wait, draft)).await;
    }
    let done = files::remove_location_metadata(&forms.http.services, &held.0, id).await;
    answer(&forms, &headers, from, held, Fields::default(), done).await
}

/// Returns the token of the draft, and the id of the file.
fn held(forms: &Forms, headers: &HeaderMap, id: &str) -> Option<(DraftToken, Uuid)> {
    forms.http.cookies.draft_token(headers).zip(Uuid::try_parse(id).ok())
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
        Ok(file) => return see_other(&format!("{}#file-{id}", list_of(file.purpose)), None),
        Err(FileError::AlreadySent { .. }) => Refused::Sent,
        Err(FileError::Service(failure)) => failure.into(),
        Err(FileError::NotFound) => match devices::was_ended(&forms.http.services, &token).await {
            Ok(true) => Refused::Closed,
            Ok(false) => return see_other(&page_of(&id.to_string()), None),
            Err(failure) => failure.into(),
        },
        Err(error) => {
            let draft = drafts::open(&forms.http.services, &token).await.ok().flatten();
            let errors = match error {
                FileError::Invalid(errors) => errors,
                _ => vec![FieldError::new(WITHOUT_PLACE, "file_place_stays")],
            };
            Refused::Wrong(errors, draft)
        }
    };
    render_rejected(forms, headers, from, id, fields, refused).await
}

/// Renders the file's page again, with what was typed and the errors.
async fn render_rejected(forms: &Forms, headers: &HeaderMap, from: ClientAddress, id: Uuid, fields: Fields, refused: Refused) -> Response {
    let page: Uri = page_of(&id.to_string()).parse().unwrap_or_default();
    let form = Form {
        forms,
        headers,
        uri: &page,
        from,
    };
    form.render_rejected(fields, refused).await
}
