//! `POST /api/v1/cases/{reference}/contact/new-code`

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

use crate::api::identity::OnCase;
use crate::api::problem::{Problem, responses};
use crate::door::DoorState;
use crate::door::client::ClientAddress;
use crate::service::contact;

/// Sends another code for what waits. At most six go out in an hour; after that the answer is the same and none is sent. Where there
/// is no safe way for one any more, the change becomes the organisation's to confirm.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{reference}/contact/new-code",
    operation_id = "sendContactCode",
    tag = "Following a case",
    params(("reference" = String, Path, description = "The case's reference, as it may be typed", example = "RC-7K3M-92QF")),
    responses(
        (status = 202, description = "If one may be sent, it is on its way."),
        responses::Always, responses::Owned, responses::SignedIn, responses::Acting, responses::Limited,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<DoorState>,
    from: ClientAddress,
    OnCase { session, reference }: OnCase,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    state.limits.sign_in_code(from).map_err(|wait| Problem::too_many(wait.seconds))?;
    contact::send_again(&state.services, &session, &reference, state.language(&headers)).await?;
    Ok(StatusCode::ACCEPTED)
}
