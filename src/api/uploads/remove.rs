//! `DELETE /api/v1/uploads/{id}`

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

use super::refused::refused;
use super::tus::speaks_tus;
use crate::api::identity::HeldUpload;
use crate::api::problem::{Kind, Problem, responses};
use crate::door::DoorState;
use crate::service::evidence;

/// Removes a file from a draft for good.
///
/// Also one that is still on its way: who is bringing it is asked to stop. Once the complaint is sent only files on their way can be
/// taken back, and the case says so.
#[utoipa::path(
    delete,
    path = "/api/v1/uploads/{id}",
    operation_id = "removeFile",
    tag = "Evidence",
    params(("id" = String, Path, format = Uuid, description = "The upload's id")),
    responses(
        (status = 204, description = "It is gone."),
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
    // Callers that know nothing of tus may remove files too.
    speaks_tus(&headers)?;
    let removed = evidence::remove_file(&state.services, holder, id).await;
    removed.map_err(|e| refused(e, String::new(), Kind::UploadNotFound))?;
    Ok(StatusCode::NO_CONTENT)
}
