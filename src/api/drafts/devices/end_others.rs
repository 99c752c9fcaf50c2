//! `DELETE /api/v1/drafts/{id}/devices/others`

use axum::extract::State;
use axum::http::StatusCode;

use crate::api::identity::ThisDraft;
use crate::api::problem::{Problem, responses};
use crate::door::DoorState;
use service::drafts::devices;

/// Close a draft on all devices but the caller's
///
/// All resume links and resume codes of the draft end too. Succeeds also when there are no other devices.
#[utoipa::path(
    delete,
    path = "/api/v1/drafts/{id}/devices/others",
    operation_id = "endOtherDraftDevices",
    tag = "Filling in",
    params(("id" = String, Path, format = Uuid, description = "The draft's id")),
    responses(
        (status = 204, description = "The draft is open on the caller's device only."),
        responses::Always, responses::Guarded, responses::Holder, responses::Owned, responses::Unsent,
    ),
    security(("draftCookie" = []), ("draftBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<DoorState>, ThisDraft(token): ThisDraft) -> Result<StatusCode, Problem> {
    devices::end_others(&state.services, &token).await?;
    Ok(StatusCode::NO_CONTENT)
}
