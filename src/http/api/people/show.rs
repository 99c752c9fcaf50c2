//! `GET /api/v1/cases/{reference}/people`

use axum::Json;
use axum::extract::State;

use crate::http::HttpState;
use crate::http::api::identity::CaseParticipant;
use crate::http::api::problem::{Problem, responses};
use contract::people::CasePeople;
use service::representation;

/// Show the people on a case, with their rights and the last day of each
#[utoipa::path(
    get,
    path = "/api/v1/cases/{reference}/people",
    operation_id = "showPeople",
    tag = "Following a case",
    params(("reference" = String, Path, description = "The case's reference, in any spelling people type", example = "RC-7K3M-92QF")),
    responses(
        (status = 200, description = "The people on the case.", body = CasePeople),
        responses::Always, responses::NotFound, responses::SignedIn,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<HttpState>, CaseParticipant(viewer): CaseParticipant) -> Result<Json<CasePeople>, Problem> {
    Ok(Json(representation::view(&state.services, &viewer).await?))
}
