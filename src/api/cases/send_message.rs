//! `POST /api/v1/cases/{reference}/messages`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::body::Body;
use crate::api::headers::Key;
use crate::api::identity::OnCase;
use crate::api::problem::{Problem, responses};
use crate::complaint::act::Act;
use crate::door::DoorState;
use crate::service::acting::{self, Acted};

/// A message to the organisation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// What is written.
    /// At most 30,000 characters, counted without what does not print.
    #[schema(min_length = 1)]
    message: String,
}

/// Writes to the organisation.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{reference}/messages",
    operation_id = "sendMessage",
    tag = "Following a case",
    params(
        ("reference" = String, Path, description = "The case's reference, as it may be typed", example = "RC-7K3M-92QF"),
        ("Idempotency-Key" = String, Header, pattern = "^[!-~]{1,200}$", description = "Names this request; the same one when it is repeated"),
    ),
    request_body = Message,
    responses(
        (status = 201, description = "It is on the record.", body = Acted),
        responses::Always, responses::Owned, responses::SignedIn, responses::WithBody, responses::Acting,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<DoorState>,
    OnCase { session, reference }: OnCase,
    Key(key): Key,
    Body(body): Body<Message>,
) -> Result<(StatusCode, Json<Acted>), Problem> {
    let act = Act::Message { message: body.message };
    let acted = acting::perform(&state.services, &session, &reference, &act, Some(&key)).await?;
    Ok((StatusCode::CREATED, Json(acted)))
}
