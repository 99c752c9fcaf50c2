//! `POST /api/v1/cases/{reference}/contact/code`

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::http::HttpState;
use crate::http::api::body::Body;
use crate::http::api::identity::CaseParticipant;
use crate::http::api::problem::{Problem, responses};
use crate::http::api::rules;
use crate::http::client::ClientAddress;
use service::cases::contact;

/// The code that was sent to confirm a change.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ContactCode {
    /// As typed or pasted, also within a sentence. A text without a complete code does not count as an attempt.
    #[validate(custom(function = "rules::one_time_code"))]
    #[schema(min_length = 8, max_length = 2000, example = "1234 5678")]
    code: String,
}

/// Confirm a waiting contact change with a code
///
/// A code works once, for ten minutes, and not after five wrong attempts. The response does not reveal why a code does not work.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{reference}/contact/code",
    operation_id = "confirmContact",
    tag = "Following a case",
    params(("reference" = String, Path, description = "The case's reference, in any spelling people type", example = "RC-7K3M-92QF")),
    request_body = ContactCode,
    responses(
        (status = 204, description = "The change is in force."),
        responses::Always, responses::NotFound, responses::SignedIn, responses::WithBody, responses::CaseActions, responses::Limited,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    from: ClientAddress,
    CaseParticipant(viewer): CaseParticipant,
    Body(typed): Body<ContactCode>,
) -> Result<StatusCode, Problem> {
    let limited = state.limits.sign_in(from, Some(&format!("contact {}", viewer.reference())));
    limited.map_err(|wait| Problem::too_many(wait.seconds))?;
    contact::confirm(&state.services, &viewer, &typed.code).await?;
    Ok(StatusCode::NO_CONTENT)
}
