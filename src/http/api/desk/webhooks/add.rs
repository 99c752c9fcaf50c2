//! `POST /api/v1/desk/webhooks`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::http::HttpState;
use crate::http::api::body::Body;
use crate::http::api::identity::WebhooksCaller;
use crate::http::api::problem::{Problem, responses};
use contract::desk::NewWebhook;
use service::webhooks::{self, WebhookError};

/// The receiver of the events.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = Place)]
pub struct NewWebhookRequest {
    /// An `https` address, or `http` on the server's own machine.
    #[validate(length(max = 500, code = "webhook_url_invalid"), url(code = "webhook_url_invalid"))]
    #[schema(max_length = 500)]
    url: String,
}

/// Add a webhook
///
/// Every event from now on is delivered to it: signed as in Standard Webhooks, in order, at least once. Requires an API key with the scope
/// `webhooks`.
#[utoipa::path(
    post,
    path = "/api/v1/desk/webhooks",
    operation_id = "addWebhook",
    tag = "The organisation",
    request_body = NewWebhookRequest,
    responses(
        (status = 201, description = "Deliveries begin with the next event. The secret is shown only once.", body = NewWebhook),
        responses::Always, responses::Desk, responses::WithBody,
    ),
    security(("deskKey" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    WebhooksCaller(caller): WebhooksCaller,
    Body(place): Body<NewWebhookRequest>,
) -> Result<(StatusCode, Json<NewWebhook>), Problem> {
    let made = webhooks::add(&state.services, &caller, &place.url).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

impl From<WebhookError> for Problem {
    fn from(error: WebhookError) -> Self {
        match error {
            WebhookError::Invalid(error) => Self::rules(vec![error]),
            WebhookError::Service(e) => Self::service(&e),
        }
    }
}
