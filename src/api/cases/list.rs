//! `GET /api/v1/cases`

use axum::Json;
use axum::extract::State;

use crate::api::identity::SignedIn;
use crate::api::problem::{Problem, responses};
use crate::complaint::view::CaseLine;
use crate::door::DoorState;
use crate::service::cases;

/// Lists the cases this session may see.
#[utoipa::path(
    get,
    path = "/api/v1/cases",
    operation_id = "listCases",
    tag = "Following a case",
    responses(
        (status = 200, description = "The cases.", body = [CaseLine]),
        responses::Always, responses::SignedIn,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<DoorState>, SignedIn(session): SignedIn) -> Result<Json<Vec<CaseLine>>, Problem> {
    Ok(Json(cases::list(&state.services, &session).await?))
}
