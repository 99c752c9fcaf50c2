//! `POST /api/v1/cases/{reference}/people/take-over`

use axum::extract::State;
use axum::http::StatusCode;

use crate::http::HttpState;
use crate::http::api::identity::CaseParticipant;
use crate::http::api::problem::{Kind, Problem, ProblemBody, responses};
use service::representation;

/// End all representation, as the tenant
///
/// The tenant continues the case alone: the authority of every representative ends.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{reference}/people/take-over",
    operation_id = "takeOver",
    tag = "Following a case",
    params(("reference" = String, Path, description = "The case's reference, in any spelling people type", example = "RC-7K3M-92QF")),
    responses(
        (status = 204, description = "The tenant is the only person on the case."),
        (status = 403, description = "The caller may not do this, or another site caused the browser to send the request.",
         body = ProblemBody, content_type = "application/problem+json"),
        responses::Always, responses::NotFound, responses::SignedIn,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<HttpState>, CaseParticipant(viewer): CaseParticipant) -> Result<StatusCode, Problem> {
    let done = representation::take_over(&state.services, &viewer).await;
    done.map_err(|e| Problem::of_consent(e, Kind::CaseNotFound))?;
    Ok(StatusCode::NO_CONTENT)
}
