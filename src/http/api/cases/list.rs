//! `GET /api/v1/cases`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::HttpState;
use crate::http::api::identity::SignedIn;
use crate::http::api::problem::{Problem, responses};
use contract::CaseLine;
use service::cases;

/// The cases that a session may see.
#[derive(Serialize, ToSchema)]
pub struct Cases {
    cases: Vec<CaseLine>,
}

/// List the cases that the session may see
#[utoipa::path(
    get,
    path = "/api/v1/cases",
    operation_id = "listCases",
    tag = "Following a case",
    responses(
        (status = 200, description = "The cases.", body = Cases),
        responses::Always, responses::SignedIn,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<HttpState>, SignedIn(session): SignedIn) -> Result<Json<Cases>, Problem> {
    let cases = cases::list(&state.services, &session).await?;
    Ok(Json(Cases { cases }))
}
