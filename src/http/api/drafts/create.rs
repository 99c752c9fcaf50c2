//! `POST /api/v1/drafts`

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::HttpState;
use crate::http::api::problem::{Problem, ProblemBody, responses};
use crate::http::client::ClientAddress;
use service::drafts;
use service::london::moment;

/// A new draft.
#[derive(Serialize, ToSchema)]
pub struct NewDraft {
    #[schema(format = Uuid)]
    id: String,
    /// This device's draft token: opens the draft as `Authorization: Bearer`. Shown only once.
    token: String,
    /// RFC 3339, UTC. Each save postpones it.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// Create a draft
///
/// Also sets a draft cookie, which is all that a browser needs. A browser holds at most eight drafts.
#[utoipa::path(
    post,
    path = "/api/v1/drafts",
    operation_id = "createDraft",
    tag = "Filling in",
    params(("draft" = Option<String>, Query, description = "Number of the draft in this browser: up to 16 lower-case letters or digits")),
    responses(
        (status = 201, description = "The draft is created.", body = NewDraft, headers(
            ("Location" = String, description = "The path of the draft"),
            ("Set-Cookie" = String, description = "The draft cookie"),
        )),
        (status = 409, description = "The browser already holds the largest number of drafts.",
         body = ProblemBody, content_type = "application/problem+json"),
        responses::Always, responses::CrossSite, responses::Limited,
    ),
    security(()),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<HttpState>, from: ClientAddress, headers: HeaderMap) -> Result<Response, Problem> {
    state.limits.draft_creation(from).map_err(|wait| Problem::too_many(wait.seconds))?;
    let draft = drafts::create_on(&state.services, state.device_name(&headers)).await?;
    let cookie = state.draft_cookie(&draft.token, draft.expires_at);
    let body = NewDraft {
        id: draft.token.id.to_string(),
        token: draft.token.to_string(),
        expires_at: moment(draft.expires_at.into()).at,
    };
    let location = HeaderValue::try_from(format!("/api/v1/drafts/{}", body.id)).unwrap_or(HeaderValue::from_static("/"));
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, location), (header::SET_COOKIE, cookie)],
        Json(body),
    )
        .into_response())
}
