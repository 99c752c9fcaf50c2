//! `DELETE /api/v1/drafts/{id}/resume-links`

use axum::extract::State;
use axum::http::StatusCode;

use crate::http::HttpState;
use crate::http::api::identity::DraftInPath;
use crate::http::api::problem::{Problem, responses};
use service::drafts::resume;

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
        responses::Always, responses::CrossSite, responses::Holder, responses::NotFound, responses::Unsent,
    ),
    security(("draftCookie" = []), ("draftBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<HttpState>, DraftInPath(token): DraftInPath) -> Result<StatusCode, Problem> {
    resume::end_links(&state.services, &token).await?;
    Ok(StatusCode::NO_CONTENT)
}
