//! `POST /api/v1/cases/{reference}/people/codes`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use crate::http::HttpState;
use crate::http::api::body::Body;
use crate::http::api::identity::CaseParticipant;
use crate::http::api::people::{RightsInput, ShownCode};
use crate::http::api::problem::{Kind, Problem, ProblemBody, responses};
use service::representation::handover;

/// Make a handover code, with which another person can join the case
///
/// The caller's previous code ends. The tenant chooses the rights of the new person. A representative passes on their own rights, and
/// the tenant is asked first.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{reference}/people/codes",
    operation_id = "handOver",
    tag = "Following a case",
    params(("reference" = String, Path, description = "The case's reference, in any spelling people type", example = "RC-7K3M-92QF")),
    request_body = RightsInput,
    responses(
        (status = 201, description = "The code, shown only once.", body = ShownCode),
        (status = 403, description = "The caller has no authority to hand over, or another site caused the browser to send this.",
         body = ProblemBody, content_type = "application/problem+json"),
        responses::Always, responses::NotFound, responses::SignedIn, responses::WithBody,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    CaseParticipant(viewer): CaseParticipant,
    Body(allowed): Body<RightsInput>,
) -> Result<(StatusCode, Json<ShownCode>), Problem> {
    let made = handover::make_code(&state.services, &viewer, allowed.into()).await;
    let code = made.map_err(|e| Problem::of_consent(e, Kind::CaseNotFound))?;
    Ok((StatusCode::CREATED, Json(code.into())))
}
