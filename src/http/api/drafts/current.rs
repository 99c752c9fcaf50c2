//! `GET /api/v1/drafts/current`

use axum::extract::State;
use axum::response::Response;

use crate::http::HttpState;
use crate::http::api::drafts::show::{DraftWithTypedText, show};
use crate::http::api::identity::OptionalDraftToken;
use crate::http::api::problem::{Kind, Problem, responses};

/// Show the draft of the request's cookie or token
///
/// A browser with several drafts must select one by its number; otherwise the response is 404.
#[utoipa::path(
    get,
    path = "/api/v1/drafts/current",
    operation_id = "showCurrentDraft",
    tag = "Filling in",
    params(("draft" = Option<String>, Query, description = "Number that selects one of several drafts in a browser")),
    responses(
        (status = 200, description = "The draft.", body = DraftWithTypedText, headers(("ETag" = String, description = "The revision in quotes, for `If-Match`"))),
        responses::Always, responses::NotFound,
    ),
    security((), ("draftCookie" = []), ("draftBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<HttpState>, OptionalDraftToken(token): OptionalDraftToken) -> Result<Response, Problem> {
    let token = token.ok_or_else(|| Problem::new(Kind::DraftNotFound))?;
    show(&state, &token).await
}
