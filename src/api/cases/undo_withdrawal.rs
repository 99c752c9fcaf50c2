//! `DELETE /api/v1/cases/{reference}/withdrawal`

use axum::Json;
use axum::extract::State;

use crate::api::headers::Key;
use crate::api::identity::ActsOnCase;
use crate::api::problem::{Problem, responses};
use crate::door::DoorState;
use complaint::act::Act;
use service::acting::{self, Acted};

/// Undo the withdrawal of a complaint
///
/// Possible until the day in the `undo_until` of the case. A representative needs the right `decide`.
#[utoipa::path(
    delete,
    path = "/api/v1/cases/{reference}/withdrawal",
    operation_id = "undoWithdrawal",
    tag = "Following a case",
    params(
        ("reference" = String, Path, description = "The case's reference, in any spelling people type", example = "RC-7K3M-92QF"),
        ("Idempotency-Key" = String, Header, pattern = "^[!-~]{1,200}$", description = "Identifies the request; resend it when retrying"),
    ),
    responses(
        (status = 200, description = "Recorded as an event of the case.", body = Acted),
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
