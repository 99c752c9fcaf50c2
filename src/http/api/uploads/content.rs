//! `GET /api/v1/uploads/{id}/content`

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::Response;

use crate::http::HttpState;
use crate::http::api::download;
use crate::http::api::identity::Reader;
use crate::http::api::problem::{Problem, responses};
use service::files::download::{self as stored_files, ReadError};

/// Download a file
///
/// Before the complaint is sent, only with the draft token; afterwards only with a session of a person on the case. The file is an
/// attachment, whole or one range.
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
            ("Content-Disposition" = String, description = "`attachment`, and the file's name with an extension that fits its type"),
            ("ETag" = String, description = "The SHA-256 of the file"),
        )),
        (status = 206, description = "The requested range.",
         body = download::FileBytes, content_type = "*/*", headers(("Content-Range" = String))),
        responses::Always, responses::Reader, responses::NotFound, responses::Scanned, responses::Ranged,
    ),
    security(("draftCookie" = []), ("draftBearer" = []), ("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<HttpState>, reader: Reader, method: Method, headers: HeaderMap) -> Result<Response, Problem> {
    let Reader { draft, session, id } = reader;
    let services = &state.services;
    let mut found = Err(ReadError::NotFound);
    if let Some(token) = draft {
        found = stored_files::for_holder(services, &token, id).await;
    }
    // A browser may have the draft of one complaint and a session for another.
    if let (Err(ReadError::NotFound), Some(session)) = (&found, session) {
        found = stored_files::for_session(services, &session, id).await;
    }
    download::file_response(services, &found?, &method, &headers).await
}
