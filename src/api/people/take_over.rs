//! `POST /api/v1/cases/{reference}/people/take-over`

use axum::extract::State;
use axum::http::StatusCode;

use crate::api::identity::OnCase;
use crate::api::problem::{Kind, Problem, ProblemBody, responses};
use crate::door::DoorState;
use crate::service::consent;

/// The tenant goes on with the case themselves: nobody acts for them any more.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{reference}/people/take-over",
    operation_id = "takeOver",
    tag = "Following a case",
    params(("reference" = String, Path, description = "The case's reference, as it may be typed", example = "RC-7K3M-92QF")),
    responses(
        (status = 204, description = "It is theirs alone."),
        (status = 403, description = "Not theirs to do, or another site made a browser send this.",
         body = ProblemBody, content_type = "application/problem+json"),
        responses::Always, responses::Owned, responses::SignedIn,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<DoorState>, OnCase { session, reference }: OnCase) -> Result<StatusCode, Problem> {
    let done = consent::take_over(&state.services, &session, &reference).await;
    done.map_err(|e| Problem::of_consent(e, Kind::CaseNotFound))?;
    Ok(StatusCode::NO_CONTENT)
}
