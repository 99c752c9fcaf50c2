//! `DELETE /api/v1/cases/{reference}/withdrawal`

use axum::Json;
use axum::extract::State;

use crate::api::headers::Key;
use crate::api::identity::ActsOnCase;
use crate::api::problem::{Problem, responses};
use crate::complaint::act::Act;
use crate::door::DoorState;
use crate::service::acting::{self, Acted};

/// Lets a complaint go on that was taken back.
#[utoipa::path(
    delete,
    path = "/api/v1/cases/{reference}/withdrawal",
    operation_id = "undoWithdrawal",
    tag = "Following a case",
    params(
        ("reference" = String, Path, description = "The case's reference, as it may be typed", example = "RC-7K3M-92QF"),
        ("Idempotency-Key" = String, Header, pattern = "^[!-~]{1,200}$", description = "Names this request; the same one when it is repeated"),
    ),
    responses(
        (status = 200, description = "It is on the record.", body = Acted),
        responses::Always, responses::Owned, responses::SignedIn, responses::Acting,
        responses::Limited,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<DoorState>,
    ActsOnCase { session, reference }: ActsOnCase,
    Key(key): Key,
) -> Result<Json<Acted>, Problem> {
    Ok(Json(
        acting::perform(&state.services, &session, &reference, &Act::UndoWithdrawal, Some(&key)).await?,
    ))
}
