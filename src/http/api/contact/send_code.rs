//! `POST /api/v1/cases/{reference}/contact/new-code`

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

use crate::http::HttpState;
use crate::http::api::identity::CaseParticipant;
use crate::http::api::problem::{Problem, responses};
use crate::http::client::ClientAddress;
use service::cases::contact;

/// Send another code for a waiting contact change
///
/// At most six codes are sent per hour; after that the response is the same and no code is sent. If no safe contact method is left for
/// a code, the organisation has to confirm the change.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{reference}/contact/new-code",
    operation_id = "sendContactCode",
    tag = "Following a case",
    params(("reference" = String, Path, description = "The case's reference, in any spelling people type", example = "RC-7K3M-92QF")),
    responses(
        (status = 202, description = "A code is sent, unless too many were sent before."),
        responses::Always, responses::NotFound, responses::SignedIn, responses::CaseActions, responses::Limited,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    from: ClientAddress,
    CaseParticipant(viewer): CaseParticipant,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    state.limits.sign_in_code(from).map_err(|wait| Problem::too_many(wait.seconds))?;
    contact::send_again(&state.services, &viewer, state.language(&headers)).await?;
    Ok(StatusCode::ACCEPTED)
}
