//! `PUT /api/v1/drafts/{id}/typed/{step}`

use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::http::HttpState;
use crate::http::api::body::Unvalidated;
use crate::http::api::identity::CurrentDraft;
use crate::http::api::problem::{Kind, Problem, responses};
use crate::http::api::typed_text::{OnDraftPage, TypedPage};
use service::typed_text::{self, DraftPage};

/// Store what is being typed on a page of a draft
///
/// That is the page of a question, or of the caption and description of a file. The text is not checked, and is neither an answer nor a
/// description. A draft contains it in `typed` until its form is submitted. Fields that the page does not have are ignored.
#[utoipa::path(
    put,
    path = "/api/v1/drafts/{id}/typed/{step}",
    operation_id = "storeTypedText",
    tag = "Answers",
    params(
        ("id" = String, Path, description = "The draft's id, or `current` for the draft of the cookie"),
        ("step" = String, Path, description = "The question's code, or `about-file-` and the id of a file of the draft", example = "what_happened"),
        ("draft" = Option<String>, Query, description = "Number that selects one of several drafts in a browser"),
    ),
    request_body = TypedPage,
    responses(
        (status = 204, description = "The text is stored."),
        responses::Always, responses::CrossSite, responses::Holder, responses::NotFound, responses::Unsent, responses::Limited,
        responses::WithBody,
    ),
    security(("draftCookie" = []), ("draftBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    CurrentDraft(token): CurrentDraft,
    Path(OnDraftPage { step }): Path<OnDraftPage>,
    Unvalidated(page): Unvalidated<TypedPage>,
) -> Result<StatusCode, Problem> {
    let typed_on = DraftPage::parse(&step).ok_or_else(|| Problem::new(Kind::NotFound))?;
    state.limits.typed_text(token.id).map_err(|wait| Problem::too_many(wait.seconds))?;
    let ago = page.ago();
    typed_text::store_for_draft(&state.services, &token, typed_on, page.fields, ago).await?;
    Ok(StatusCode::NO_CONTENT)
}
