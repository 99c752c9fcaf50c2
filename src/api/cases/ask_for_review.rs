//! `POST /api/v1/cases/{reference}/reviews`

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
use crate::complaint::outcome::ReviewGround;
use crate::door::DoorState;
use crate::service::acting::{self, Acted};

/// A request for a review.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewRequest {
    ground: ReviewGround,
    /// At most 30,000 characters, counted without what does not print.
    #[schema(min_length = 1)]
    why: String,
}

/// Asks for the decision to be looked at again.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{reference}/reviews",
    operation_id = "askForReview",
    tag = "Following a case",
    params(
        ("reference" = String, Path, description = "The case's reference, as it may be typed", example = "RC-7K3M-92QF"),
        ("Idempotency-Key" = String, Header, pattern = "^[!-~]{1,200}$", description = "Names this request; the same one when it is repeated"),
    ),
    request_body = ReviewRequest,
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
    Body(body): Body<ReviewRequest>,
) -> Result<(StatusCode, Json<Acted>), Problem> {
    let act = Act::Review {
        ground: Some(body.ground),
        why: body.why,
    };
    let acted = acting::perform(&state.services, &session, &reference, &act, Some(&key)).await?;
    Ok((StatusCode::CREATED, Json(acted)))
}
