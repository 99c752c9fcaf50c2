//! `POST /api/v1/consents/ways-in`

use axum::Json;
use axum::extract::State;

use super::{Link, read};
use crate::api::body::Body;
use crate::api::problem::{Kind, Problem, ProblemBody, responses};
use crate::door::DoorState;
use crate::door::client::ClientAddress;
use contract::people::WayIn;
use service::consent::request;

/// Get the tenant's own access to the case
///
/// For a tenant who has agreed or taken over with this link, for some hours after the answer. Not after a refusal, and not if the answer
/// came from the representative's browser.
#[utoipa::path(
    post,
    path = "/api/v1/consents/ways-in",
    operation_id = "comeIn",
    tag = "Representation",
    request_body = Link,
    responses(
        (status = 200, description = "The reference and access code. A repeated request returns the same for some hours.",
         body = WayIn),
        (status = 409, description = "The tenant has another access code.",
         body = ProblemBody, content_type = "application/problem+json"),
        responses::Always, responses::Guarded, responses::Owned, responses::Limited, responses::WithBody,
    ),
    security(()),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<DoorState>, from: ClientAddress, Body(link): Body<Link>) -> Result<Json<WayIn>, Problem> {
    let token = read(&state, from, &link.token)?;
    let way_in = request::come_in(&state.services, &token).await;
    way_in.map(Json).map_err(|e| Problem::of_consent(e, Kind::ConsentNotFound))
}
