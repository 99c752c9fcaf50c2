//! One file of the page with the files: what it is called and what it shows, and a copy without its place.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::accepted::go;
use super::evidence::here;
use super::multipart::refusal;
use super::step::{Form, Refused};
use super::{Forms, body};
use crate::complaint::Fields;
use crate::complaint::description::{CAPTION, Description, SHOWS, at_field_of};
use crate::door::client::ClientAddress;
use crate::service::drafts;
use crate::service::evidence::{self, FileError};
use crate::service::token::DraftToken;

/// `POST /complaint/evidence/describe`: what a file is called and what it shows.
pub(super) async fn describe(State(forms): State<Forms>, from: ClientAddress, headers: HeaderMap, uri: Uri, body: Body) -> Response {
    let posted = match Posted::read(&forms, &headers, &uri, from, body).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let said = Description {
        caption: posted.fields.raw(CAPTION).to_owned(),
        shows: posted.fields.raw(SHOWS).to_owned(),
    };
    let done = evidence::describe(&forms.door.services, &posted.token, posted.id, &said).await;
    posted.answer(done.map(|_| ())).await
}

/// `POST /complaint/evidence/without-place`: a copy that does not say where it was taken, in a photo's place.
pub(super) async fn without_place(State(forms): State<Forms>, from: ClientAddress, headers: HeaderMap, uri: Uri, body: Body) -> Response {
    let posted = match Posted::read(&forms, &headers, &uri, from, body).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let done = evidence::send_without_place(&forms.door.services, &posted.token, posted.id).await;
    posted.answer(done.map(|_| ())).await
}

/// A form about one file.
struct Posted<'a> {
    forms: &'a Forms,
    headers: &'a HeaderMap,
    from: ClientAddress,
    /// The page that lists the file.
    page: Uri,
    token: DraftToken,
    id: Uuid,
    fields: Fields,
}

impl<'a> Posted<'a> {
    /// Reads it; the answer, when it is about no file: then the page that lists them.
    async fn read(forms: &'a Forms, headers: &'a HeaderMap, uri: &Uri, from: ClientAddress, body: Body) -> Result<Self, Response> {
        let fields = body::fields(body).await.map_err(|_| StatusCode::BAD_REQUEST.into_response())?;
        let page: Uri = here(uri).parse().unwrap_or_default();
        let token = forms.door.cookies.draft_token(headers);
        let (Some(token), Ok(id)) = (token, Uuid::try_parse(fields.raw("id"))) else {
            return Err(go(&page.to_string(), None));
        };
        Ok(Self {
            forms,
            headers,
            from,
            page,
            token,
            id,
            fields,
        })
    }

    /// Back to the page, at the file; or the page again with what is wrong. A file that is not there any more is on no list.
    async fn answer(self, done: Result<(), FileError>) -> Response {
        let services = &self.forms.door.services;
        let refused = match done {
            Ok(()) => return go(&format!("{}#file-{}", self.page, self.id), None),
            Err(FileError::AlreadySent { .. }) => Refused::Sent,
            Err(FileError::Service(failure)) => failure.into(),
            Err(FileError::Wrong(errors)) => {
                let draft = drafts::open(services, &self.token).await.ok().flatten();
                let file = self.id.to_string();
                Refused::Wrong(errors.into_iter().map(|error| at_field_of(&file, error)).collect(), draft)
            }
            Err(error @ FileError::PlaceStays) => {
                let draft = drafts::open(services, &self.token).await.ok().flatten();
                let id = self.id.to_string();
                let files = draft.as_ref().map(|draft| draft.files.as_slice()).unwrap_or_default();
                let name = files.iter().find(|file| file.id == id).map(|file| file.filename.clone());
                let language = self.forms.door.language(self.headers);
                Refused::Wrong(vec![refusal(error, &name.unwrap_or_default(), language)], draft)
            }
            Err(error) => {
                tracing::debug!(%error, "a form about a file that is not there");
                return go(&self.page.to_string(), None);
            }
        };
        let form = Form {
            forms: self.forms,
            headers: self.headers,
            uri: &self.page,
            from: self.from,
        };
        form.again(self.fields, refused).await
    }
}
