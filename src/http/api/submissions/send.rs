//! `POST /api/v1/drafts/{id}/submission`

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

use crate::http::HttpState;
use crate::http::api::headers::RequiredIdempotencyKey;
use crate::http::api::identity::DraftInPath;
use crate::http::api::problem::{Fault, Kind, Problem, ProblemBody, responses};
use contract::Receipt;
use service::cases::submission::{self, SubmitError};

/// Send the complaint
///
/// Sending again from the same device returns the same receipt, with any idempotency key: a draft becomes one case only. If another
/// device has sent the draft, the response is 409 `already_sent`: only the sending device gets the receipt.
#[utoipa::path(
    post,
    path = "/api/v1/drafts/{id}/submission",
    operation_id = "sendComplaint",
    tag = "Filling in",
    params(
        ("id" = String, Path, format = Uuid, description = "The draft's id"),
        ("Idempotency-Key" = String, Header, pattern = "^[!-~]{1,200}$", description = "Identifies the request; resend it when retrying"),
    ),
    responses(
        (status = 201, description = "The complaint is recorded as a case.", body = Receipt),
        (status = 422, description = "Required questions are unanswered: `errors` names each.",
         body = ProblemBody, content_type = "application/problem+json"),
        responses::Always, responses::CrossSite, responses::Holder, responses::NotFound, responses::Unsent,
    ),
    security(("draftCookie" = []), ("draftBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    headers: HeaderMap,
    RequiredIdempotencyKey(key): RequiredIdempotencyKey,
    DraftInPath(token): DraftInPath,
) -> Result<(StatusCode, Json<Receipt>), Problem> {
    let receipt = submission::submit_in(&state.services, &token, &key, state.language(&headers)).await?;
    Ok((StatusCode::CREATED, Json(receipt)))
}

impl From<SubmitError> for Problem {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::NotFound => Self::new(Kind::DraftNotFound),
            SubmitError::SentElsewhere => Self::new(Kind::AlreadySent),
            SubmitError::Incomplete(steps) => Self::new(Kind::ComplaintIncomplete).with_faults(steps.into_iter().map(Fault::missing)),
            SubmitError::Service(e) => Self::service(&e),
        }
    }
}
