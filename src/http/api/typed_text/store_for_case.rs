//! `PUT /api/v1/cases/{reference}/typed/{page}`

use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::http::HttpState;
use crate::http::api::body::Unvalidated;
use crate::http::api::identity::CaseParticipant;
use crate::http::api::problem::{Problem, responses};
use crate::http::api::typed_text::{OnPage, TypedPage};
use service::typed_text;

/// Store what is being typed on a page of a case
///
/// The text is not checked, not part of the case, and shown to the caller only. It is kept until the form is submitted, at most as long as a
/// draft.
#[utoipa::path(
    put,
    path = "/api/v1/cases/{reference}/typed/{page}",
    operation_id = "storeTypedTextOnCase",
    tag = "Following a case",
    params(
        ("reference" = String, Path, description = "The case's reference, in any spelling people type", example = "RC-7K3M-92QF"),
        ("page" = String, Path, description = "The last part of the page's address", example = "message"),
    ),
    request_body = TypedPage,
    responses(
        (status = 204, description = "The text is stored."),
        responses::Always, responses::CrossSite, responses::NotFound, responses::SignedIn, responses::WithBody, responses::Limited,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    CaseParticipant(viewer): CaseParticipant,
    Path(place): Path<OnPage>,
    Unvalidated(page): Unvalidated<TypedPage>,
) -> Result<StatusCode, Problem> {
    let counted = state.limits.typed_text(viewer.counted_as());
    counted.map_err(|wait| Problem::too_many(wait.seconds))?;
    let ago = page.ago();
    typed_text::store_for_person(&state.services, &viewer, &place.page, page.fields, ago).await?;
    Ok(StatusCode::NO_CONTENT)
}
