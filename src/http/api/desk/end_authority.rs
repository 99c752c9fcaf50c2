//! `POST /api/v1/desk/cases/{reference}/authority/ends`

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::http::HttpState;
use crate::http::api::body::Body;
use crate::http::api::headers::RequiredIdempotencyKey;
use crate::http::api::identity::DeskCaller;
use crate::http::api::problem::{Problem, ProblemBody, responses};
use crate::http::api::rules;
use complaint::case::person_number::PersonNumber;
use contract::desk::DeskEvent;
use service::representation::desk;

/// The representative whose authority ends.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Ended {
    /// The person's number on the case.
    #[schema(value_type = u8, minimum = 1, maximum = 255)]
    person: PersonNumber,
    /// The reason; at most 200 characters.
    #[validate(custom(function = "rules::line", code = "note_too_long"))]
    #[serde(default)]
    reason: String,
}

/// Record that a representative's authority has ended
///
/// The person loses access at once, in open sessions too.
#[utoipa::path(
    post,
    path = "/api/v1/desk/cases/{reference}/authority/ends",
    operation_id = "endAuthorityAtDesk",
    tag = "The organisation",
    params(
        ("reference" = String, Path, description = "The case's reference", example = "RC-7K3M-92QF"),
        ("Idempotency-Key" = String, Header, pattern = "^[!-~]{1,200}$", description = "Identifies the request; resend it when retrying"),
    ),
    request_body = Ended,
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
    Body(ended): Body<Ended>,
) -> Result<(StatusCode, Json<DeskEvent>), Problem> {
    let event = desk::end(&state.services, &caller, &reference, ended.person, &ended.reason, Some(&key)).await?;
    Ok((StatusCode::CREATED, Json(event)))
}
