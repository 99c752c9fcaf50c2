//! `GET /api/v1/drafts/{id}`

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::HttpState;
use crate::http::api::headers::etag;
use crate::http::api::identity::DraftInPath;
use crate::http::api::problem::{Kind, Problem, responses};
use contract::DraftView;
use service::access::token::DraftToken;
use service::drafts;
use service::typed_text::{self, TypedText};

/// A draft with the text that is not submitted yet.
#[derive(Serialize, ToSchema)]
pub struct DraftWithTypedText {
    #[serde(flatten)]
    draft: DraftView,
    /// Text typed on pages and not submitted: by page and by the name of the form's field, with all its values. A page is named by its
    /// question's code, or by `about-file-` and the file's id.
    #[serde(skip_serializing_if = "TypedText::is_empty")]
    #[schema(value_type = Object, required = false)]
    typed: TypedText,
}

/// Show a draft: its answers, steps and files
#[utoipa::path(
    get,
    path = "/api/v1/drafts/{id}",
    operation_id = "showDraft",
    tag = "Filling in",
    params(("id" = String, Path, format = Uuid, description = "The draft's id")),
    responses(
        (status = 200, description = "The draft.", body = DraftWithTypedText, headers(("ETag" = String, description = "The revision in quotes, for `If-Match`"))),
        responses::Always, responses::Holder, responses::NotFound,
    ),
    security(("draftCookie" = []), ("draftBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<HttpState>, DraftInPath(token): DraftInPath) -> Result<Response, Problem> {
    show(&state, &token).await
}

/// Returns the draft that the token opens, with its revision as `ETag`; a 404 problem if the token opens none.
pub(crate) async fn show(state: &HttpState, token: &DraftToken) -> Result<Response, Problem> {
    let draft = drafts::open(&state.services, token).await?;
    let draft = draft.ok_or_else(|| Problem::new(Kind::DraftNotFound))?;
    let typed = if draft.has_typed_text {
        typed_text::list_of_draft(&state.services, token).await?
    } else {
        TypedText::new()
    };
    let etag = etag(draft.revision);
    Ok(([(header::ETAG, etag)], Json(DraftWithTypedText { draft, typed })).into_response())
}
