//! `GET /api/v1/desk/cases/{reference}/files/{id}`

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method};
use axum::response::Response;

use crate::api::download;
use crate::api::identity::{AtReading, an_id};
use crate::api::problem::{Kind, Problem, responses};
use crate::door::DoorState;
use crate::service::reading;

/// Gives out a file of a case.
///
/// That it was asked for is on the record, with the key's name and the file's id. As an attachment, whole or in one range.
#[utoipa::path(
    get,
    path = "/api/v1/desk/cases/{reference}/files/{id}",
    operation_id = "readDeskFile",
    tag = "The organisation",
    params(
        ("reference" = String, Path, description = "The case's reference", example = "RC-7K3M-92QF"),
        ("id" = String, Path, format = Uuid, description = "The file's id"),
        download::RangeHeader,
    ),
    responses(
        (status = 200, description = "The file.", body = download::FileBytes, content_type = "*/*", headers(
            ("Content-Disposition" = String, description = "`attachment`, and its name with an ending that fits what it is"),
            ("ETag" = String, description = "Its SHA-256"),
        )),
        (status = 206, description = "A part of it.", body = download::FileBytes, content_type = "*/*", headers(("Content-Range" = String))),
        responses::Always, responses::Desk, responses::Owned, responses::Checked, responses::Ranged,
    ),
    security(("deskKey" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<DoorState>,
    AtReading(caller): AtReading,
    Path((reference, id)): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id = an_id(&id).ok_or_else(|| Problem::new(Kind::UploadNotFound))?;
    let file = reading::for_desk(&state.services, &caller, &reference, id).await?;
    download::answer(&state.services, &file, &method, &headers).await
}
