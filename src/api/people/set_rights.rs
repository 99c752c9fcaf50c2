//! `PUT /api/v1/cases/{reference}/people/{person}/authority`

use axum::extract::State;
use axum::http::StatusCode;

use super::Allowed;
use crate::api::body::Body;
use crate::api::identity::{OnCase, PersonNumber};
use crate::api::problem::{Kind, Problem, ProblemBody, responses};
use crate::door::DoorState;
use crate::service::consent;

/// Says what somebody may do from now on. For the tenant alone.
#[utoipa::path(
    put,
    path = "/api/v1/cases/{reference}/people/{person}/authority",
    operation_id = "setAuthority",
    tag = "Following a case",
    params(
        ("reference" = String, Path, description = "The case's reference, as it may be typed", example = "RC-7K3M-92QF"),
        ("person" = u8, Path, description = "Their number on the case", minimum = 1, example = 1),
    ),
    request_body = Allowed,
    responses(
        (status = 204, description = "It holds from now on."),
        (status = 403, description = "Not theirs to say, or another site made a browser send this.",
         body = ProblemBody, content_type = "application/problem+json"),
        responses::Always, responses::Owned, responses::SignedIn, responses::WithBody,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<DoorState>,
    OnCase { session, reference }: OnCase,
    PersonNumber(person): PersonNumber,
    Body(allowed): Body<Allowed>,
) -> Result<StatusCode, Problem> {
    let done = consent::set_rights(&state.services, &session, &reference, person, allowed.into()).await;
    done.map_err(|e| Problem::of_consent(e, Kind::CaseNotFound))?;
    Ok(StatusCode::NO_CONTENT)
}
