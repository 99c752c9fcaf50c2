//! `DELETE /api/v1/cases/{reference}/withdrawal`

use axum::Json;
use axum::extract::State;

use crate::http::HttpState;
use crate::http::api::headers::RequiredIdempotencyKey;
use crate::http::api::identity::CaseActor;
use crate::http::api::problem::{Problem, responses};
use complaint::case::actions::CaseAction;
use service::cases::actions::{self, RecordedAction};

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
        (status = 200, description = "Recorded as an event of the case.", body = RecordedAction),
        responses::Always, responses::NotFound, responses::SignedIn, responses::CaseActions,
        responses::Limited,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    CaseActor(viewer): CaseActor,
    RequiredIdempotencyKey(key): RequiredIdempotencyKey,
) -> Result<Json<RecordedAction>, Problem> {
    Ok(Json(
        actions::perform(&state.services, &viewer, &CaseAction::UndoWithdrawal, Some(&key)).await?,
    ))
}
