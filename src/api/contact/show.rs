//! `GET /api/v1/cases/{reference}/contact`

use axum::Json;
use axum::extract::State;

use crate::api::identity::OnCase;
use crate::api::problem::{Kind, Problem, responses};
use crate::door::DoorState;
use contract::contact::ContactView;
use service::contact;

/// Show the caller's contact details and the change that waits for confirmation
///
/// No other person on the case is shown them.
#[utoipa::path(
    get,
    path = "/api/v1/cases/{reference}/contact",
    operation_id = "showContact",
    tag = "Following a case",
    params(("reference" = String, Path, description = "The case's reference, in any spelling people type", example = "RC-7K3M-92QF")),
    responses(
        (status = 200, description = "The contact plan in force and the waiting change.", body = ContactView),
        responses::Always, responses::Owned, responses::SignedIn,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<DoorState>, OnCase { session, reference }: OnCase) -> Result<Json<ContactView>, Problem> {
    let view = contact::view(&state.services, &session, &reference).await?;
    view.map(Json).ok_or_else(|| Problem::new(Kind::CaseNotFound))
}
