//! `GET /api/v1/desk/events`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

use crate::http::HttpState;
use crate::http::api::identity::ReadCaller;
use crate::http::api::problem::{Problem, responses};
use crate::http::api::query::Params;
use contract::desk::Feed;
use service::cases::desk;

/// Selects a page of the feed.
#[derive(Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
pub struct FeedQuery {
    /// The `id` of the last event that the client has; starts with the first event when left out
    #[param(required = false, nullable = false, value_type = String, pattern = "^evt_(0|[1-9][0-9]{0,17})$")]
    after: Option<String>,
    /// The largest number of events to return
    #[param(required = false, nullable = false, value_type = u64, minimum = 1, maximum = 200)]
    #[validate(range(min = 1, max = desk::FEED_PAGE))]
    limit: Option<u64>,
}

/// List the events of all cases, in the order in which they were recorded
///
/// Polling with the `id` of the last event returns every event: none is skipped.
#[utoipa::path(
    get,
    path = "/api/v1/desk/events",
    operation_id = "listDeskEvents",
    tag = "The organisation",
    params(FeedQuery),
    responses(
        (status = 200, description = "A page of events, oldest first.", body = Feed),
        responses::Always, responses::Desk,
    ),
    security(("deskKey" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    ReadCaller(caller): ReadCaller,
    Params(wanted): Params<FeedQuery>,
) -> Result<Json<Feed>, Problem> {
    Ok(Json(
        desk::feed(&state.services, &caller, wanted.after.as_deref(), wanted.limit).await?,
    ))
}
