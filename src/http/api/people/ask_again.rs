//! `POST /api/v1/cases/{reference}/people/ask`

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::HttpState;
use crate::http::api::body::Unvalidated;
use crate::http::api::identity::CaseParticipant;
use crate::http::api::problem::{Kind, Problem, ProblemBody, responses};
use crate::http::client::ClientAddress;
use service::representation;

/// The recipient of the request.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// The tenant's email address; the one in the complaint when left out.
    #[serde(default)]
    email: Option<String>,
}

/// Ask the tenant again
///
/// For a representative who waits for the tenant's answer. The response does not reveal whether a message was sent.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{reference}/people/ask",
    operation_id = "askTenant",
    tag = "Following a case",
    params(("reference" = String, Path, description = "The case's reference, in any spelling people type", example = "RC-7K3M-92QF")),
    request_body = Ask,
    responses(
        (status = 204, description = "The request is recorded on the case."),
        (status = 403, description = "Nothing waits for the tenant's answer, or another site caused the browser to send this.",
         body = ProblemBody, content_type = "application/problem+json"),
        responses::Always, responses::NotFound, responses::SignedIn, responses::WithBody, responses::Limited,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    from: ClientAddress,
    CaseParticipant(viewer): CaseParticipant,
    Unvalidated(ask): Unvalidated<Ask>,
) -> Result<StatusCode, Problem> {
    state.limits.draft_creation(from).map_err(|wait| Problem::too_many(wait.seconds))?;
    let email = ask.email.unwrap_or_default();
    let done = representation::ask_again(&state.services, &viewer, email.trim()).await;
    done.map_err(|e| Problem::of_consent(e, Kind::CaseNotFound))?;
    Ok(StatusCode::NO_CONTENT)
}
