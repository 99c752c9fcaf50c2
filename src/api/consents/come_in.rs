//! `POST /api/v1/consents/ways-in`

use axum::Json;
use axum::extract::State;

use super::{Link, read};
use crate::api::body::Body;
use crate::api::problem::{Kind, Problem, ProblemBody, responses};
use crate::complaint::view::people::WayIn;
use crate::door::DoorState;
use crate::door::client::ClientAddress;
use crate::service::consent::request;

/// Gives the tenant who has just answered a way in of their own.
#[utoipa::path(
    post,
    path = "/api/v1/consents/ways-in",
    operation_id = "comeIn",
    tag = "Acting for somebody",
    request_body = Link,
    responses(
        (status = 200, description = "The way in. The same when asked again, for a short time.", body = WayIn),
        (status = 409, description = "They have another one.", body = ProblemBody, content_type = "application/problem+json"),
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
