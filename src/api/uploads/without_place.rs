//! `POST /api/v1/uploads/{id}/copy-without-place`

use axum::Json;
use axum::extract::State;

use super::changed;
use crate::api::identity::ThisUpload;
use crate::api::problem::{Problem, responses};
use crate::door::DoorState;
use crate::door::client::ClientAddress;
use contract::FileView;
use service::evidence;

/// Replace a photo by a copy without location metadata
///
/// The copy shows the same picture and keeps the time it was taken; all other camera metadata is dropped. The original is deleted and
/// only its hash is kept. A file without location metadata is not changed.
#[utoipa::path(
    post,
    path = "/api/v1/uploads/{id}/copy-without-place",
    operation_id = "copyFileWithoutPlace",
    tag = "Evidence",
    params(("id" = String, Path, format = Uuid, description = "The upload's id")),
    responses(
        (status = 200, description = "The file.", body = FileView),
        (status = 422, description = "No such copy can be made. The file is not changed.",
         body = crate::api::problem::ProblemBody, content_type = "application/problem+json"),
        responses::Always, responses::Guarded, responses::Holder, responses::Owned, responses::Unsent,
        responses::Limited,
    ),
    security(("draftCookie" = []), ("draftBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<DoorState>,
    from: ClientAddress,
    ThisUpload { draft, id }: ThisUpload,
) -> Result<Json<FileView>, Problem> {
    let allowed = state.limits.copy_without_place(from);
    allowed.map_err(|wait| Problem::too_many(wait.seconds))?;
    changed(evidence::send_without_place(&state.services, &draft, id).await)
}
