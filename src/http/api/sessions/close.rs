//! `DELETE /api/v1/sessions/current`

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::http::HttpState;
use crate::http::api::problem::{Problem, responses};
use service::access::sessions;

/// Sign out
///
/// Also succeeds without a session.
#[utoipa::path(
    delete,
    path = "/api/v1/sessions/current",
    operation_id = "signOut",
    tag = "Following a case",
    responses(
        (status = 204, description = "Signed out.", headers(("Set-Cookie" = String, description = "Clears the session cookie"))),
        responses::Always, responses::CrossSite,
    ),
    security((), ("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<HttpState>, headers: HeaderMap) -> Result<Response, Problem> {
    if let Some(token) = state.cookies.session_token(&headers) {
        sessions::sign_out(&state.services, &token).await?;
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, state.cookies.clear_session())]).into_response())
}
