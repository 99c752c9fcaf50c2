//! `GET /api/v1/desk/webhooks`

use axum::Json;
use axum::extract::State;

use crate::http::HttpState;
use crate::http::api::identity::WebhooksCaller;
use crate::http::api::problem::{Problem, responses};
use contract::desk::Webhooks;
use service::webhooks;

/// List the webhooks and the state of their deliveries
#[utoipa::path(
    get,
    path = "/api/v1/desk/webhooks",
    operation_id = "listWebhooks",
    tag = "The organisation",
    responses(
        (status = 200, description = "The webhooks.", body = Webhooks),
        responses::Always, responses::Desk,
    ),
    security(("deskKey" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<HttpState>, WebhooksCaller(caller): WebhooksCaller) -> Result<Json<Webhooks>, Problem> {
    Ok(Json(
        webhooks::list(&state.services, &caller).await.map_err(|e| Problem::service(&e))?,
    ))
}
