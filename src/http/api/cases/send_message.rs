//! `POST /api/v1/cases/{reference}/messages`

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

/// A message to the organisation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// At most 30,000 characters, not counting non-printing ones.
    #[schema(min_length = 1)]
    message: String,
    /// Ids of uploads that the caller added to the case with `POST /api/v1/uploads`. Each must be complete and not refused.
    #[serde(default)]
    #[schema(max_items = 50)]
    files: Vec<String>,
}

/// Send a message to the organisation
///
/// Also possible on a closed case. A representative needs the right `speak`.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{reference}/messages",
    operation_id = "sendMessage",
    tag = "Following a case",
    params(
        ("reference" = String, Path, description = "The case's reference, in any spelling people type", example = "RC-7K3M-92QF"),
        ("Idempotency-Key" = String, Header, pattern = "^[!-~]{1,200}$", description = "Identifies the request; resend it when retrying"),
    ),
    request_body = Message,
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
    Unvalidated(body): Unvalidated<Message>,
) -> Result<(StatusCode, Json<RecordedAction>), Problem> {
    let act = CaseAction::Message {
        message: body.message,
        files: body.files,
    };
    let acted = actions::perform(&state.services, &viewer, &act, Some(&key)).await?;
    Ok((StatusCode::CREATED, Json(acted)))
}
