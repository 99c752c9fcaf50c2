//! `POST /api/v1/desk/cases/{reference}/authority`

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::api::body::Body;
use crate::api::headers::Key;
use crate::api::identity::AtDesk;
use crate::api::problem::{Problem, ProblemBody, responses};
use crate::door::DoorState;
use contract::desk::DeskEvent;
use service::consent::desk::{self, Found};

/// Record that a representative has authority to represent the tenant
///
/// By a document that the organisation has checked (`paper`), or by the tenant's word on the phone with the code of the request (`phone`).
#[utoipa::path(
    post,
    path = "/api/v1/desk/cases/{reference}/authority",
    operation_id = "giveAuthority",
    tag = "The organisation",
    params(
        ("reference" = String, Path, description = "The case's reference", example = "RC-7K3M-92QF"),
        ("Idempotency-Key" = String, Header, pattern = "^[!-~]{1,200}$", description = "Identifies the request; resend it when retrying"),
    ),
    request_body = Found,
    responses(
        (status = 201, description = "Recorded as an event of the case.", body = DeskEvent),
        (status = 409, description = "The idempotency key was sent before with another request.",
         body = ProblemBody, content_type = "application/problem+json"),
        responses::Always, responses::Desk, responses::Owned, responses::WithBody,
    ),
    security(("deskKey" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<DoorState>,
    AtDesk(caller): AtDesk,
    Path(reference): Path<String>,
    Key(key): Key,
    Body(found): Body<Found>,
) -> Result<(StatusCode, Json<DeskEvent>), Problem> {
    let event = desk::give(&state.services, &caller, &reference, &found, Some(&key)).await?;
    Ok((StatusCode::CREATED, Json(event)))
}
