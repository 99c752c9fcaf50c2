//! `POST /api/v1/cases/{reference}/withdrawal`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::HttpState;
use crate::http::api::body::Unvalidated;
use crate::http::api::headers::RequiredIdempotencyKey;
use crate::http::api::identity::CaseActor;
use crate::http::api::problem::{Problem, responses};
use complaint::case::actions::CaseAction;
use service::cases::actions::{self, RecordedAction};

/// The reason for a withdrawal, if the person wants to give one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    #[serde(default)]
    /// At most 2,000 characters.
    reason: Option<String>,
}

/// Withdraw a complaint
///
/// Closes the case. It can be undone until the day in the `undo_until` of the case. A representative needs the right `decide`.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{reference}/withdrawal",
    operation_id = "withdrawCase",
    tag = "Following a case",
    params(
        ("reference" = String, Path, description = "The case's reference, in any spelling people type", example = "RC-7K3M-92QF"),
        ("Idempotency-Key" = String, Header, pattern = "^[!-~]{1,200}$", description = "Identifies the request; resend it when retrying"),
    ),
    request_body = Withdrawal,
    responses(
        (status = 201, description = "Recorded as an event of the case.", body = RecordedAction),
        responses::Always, responses::NotFound, responses::SignedIn, responses::WithBody, responses::CaseActions,
        responses::Limited,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    CaseActor(viewer): CaseActor,
    RequiredIdempotencyKey(key): RequiredIdempotencyKey,
    Unvalidated(body): Unvalidated<Withdrawal>,
) -> Result<(StatusCode, Json<RecordedAction>), Problem> {
    let act = CaseAction::Withdraw {
        reason: body.reason.unwrap_or_default(),
    };
    let acted = actions::perform(&state.services, &viewer, &act, Some(&key)).await?;
    Ok((StatusCode::CREATED, Json(acted)))
}
