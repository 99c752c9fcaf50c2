//! `GET /api/v1/uploads/{id}/content`

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::Response;

use crate::api::download;
use crate::api::identity::Reader;
use crate::api::problem::{Problem, responses};
use crate::door::DoorState;
use crate::service::reading::{self, ReadError};

/// Gives out a file, to the case's own people.
///
/// Before the complaint is sent that is whoever holds the draft; afterwards it takes a sign-in. As an attachment, whole or in
/// one range.
#[utoipa::path(
    get,
    path = "/api/v1/uploads/{id}/content",
    operation_id = "readFile",
    tag = "Evidence",
    params(
        ("id" = String, Path, format = Uuid, description = "The upload's id"),
        download::RangeHeader,
    ),
    responses(
        (status = 200, description = "The file.", body = download::FileBytes, content_type = "*/*", headers(
            ("Content-Disposition" = String, description = "`attachment`, and its name with an ending that fits what it is"),
            ("ETag" = String, description = "Its SHA-256"),
        )),
        (status = 206, description = "A part of it.", body = download::FileBytes, content_type = "*/*", headers(("Content-Range" = String))),
        responses::Always, responses::Reader, responses::Owned, responses::Checked, responses::Ranged,
    ),
    security(("draftCookie" = []), ("draftBearer" = []), ("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<DoorState>, reader: Reader, method: Method, headers: HeaderMap) -> Result<Response, Problem> {
    let Reader { draft, session, id } = reader;
    let services = &state.services;
    let mut found = Err(ReadError::NotFound);
    if let Some(token) = draft {
        found = reading::for_holder(services, &token, id).await;
    }
    // A browser may hold the draft of one complaint and be signed in to another.
    if let (Err(ReadError::NotFound), Some(session)) = (&found, session) {
        found = reading::for_session(services, &session, id).await;
    }
    download::answer(services, &found?, &method, &headers).await
}
