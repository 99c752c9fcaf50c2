//! `GET /api/v1/cases/{reference}`

use axum::Json;
use axum::extract::{Path, State};

use crate::api::identity::SignedIn;
use crate::api::problem::{Kind, Problem, responses};
use crate::complaint::view::CaseView;
use crate::door::DoorState;
use crate::service::cases;

/// Shows a case to its own people.
#[utoipa::path(
    get,
    path = "/api/v1/cases/{reference}",
    operation_id = "showCase",
    tag = "Following a case",
    params(("reference" = String, Path, description = "The case's reference, as it may be typed", example = "RC-7K3M-92QF")),
    responses(
        (status = 200, description = "The case.", body = CaseView),
        responses::Always, responses::Owned, responses::SignedIn,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<DoorState>,
    SignedIn(session): SignedIn,
    Path(reference): Path<String>,
) -> Result<Json<CaseView>, Problem> {
    let case = cases::view(&state.services, &session, &reference).await?;
    case.map(Json).ok_or_else(|| Problem::new(Kind::CaseNotFound))
}
