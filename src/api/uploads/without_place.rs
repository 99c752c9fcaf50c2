//! `POST /api/v1/uploads/{id}/copy-without-place`

use axum::Json;
use axum::extract::State;

use super::changed;
use crate::api::identity::ThisUpload;
use crate::api::problem::{Problem, responses};
use crate::complaint::view::FileView;
use crate::door::DoorState;
use crate::door::client::ClientAddress;
use crate::service::evidence;

/// Puts a copy without the place in the file's place.
///
/// For a photo that says where it was taken. The copy shows the same picture and says when it was taken; the rest of what
/// the camera wrote is left out. What was sent first is gone, and its hash is kept. A file that does not say where it was taken
/// stays as it is.
#[utoipa::path(
    post,
    path = "/api/v1/uploads/{id}/copy-without-place",
    operation_id = "copyFileWithoutPlace",
    tag = "Evidence",
    params(("id" = String, Path, format = Uuid, description = "The upload's id")),
    responses(
        (status = 200, description = "The file.", body = FileView),
        (status = 422, description = "No such copy can be made. The file stays as it is.",
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
