//! `DELETE /api/v1/sessions/others`

use axum::extract::State;
use axum::http::StatusCode;

use crate::http::HttpState;
use crate::http::api::identity::SignedIn;
use crate::http::api::problem::{Problem, responses};
use service::access::sessions::devices;

/// End all of the person's sessions but the caller's
///
/// Also succeeds when there are no other sessions.
#[utoipa::path(
    delete,
    path = "/api/v1/sessions/others",
    operation_id = "endOtherSessions",
    tag = "Following a case",
    responses(
        (status = 204, description = "The caller's session is the only one."),
        responses::Always, responses::CrossSite, responses::SignedIn,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<HttpState>, SignedIn(session): SignedIn) -> Result<StatusCode, Problem> {
    devices::end_others(&state.services, &session).await?;
    Ok(StatusCode::NO_CONTENT)
}
