//! `GET /api/v1/drafts/current`

use axum::extract::State;
use axum::response::Response;

use super::show::show;
use crate::api::identity::HeldDraft;
use crate::api::problem::{Kind, Problem, responses};
use crate::complaint::view::DraftView;
use crate::door::DoorState;

/// Shows the draft whose cookie or token the call comes with.
///
/// A call from a browser that holds several drafts names one by its number. Without a number it has none.
#[utoipa::path(
    get,
    path = "/api/v1/drafts/current",
    operation_id = "showCurrentDraft",
    tag = "Filling in",
    params(("draft" = Option<String>, Query, description = "The number of the draft in this browser, where it holds several. The number is part of the cookie's name")),
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
