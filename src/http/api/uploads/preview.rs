//! `GET /api/v1/uploads/{id}/preview`

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::Response;

use crate::http::HttpState;
use crate::http::api::download;
use crate::http::api::identity::Reader;
use crate::http::api::problem::{Problem, responses};
use service::files::download::{ReadError, preview};

/// Download the preview of a picture
///
/// A JPEG made by the server, at most 1600 pixels a side and without camera metadata. It is made some time after the scan found the
/// picture clean (`has_preview`); until then, and for all other files, the response is 404. Before the complaint is sent, only with the
/// draft token; afterwards only with a session of a person on the case.
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
            ("Content-Disposition" = String, description = "`attachment`, and the picture's name with the extension `.jpg`"),
            ("ETag" = String, description = "The SHA-256 of the preview"),
        )),
        (status = 206, description = "The requested range.", body = download::FileBytes, content_type = "image/jpeg",
         headers(("Content-Range" = String))),
        responses::Always, responses::Reader, responses::NotFound, responses::Ranged,
    ),
    security(("draftCookie" = []), ("draftBearer" = []), ("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<HttpState>, reader: Reader, method: Method, headers: HeaderMap) -> Result<Response, Problem> {
    let Reader { draft, session, id } = reader;
    let services = &state.services;
    let mut found = Err(ReadError::NotFound);
    if let Some(token) = draft {
        found = preview::for_holder(services, &token, id).await;
    }
    // A browser may have the draft of one complaint and a session for another.
    if let (Err(ReadError::NotFound), Some(session)) = (&found, session) {
        found = preview::for_session(services, &session, id).await;
    }
    download::file_response(services, &found?, &method, &headers).await
}
