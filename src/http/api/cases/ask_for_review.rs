//! `POST /api/v1/cases/{reference}/reviews`

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
use complaint::case::outcome::ReviewGround;
use service::cases::actions::{self, RecordedAction};

/// A request for a review of the decision.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewRequest {
    ground: ReviewGround,
    /// At most 30,000 characters, not counting non-printing ones.
    #[schema(min_length = 1)]
    why: String,
    /// Ids of uploads that the caller added to the case with `POST /api/v1/uploads`. Each must be complete and not refused.
    #[serde(default)]
    #[schema(max_items = 50)]
    files: Vec<String>,
}

/// Ask for a review of the decision
///
/// Possible until the last day for a review, even if the case was closed after its decision. A representative needs the right
/// `decide`.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{reference}/reviews",
    operation_id = "askForReview",
    tag = "Following a case",
    params(
        ("reference" = String, Path, description = "The case's reference, in any spelling people type", example = "RC-7K3M-92QF"),
        ("Idempotency-Key" = String, Header, pattern = "^[!-~]{1,200}$", description = "Identifies the request; resend it when retrying"),
    ),
    request_body = ReviewRequest,
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
    Unvalidated(body): Unvalidated<ReviewRequest>,
) -> Result<(StatusCode, Json<RecordedAction>), Problem> {
    let act = CaseAction::Review {
        ground: Some(body.ground),
        why: body.why,
        files: body.files,
    };
    let acted = actions::perform(&state.services, &viewer, &act, Some(&key)).await?;
    Ok((StatusCode::CREATED, Json(acted)))
}
