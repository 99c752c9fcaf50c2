//! `GET /api/v1/cases/{reference}/people`

use axum::Json;
use axum::extract::State;

use crate::api::identity::OnCase;
use crate::api::problem::{Kind, Problem, responses};
use crate::door::DoorState;
use contract::people::CasePeople;
use service::consent;

/// Show the people on a case, with their rights and the last day of each
#[utoipa::path(
    get,
    path = "/api/v1/cases/{reference}/people",
    operation_id = "showPeople",
    tag = "Following a case",
    params(("reference" = String, Path, description = "The case's reference, in any spelling people type", example = "RC-7K3M-92QF")),
    responses(
        (status = 200, description = "The people on the case.", body = CasePeople),
        responses::Always, responses::Owned, responses::SignedIn,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<DoorState>, OnCase { session, reference }: OnCase) -> Result<Json<CasePeople>, Problem> {
    let people = consent::view(&state.services, &session, &reference).await?;
    people.map(Json).ok_or_else(|| Problem::new(Kind::CaseNotFound))
}
