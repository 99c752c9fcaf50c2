//! `DELETE /api/v1/drafts/{id}/devices/others`

use axum::extract::State;
use axum::http::StatusCode;

use crate::http::HttpState;
use crate::http::api::identity::DraftInPath;
use crate::http::api::problem::{Problem, responses};
use service::drafts::devices;

/// Close a draft on all devices but the caller's
///
/// All resume links and resume codes of the draft end too. Also succeeds when there are no other devices.
#[utoipa::path(
    delete,
    path = "/api/v1/drafts/{id}/devices/others",
    operation_id = "endOtherDraftDevices",
    tag = "Filling in",
    params(("id" = String, Path, format = Uuid, description = "The draft's id")),
    responses(
        (status = 204, description = "The draft is open on the caller's device only."),
        responses::Always, responses::CrossSite, responses::Holder, responses::NotFound, responses::Unsent,
    ),
    security(("draftCookie" = []), ("draftBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<HttpState>, DraftInPath(token): DraftInPath) -> Result<StatusCode, Problem> {
    devices::end_others(&state.services, &token).await?;
    Ok(StatusCode::NO_CONTENT)
}
