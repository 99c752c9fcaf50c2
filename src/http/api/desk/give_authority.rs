//! `POST /api/v1/desk/cases/{reference}/authority`

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::http::HttpState;
use crate::http::api::body::Body;
use crate::http::api::headers::RequiredIdempotencyKey;
use crate::http::api::identity::DeskCaller;
use crate::http::api::problem::{Problem, ProblemBody, responses};
use contract::desk::DeskEvent;
use service::representation::desk::{self, EstablishedAuthority};

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
    request_body = EstablishedAuthority,
    responses(
        (status = 201, description = "Recorded as an event of the case.", body = DeskEvent),
        (status = 409, description = "The idempotency key was sent before with another request.",
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
    Body(found): Body<EstablishedAuthority>,
) -> Result<(StatusCode, Json<DeskEvent>), Problem> {
    let event = desk::give(&state.services, &caller, &reference, &found, Some(&key)).await?;
    Ok((StatusCode::CREATED, Json(event)))
}
