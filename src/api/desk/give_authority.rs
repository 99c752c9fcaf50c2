//! `POST /api/v1/desk/cases/{reference}/authority`

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::api::body::Body;
use crate::api::headers::Key;
use crate::api::identity::AtDesk;
use crate::api::problem::{Problem, ProblemBody, responses};
use crate::complaint::view::desk::DeskEvent;
use crate::door::DoorState;
use crate::service::consent::desk::{self, Found};

/// Records that somebody may act for the tenant: by a paper that was looked at, or by what the tenant said on the phone.
#[utoipa::path(
    post,
    path = "/api/v1/desk/cases/{reference}/authority",
    operation_id = "giveAuthority",
    tag = "The organisation",
    params(
        ("reference" = String, Path, description = "The case's reference", example = "RC-7K3M-92QF"),
        ("Idempotency-Key" = String, Header, pattern = "^[!-~]{1,200}$", description = "Names this request; the same one when it is repeated"),
    ),
    request_body = Found,
    responses(
        (status = 201, description = "It is on the record.", body = DeskEvent),
        (status = 409, description = "The key came with another request before.", body = ProblemBody, content_type = "application/problem+json"),
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
