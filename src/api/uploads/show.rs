//! `GET /api/v1/uploads/{id}`

use axum::Json;
use axum::extract::State;

use crate::api::identity::HeldUpload;
use crate::api::problem::{Kind, Problem, responses};
use crate::door::DoorState;
use contract::FileView;
use service::evidence;

/// Show the metadata of a file, in any state
#[utoipa::path(
    get,
    path = "/api/v1/uploads/{id}",
    operation_id = "showFile",
    tag = "Evidence",
    params(("id" = String, Path, format = Uuid, description = "The upload's id")),
    responses(
        (status = 200, description = "The file.", body = FileView),
        responses::Always, responses::Holder, responses::Owned,
    ),
    security(("draftCookie" = []), ("draftBearer" = []), ("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<DoorState>, HeldUpload { holder, id }: HeldUpload) -> Result<Json<FileView>, Problem> {
    let file = evidence::lookup(&state.services, holder, id).await?;
    file.map(Json).ok_or_else(|| Problem::new(Kind::UploadNotFound))
}
