//! `GET /api/v1/cases/{reference}/typed`

use axum::Json;
use axum::extract::State;

use crate::http::HttpState;
use crate::http::api::identity::CaseParticipant;
use crate::http::api::problem::{Problem, responses};
use service::typed_text::{self, TypedText};

/// Show what the caller is typing on the pages of a case
///
/// By page and field, each field with all its values.
#[utoipa::path(
    get,
    path = "/api/v1/cases/{reference}/typed",
    operation_id = "showTypedText",
    tag = "Following a case",
    params(("reference" = String, Path, description = "The case's reference, in any spelling people type", example = "RC-7K3M-92QF")),
    responses(
        (status = 200, description = "The text, by page.", body = Object),
        responses::Always, responses::NotFound, responses::SignedIn,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<HttpState>, CaseParticipant(viewer): CaseParticipant) -> Result<Json<TypedText>, Problem> {
    Ok(Json(typed_text::list_of_person(&state.services, &viewer).await?))
}
