//! `POST /api/v1/cases/{reference}/order-answers`

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
use crate::complaint::outcome::Done;
use crate::door::DoorState;
use crate::service::acting::{self, Acted};

/// Whether an order was carried out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderAnswer {
    /// The order, from 1, as `orders` of the case numbers them.
    #[schema(minimum = 1, maximum = 255)]
    order: u8,
    done: Done,
    #[serde(default)]
    /// At most 2,000 characters.
    note: Option<String>,
}

/// Says whether the landlord has done one of the things it was told to do.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{reference}/order-answers",
    operation_id = "answerOrder",
    tag = "Following a case",
    params(
        ("reference" = String, Path, description = "The case's reference, as it may be typed", example = "RC-7K3M-92QF"),
        ("Idempotency-Key" = String, Header, pattern = "^[!-~]{1,200}$", description = "Names this request; the same one when it is repeated"),
    ),
    request_body = OrderAnswer,
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
    Body(body): Body<OrderAnswer>,
) -> Result<(StatusCode, Json<Acted>), Problem> {
    let act = Act::Orders {
        order: body.order,
        done: Some(body.done),
        note: body.note.unwrap_or_default(),
    };
    let acted = acting::perform(&state.services, &session, &reference, &act, Some(&key)).await?;
    Ok((StatusCode::CREATED, Json(acted)))
}
