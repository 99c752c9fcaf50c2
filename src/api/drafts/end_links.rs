//! `DELETE /api/v1/drafts/{id}/resume-links`

use axum::extract::State;
use axum::http::StatusCode;

use crate::api::identity::ThisDraft;
use crate::api::problem::{Problem, responses};
use crate::door::DoorState;
use service::returning;

/// End all resume links and resume codes of a draft
///
/// Devices that have used one keep their tokens: end those with `DELETE /api/v1/drafts/{id}/devices/others`.
#[utoipa::path(
    delete,
    path = "/api/v1/drafts/{id}/resume-links",
    operation_id = "endResumeLinks",
    tag = "Filling in",
    params(("id" = String, Path, format = Uuid, description = "The draft's id")),
    responses(
        (status = 204, description = "All links and codes have ended."),
        responses::Always, responses::Guarded, responses::Holder, responses::Owned, responses::Unsent,
    ),
    security(("draftCookie" = []), ("draftBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<DoorState>, ThisDraft(token): ThisDraft) -> Result<StatusCode, Problem> {
    returning::end_all(&state.services, &token).await?;
    Ok(StatusCode::NO_CONTENT)
}
