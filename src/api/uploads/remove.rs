//! `DELETE /api/v1/uploads/{id}`

use axum::extract::State;
use axum::http::StatusCode;

use crate::api::identity::ThisUpload;
use crate::api::problem::{Kind, Problem, responses};
use crate::door::DoorState;
use crate::service::evidence::{self, FileError};

/// Removes a file from a draft for good.
#[utoipa::path(
    delete,
    path = "/api/v1/uploads/{id}",
    operation_id = "removeFile",
    tag = "Evidence",
    params(("id" = String, Path, format = Uuid, description = "The upload's id")),
    responses(
        (status = 204, description = "It is gone."),
        responses::Always, responses::Guarded, responses::Holder, responses::Owned, responses::Unsent,
    ),
    security(("draftCookie" = []), ("draftBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<DoorState>, ThisUpload { draft, id }: ThisUpload) -> Result<StatusCode, Problem> {
    match evidence::remove_file(&state.services, &draft, id).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(FileError::AlreadySent { .. }) => Err(Problem::new(Kind::AlreadySent)),
        Err(FileError::Service(e)) => Err(Problem::service(&e)),
        Err(_) => Err(Problem::new(Kind::UploadNotFound)),
    }
}
