//! `GET /api/v1/drafts/current`

use axum::extract::State;
use axum::response::Response;

use super::show::show;
use crate::api::identity::HeldDraft;
use crate::api::problem::{Kind, Problem, responses};
use crate::complaint::view::DraftView;
use crate::door::DoorState;

/// Shows the draft whose cookie or token the call comes with.
#[utoipa::path(
    get,
    path = "/api/v1/drafts/current",
    operation_id = "showCurrentDraft",
    tag = "Filling in",
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
