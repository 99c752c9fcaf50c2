//! `DELETE /api/v1/uploads/{id}`

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

use super::refused::refused;
use super::tus::speaks_tus;
use crate::api::identity::HeldUpload;
use crate::api::problem::{Kind, Problem, responses};
use crate::door::DoorState;
use service::evidence;

/// Remove a file
///
/// Also an unfinished upload: another request that is still sending its bytes is asked to stop. Once the complaint is sent, only
/// unfinished uploads can be removed, and the removal is an event of the case.
#[utoipa::path(
    delete,
    path = "/api/v1/uploads/{id}",
    operation_id = "removeFile",
    tag = "Evidence",
    params(("id" = String, Path, format = Uuid, description = "The upload's id")),
    responses(
        (status = 204, description = "The file is removed."),
        responses::Always, responses::Guarded, responses::Holder, responses::Owned, responses::Unsent, responses::OfTus, responses::Halting,
    ),
    security(("draftCookie" = []), ("draftBearer" = []), ("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<DoorState>,
    HeldUpload { holder, id }: HeldUpload,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    // `Tus-Resumable` is optional here, so that clients without tus can remove files too.
    speaks_tus(&headers)?;
    let removed = evidence::remove_file(&state.services, holder, id).await;
    removed.map_err(|e| refused(e, String::new(), Kind::UploadNotFound))?;
    Ok(StatusCode::NO_CONTENT)
}
