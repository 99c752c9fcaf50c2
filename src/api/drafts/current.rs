//! `GET /api/v1/drafts/current`

use axum::extract::State;
use axum::response::Response;

use super::show::show;
use crate::api::identity::HeldDraft;
use crate::api::problem::{Kind, Problem, responses};
use crate::door::DoorState;
use contract::DraftView;

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
        (status = 200, description = "The draft.", body = DraftView, headers(("ETag" = String, description = "The revision in quotes, for `If-Match`"))),
        responses::Always, responses::Owned,
    ),
    security((), ("draftCookie" = []), ("draftBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<DoorState>, HeldDraft(token): HeldDraft) -> Result<Response, Problem> {
    let token = token.ok_or_else(|| Problem::new(Kind::DraftNotFound))?;
    show(&state, &token).await
}
