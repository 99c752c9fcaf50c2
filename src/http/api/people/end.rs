//! `DELETE /api/v1/cases/{reference}/people/{person}/authority`

use axum::extract::State;
use axum::http::StatusCode;

use crate::http::HttpState;
use crate::http::api::identity::{CaseParticipant, PersonInPath};
use crate::http::api::problem::{Kind, Problem, ProblemBody, responses};
use service::representation;

/// End a representative's authority
///
/// Takes effect at once, in open sessions too. For the tenant, and for a representative who gives up their own authority.
#[utoipa::path(
    delete,
    path = "/api/v1/cases/{reference}/people/{person}/authority",
    operation_id = "endAuthority",
    tag = "Following a case",
    params(
        ("reference" = String, Path, description = "The case's reference, in any spelling people type", example = "RC-7K3M-92QF"),
        ("person" = u8, Path, description = "The person's number on the case", minimum = 1, example = 1),
    ),
    responses(
        (status = 204, description = "The authority has ended."),
        (status = 403, description = "The caller may not decide this, or another site caused the browser to send the request.",
         body = ProblemBody, content_type = "application/problem+json"),
        responses::Always, responses::NotFound, responses::SignedIn,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    CaseParticipant(viewer): CaseParticipant,
    PersonInPath { person }: PersonInPath,
) -> Result<StatusCode, Problem> {
    let done = representation::end(&state.services, &viewer, person).await;
    done.map_err(|e| Problem::of_consent(e, Kind::CaseNotFound))?;
    Ok(StatusCode::NO_CONTENT)
}
