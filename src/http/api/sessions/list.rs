//! `GET /api/v1/sessions`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::HttpState;
use crate::http::api::identity::SignedIn;
use crate::http::api::problem::{Problem, responses};
use contract::sessions::SignIn as Device;
use service::access::sessions::devices;

/// The person's sessions.
#[derive(Serialize, ToSchema)]
pub struct Sessions {
    sessions: Vec<Device>,
}

/// List the person's sessions, most recently used first
#[utoipa::path(
    get,
    path = "/api/v1/sessions",
    operation_id = "listSessions",
    tag = "Following a case",
    responses(
        (status = 200, description = "The sessions that have not ended, including the caller's.", body = Sessions),
        responses::Always, responses::SignedIn,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<HttpState>, SignedIn(session): SignedIn) -> Result<Json<Sessions>, Problem> {
    let sessions = devices::list(&state.services, &session).await?;
    Ok(Json(Sessions { sessions }))
}
