//! `DELETE /api/v1/sessions/{id}`

use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::http::HttpState;
use crate::http::api::identity::{SignedIn, parse_id};
use crate::http::api::problem::{Kind, Problem, responses};
use service::access::sessions::devices;

/// End one of the person's sessions, for example on a lost phone
#[utoipa::path(
    delete,
    path = "/api/v1/sessions/{id}",
    operation_id = "endSession",
    tag = "Following a case",
    params(("id" = String, Path, format = Uuid, description = "The session's id, from the list of sessions")),
    responses(
        (status = 204, description = "The session has ended."),
        responses::Always, responses::CrossSite, responses::SignedIn, responses::NotFound,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<HttpState>, SignedIn(session): SignedIn, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    let not_found = || Problem::new(Kind::NotFound);
    let id = parse_id(&id).ok_or_else(not_found)?;
    let ended = devices::end(&state.services, &session, id).await?;
    if ended { Ok(StatusCode::NO_CONTENT) } else { Err(not_found()) }
}
