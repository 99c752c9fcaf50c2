//! `POST /api/v1/cases/{reference}/order-answers`

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
use complaint::case::outcome::Done;
use service::cases::actions::{self, RecordedAction};

/// The resident's answer whether the landlord has carried out an order.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderAnswer {
    /// The number of the order in the case's `orders`, from 1.
    #[schema(minimum = 1, maximum = 255)]
    order: u8,
    done: Done,
    #[serde(default)]
    /// At most 2,000 characters.
    note: Option<String>,
}

/// Report whether the landlord has carried out an order
///
/// Possible while the `can` of the case contains `orders`. A representative needs the right `speak`.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{reference}/order-answers",
    operation_id = "answerOrder",
    tag = "Following a case",
    params(
        ("reference" = String, Path, description = "The case's reference, in any spelling people type", example = "RC-7K3M-92QF"),
        ("Idempotency-Key" = String, Header, pattern = "^[!-~]{1,200}$", description = "Identifies the request; resend it when retrying"),
    ),
    request_body = OrderAnswer,
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
    Unvalidated(body): Unvalidated<OrderAnswer>,
) -> Result<(StatusCode, Json<RecordedAction>), Problem> {
    let act = CaseAction::Orders {
        order: body.order,
        done: Some(body.done),
        note: body.note.unwrap_or_default(),
    };
    let acted = actions::perform(&state.services, &viewer, &act, Some(&key)).await?;
    Ok((StatusCode::CREATED, Json(acted)))
}
