//! `DELETE /api/v1/cases/{reference}/contact/change`

use axum::extract::State;
use axum::http::StatusCode;

use crate::http::HttpState;
use crate::http::api::identity::CaseParticipant;
use crate::http::api::problem::{Problem, responses};
use service::cases::contact;

/// Cancel a waiting contact change
///
/// Restrictions that already took effect with the change stay in force.
#[utoipa::path(
    delete,
    path = "/api/v1/cases/{reference}/contact/change",
    operation_id = "cancelContactChange",
    tag = "Following a case",
    params(("reference" = String, Path, description = "The case's reference, in any spelling people type", example = "RC-7K3M-92QF")),
    responses(
        (status = 204, description = "No change is waiting."),
        responses::Always, responses::NotFound, responses::SignedIn, responses::CaseActions,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<HttpState>, CaseParticipant(viewer): CaseParticipant) -> Result<StatusCode, Problem> {
    contact::cancel(&state.services, &viewer).await?;
    Ok(StatusCode::NO_CONTENT)
}
