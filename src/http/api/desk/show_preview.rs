//! `GET /api/v1/desk/cases/{reference}/files/{id}/preview`

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method};
use axum::response::Response;

use crate::http::HttpState;
use crate::http::api::download;
use crate::http::api::identity::{ReadCaller, parse_id};
use crate::http::api::problem::{Kind, Problem, responses};
use service::files::download::preview;

/// Download the preview of a picture
///
/// A JPEG made by the server, at most 1600 pixels a side and without camera metadata. It is made some time after the scan found the
/// picture clean (`has_preview`); until then, and for all other files, the response is 404. Each download is recorded with the API key's
/// name and the file's id.
#[utoipa::path(
    get,
    path = "/api/v1/desk/cases/{reference}/files/{id}/preview",
    operation_id = "readDeskFilePreview",
    tag = "The organisation",
    params(
        ("reference" = String, Path, description = "The case's reference", example = "RC-7K3M-92QF"),
        ("id" = String, Path, format = Uuid, description = "The file's id"),
        download::RangeHeader,
    ),
    responses(
        (status = 200, description = "The preview.", body = download::FileBytes, content_type = "image/jpeg", headers(
            ("Content-Disposition" = String, description = "`attachment`, and the picture's name with the extension `.jpg`"),
            ("ETag" = String, description = "The SHA-256 of the preview"),
        )),
        (status = 206, description = "The requested range.", body = download::FileBytes, content_type = "image/jpeg",
         headers(("Content-Range" = String))),
        responses::Always, responses::Desk, responses::NotFound, responses::Ranged,
    ),
    security(("deskKey" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    ReadCaller(caller): ReadCaller,
    Path((reference, id)): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id = parse_id(&id).ok_or_else(|| Problem::new(Kind::UploadNotFound))?;
    let file = preview::for_desk(&state.services, &caller, &reference, id).await?;
    download::file_response(&state.services, &file, &method, &headers).await
}
