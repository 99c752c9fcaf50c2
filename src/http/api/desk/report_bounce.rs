//! `POST /api/v1/desk/bounces`

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::http::HttpState;
use crate::http::api::body::Body;
use crate::http::api::identity::DeskCaller;
use crate::http::api::problem::{Kind, Problem, responses};
use service::notifications::bounces;

/// A message that could not be delivered.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Bounce {
    /// The `id` with which a text message was posted to the gateway, or the `Message-ID` of an email.
    #[schema(example = "<0193f5a0-0000-7000-8000-000000000000@mail.example.org>", max_length = 300)]
    #[validate(length(max = 300, code = "note_too_long"))]
    message: String,
    /// A status code such as `5.1.1` (RFC 3463). Other text is discarded: it may quote the address.
    #[serde(default)]
    #[schema(required = false, max_length = 300)]
    #[validate(length(max = 300, code = "note_too_long"))]
    reason: String,
}

/// Report that a message bounced after it was sent
///
/// Recorded on the case, and the person is notified by another safe contact method if there is one. Reporting the same message again
/// changes nothing.
#[utoipa::path(
    post,
    path = "/api/v1/desk/bounces",
    operation_id = "reportBounce",
    tag = "The organisation",
    request_body = Bounce,
    responses(
        (status = 204, description = "The bounce is recorded."),
        responses::Always, responses::Desk, responses::NotFound, responses::WithBody,
    ),
    security(("deskKey" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    DeskCaller(caller): DeskCaller,
    Body(Bounce { message, reason }): Body<Bounce>,
) -> Result<StatusCode, Problem> {
    let id = bounces::message_id(&message);
    let found = match id {
        Some(id) => bounces::report(&state.services, &caller, id, reason.trim()).await?,
        None => false,
    };
    if found {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::new(Kind::NotFound))
    }
}
