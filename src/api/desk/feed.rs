//! `GET /api/v1/desk/events`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::identity::AtReading;
use crate::api::problem::{Problem, responses};
use crate::api::query::{Params, limit};
use crate::complaint::view::desk::Feed;
use crate::door::DoorState;
use crate::service::desk;

/// Which events.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// The `id` of the last event that is known already; from the first one without it
    #[param(required = false, nullable = false, value_type = String, pattern = "^evt_(0|[1-9][0-9]{0,17})$")]
    after: Option<String>,
    /// How many events at most
    #[param(required = false, nullable = false, value_type = u64, minimum = 1, maximum = 200)]
    limit: Option<u64>,
}

/// What happened on all cases, in the order in which it was written down. No event is ever passed by.
#[utoipa::path(
    get,
    path = "/api/v1/desk/events",
    operation_id = "listDeskEvents",
    tag = "The organisation",
    params(Wanted),
    responses(
        (status = 200, description = "Events, the oldest first.", body = Feed),
        responses::Always, responses::Desk,
    ),
    security(("deskKey" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<DoorState>,
    AtReading(caller): AtReading,
    Params(wanted): Params<Wanted>,
) -> Result<Json<Feed>, Problem> {
    let limit = limit(wanted.limit, desk::FEED_PAGE)?;
    Ok(Json(desk::feed(&state.services, &caller, wanted.after.as_deref(), limit).await?))
}
