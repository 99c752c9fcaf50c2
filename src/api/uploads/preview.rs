//! `GET /api/v1/uploads/{id}/preview`

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::Response;

use crate::api::download;
use crate::api::identity::Reader;
use crate::api::problem::{Problem, responses};
use crate::door::DoorState;
use crate::service::reading::{ReadError, preview};

/// Gives out the preview of a picture, to the case's own people.
///
/// A JPEG that the server has drawn, of at most 1600 pixels a side and without anything the camera wrote. There is one some
/// time after the picture was found clean (`has_preview`); until then, and for all other files, there is nothing here. Before
/// the complaint is sent it is for whoever holds the draft; afterwards it takes a sign-in.
#[utoipa::path(
    get,
    path = "/api/v1/uploads/{id}/preview",
    operation_id = "readFilePreview",
    tag = "Evidence",
    params(
        ("id" = String, Path, format = Uuid, description = "The upload's id"),
        download::RangeHeader,
    ),
    responses(
        (status = 200, description = "The preview.", body = download::FileBytes, content_type = "image/jpeg", headers(
            ("Content-Disposition" = String, description = "`attachment`, and the picture's name with an ending that fits"),
            ("ETag" = String, description = "The preview's SHA-256"),
        )),
        (status = 206, description = "A part of it.", body = download::FileBytes, content_type = "image/jpeg",
         headers(("Content-Range" = String))),
        responses::Always, responses::Reader, responses::Owned, responses::Ranged,
    ),
    security(("draftCookie" = []), ("draftBearer" = []), ("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<DoorState>, reader: Reader, method: Method, headers: HeaderMap) -> Result<Response, Problem> {
    let Reader { draft, session, id } = reader;
    let services = &state.services;
    let mut found = Err(ReadError::NotFound);
    if let Some(token) = draft {
        found = preview::for_holder(services, &token, id).await;
    }
    // A browser may hold the draft of one complaint and be signed in to another.
    if let (Err(ReadError::NotFound), Some(session)) = (&found, session) {
        found = preview::for_session(services, &session, id).await;
    }
    download::answer(services, &found?, &method, &headers).await
}
