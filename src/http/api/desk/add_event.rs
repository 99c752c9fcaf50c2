//! `POST /api/v1/desk/cases/{reference}/events`

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::http::HttpState;
use crate::http::api::body::Unvalidated;
use crate::http::api::headers::RequiredIdempotencyKey;
use crate::http::api::identity::DeskCaller;
use crate::http::api::problem::{Problem, ProblemBody, responses};
use complaint::case::recordable_event::RecordableEvent;
use contract::desk::DeskEvent;
use service::cases::desk;

/// Record an event on a case
///
/// Notifies the people whom the event concerns. A repeated request with the same `Idempotency-Key` records nothing and returns the first
/// response.
#[utoipa::path(
    post,
    path = "/api/v1/desk/cases/{reference}/events",
    operation_id = "addDeskEvent",
    tag = "The organisation",
    params(
        ("reference" = String, Path, description = "The case's reference", example = "RC-7K3M-92QF"),
        ("Idempotency-Key" = String, Header, pattern = "^[!-~]{1,200}$", description = "Identifies the request; resend it when retrying"),
    ),
    request_body = RecordableEvent,
    responses(
        (status = 201, description = "Recorded as an event of the case.", body = DeskEvent),
        (status = 409, description = "The status cannot change in this way, or the idempotency key was sent before with another request.",
         body = ProblemBody, content_type = "application/problem+json"),
        responses::Always, responses::Desk, responses::NotFound, responses::WithBody,
    ),
    security(("deskKey" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    DeskCaller(caller): DeskCaller,
    Path(reference): Path<String>,
    RequiredIdempotencyKey(key): RequiredIdempotencyKey,
    Unvalidated(event): Unvalidated<RecordableEvent>,
) -> Result<(StatusCode, Json<DeskEvent>), Problem> {
    let event = desk::add_event(&state.services, &caller, &reference, event, Some(&key)).await?;
    Ok((StatusCode::CREATED, Json(event)))
}
