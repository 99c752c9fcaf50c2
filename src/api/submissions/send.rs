//! `POST /api/v1/drafts/{id}/submission`

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

use crate::api::headers::Key;
use crate::api::identity::ThisDraft;
use crate::api::problem::{Fault, Kind, Problem, ProblemBody, responses};
use crate::complaint::view::Receipt;
use crate::door::DoorState;
use crate::service::submission::{self, SubmitError};

/// Sends the complaint.
///
/// Sent again from the same device, with the same key or another, at the same moment or later, it is one complaint and the same
/// receipt. A device that finds it sent by another device is answered 409 `already_sent`: the receipt is for the device that sent it.
#[utoipa::path(
    post,
    path = "/api/v1/drafts/{id}/submission",
    operation_id = "sendComplaint",
    tag = "Filling in",
    params(
        ("id" = String, Path, format = Uuid, description = "The draft's id"),
        ("Idempotency-Key" = String, Header, pattern = "^[!-~]{1,200}$", description = "Names this request; the same one when it is repeated"),
    ),
    responses(
        (status = 201, description = "The complaint is on record.", body = Receipt),
        (status = 422, description = "Questions are still to be answered: `errors` names each.",
         body = ProblemBody, content_type = "application/problem+json"),
        responses::Always, responses::Guarded, responses::Holder, responses::Owned, responses::Unsent,
    ),
    security(("draftCookie" = []), ("draftBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<DoorState>,
    headers: HeaderMap,
    Key(key): Key,
    ThisDraft(token): ThisDraft,
) -> Result<(StatusCode, Json<Receipt>), Problem> {
    let receipt = submission::submit_in(&state.services, &token, &key, state.language(&headers)).await?;
    Ok((StatusCode::CREATED, Json(receipt)))
}

impl From<SubmitError> for Problem {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::NotFound => Self::new(Kind::DraftNotFound),
            SubmitError::SentElsewhere => Self::new(Kind::AlreadySent),
            SubmitError::Incomplete(steps) => Self::new(Kind::ComplaintIncomplete).because(steps.into_iter().map(Fault::missing)),
            SubmitError::Service(e) => Self::service(&e),
        }
    }
}
