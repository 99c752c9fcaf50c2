//! `POST /api/v1/drafts/{id}/extension`

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::HttpState;
use crate::http::api::identity::DraftInPath;
use crate::http::api::problem::{Problem, responses};
use service::drafts;

/// The new expiry of the draft.
#[derive(Serialize, ToSchema)]
pub struct Extended {
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// Extend the life of a draft
///
/// The draft is kept as long as after a save. Nothing in it changes.
#[utoipa::path(
    post,
    path = "/api/v1/drafts/{id}/extension",
    operation_id = "extendDraft",
    tag = "Filling in",
    params(("id" = String, Path, format = Uuid, description = "The draft's id")),
    responses(
        (status = 200, description = "The draft is kept until the returned time.", body = Extended,
         headers(("Set-Cookie" = String, description = "The draft cookie, with the same life as the draft"))),
        responses::Always, responses::CrossSite, responses::Holder, responses::NotFound, responses::Unsent,
    ),
    security(("draftCookie" = []), ("draftBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<HttpState>, DraftInPath(token): DraftInPath) -> Result<Response, Problem> {
    let draft = drafts::extend(&state.services, &token).await?;
    let days = time::Duration::days(state.services.settings().draft_days.into());
    let cookie = state.cookies.set_draft(&token, days);
    let body = Extended {
        expires_at: draft.expires_at,
    };
    Ok(([(header::SET_COOKIE, cookie)], Json(body)).into_response())
}
