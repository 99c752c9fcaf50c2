//! `POST /api/v1/returns`

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::HttpState;
use crate::http::api::body::Unvalidated;
use crate::http::api::problem::{Kind, Problem, responses};
use crate::http::client::ClientAddress;
use complaint::fields::return_code::ResumeCode;
use service::access::token::Token;
use service::drafts::resume::{self, ResumeSecret};
use service::london::moment;

/// A resume code or the token of a resume link.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ComeBack)]
pub enum ResumeRequest {
    /// As typed: any case, spaces or dashes anywhere, O for 0, I or L for 1.
    #[schema(example = "7K3-M92-QFM")]
    Code(String),
    /// The last segment of the link's path.
    Link(String),
}

/// A resumed draft.
#[derive(Serialize, ToSchema)]
#[schema(as = ReturnedDraft)]
pub struct ResumedDraft {
    #[schema(format = Uuid)]
    id: String,
    /// This device's draft token: opens the draft as `Authorization: Bearer`. Shown only once.
    token: String,
    /// RFC 3339, UTC. Each save postpones it.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// Resume a draft on this device, by a resume code or resume link
///
/// The device gets a token of its own, which any device of the draft can list and end. A device that sends a token of the same draft
/// keeps that token. Also sets a draft cookie beside those of other drafts.
#[utoipa::path(
    post,
    path = "/api/v1/returns",
    operation_id = "returnToDraft",
    tag = "Filling in",
    request_body = ResumeRequest,
    responses(
        (status = 200, description = "The draft.", body = ResumedDraft, headers(("Set-Cookie" = String, description = "The draft cookie"))),
        responses::Always, responses::CrossSite, responses::NotFound, responses::Limited, responses::WithBody,
    ),
    security(()),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    from: ClientAddress,
    headers: HeaderMap,
    Unvalidated(by): Unvalidated<ResumeRequest>,
) -> Result<Response, Problem> {
    let ticket = match by {
        ResumeRequest::Code(typed) => ResumeCode::parse(&typed).map(ResumeSecret::Code),
        ResumeRequest::Link(token) => Token::parse(&token).map(ResumeSecret::Link),
    };
    let nothing = || Problem::new(Kind::ResumeNotFound);
    let ticket = ticket.ok_or_else(nothing)?;
    let allowed = state.limits.resume_attempt(from, &ticket);
    allowed.map_err(|wait| Problem::too_many(wait.seconds))?;
    let opened = resume::open(&state.services, &ticket, state.opener(&headers)).await?;
    let opened = opened.ok_or_else(nothing)?;
    let number = state.number_for(&headers, opened.token.id);
    let lasts = opened.expires_at - state.services.now();
    let cookie = state.cookies.set_draft_of(&number, &opened.token, lasts);
    let body = ResumedDraft {
        id: opened.token.id.to_string(),
        token: opened.token.to_string(),
        expires_at: moment(opened.expires_at.into()).at,
    };
    Ok(([(header::SET_COOKIE, cookie)], Json(body)).into_response())
}
