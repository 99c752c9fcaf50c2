//! `GET /api/v1/drafts/{id}`

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::api::headers::etag;
use crate::api::identity::ThisDraft;
use crate::api::problem::{Kind, Problem, responses};
use crate::door::DoorState;
use contract::DraftView;
use service::drafts;
use service::token::DraftToken;

/// Show a draft: its answers, steps and files
#[utoipa::path(
    get,
    path = "/api/v1/drafts/{id}",
    operation_id = "showDraft",
    tag = "Filling in",
    params(("id" = String, Path, format = Uuid, description = "The draft's id")),
    responses(
        (status = 200, description = "The draft.", body = DraftView, headers(("ETag" = String, description = "The revision in quotes, for `If-Match`"))),
        responses::Always, responses::Holder, responses::Owned,
    ),
    security(("draftCookie" = []), ("draftBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<DoorState>, ThisDraft(token): ThisDraft) -> Result<Response, Problem> {
    show(&state, &token).await
}

/// Returns the draft that the token opens, with its revision as `ETag`; a 404 problem if the token opens none.
pub(super) async fn show(state: &DoorState, token: &DraftToken) -> Result<Response, Problem> {
    let draft = drafts::open(&state.services, token).await?;
    let draft = draft.ok_or_else(|| Problem::new(Kind::DraftNotFound))?;
    Ok(([(header::ETAG, etag(draft.revision))], Json(draft)).into_response())
}
