//! `DELETE /api/v1/drafts/{id}`

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::http::HttpState;
use crate::http::api::identity::DraftInPath;
use crate::http::api::problem::{Kind, Problem, responses};
use service::drafts;

/// Delete a draft with its answers and files
///
/// If the complaint was sent, the case stays: only the receipt is deleted. A device that did not send it only loses its own token.
#[utoipa::path(
    delete,
    path = "/api/v1/drafts/{id}",
    operation_id = "forgetDraft",
    tag = "Filling in",
    params(("id" = String, Path, format = Uuid, description = "The draft's id")),
    responses(
        (status = 204, description = "The draft is deleted.", headers(("Set-Cookie" = String, description = "Clears the draft cookie"))),
        responses::Always, responses::CrossSite, responses::Holder, responses::NotFound,
    ),
    security(("draftCookie" = []), ("draftBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<HttpState>, DraftInPath(token): DraftInPath) -> Result<Response, Problem> {
    if !drafts::forget(&state.services, &token).await? {
        return Err(Problem::new(Kind::DraftNotFound));
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, state.cookies.clear_draft())]).into_response())
}
