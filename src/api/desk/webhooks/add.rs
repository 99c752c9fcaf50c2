//! `POST /api/v1/desk/webhooks`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::body::Body;
use crate::api::identity::AtWebhooks;
use crate::api::problem::{Fault, Kind, Problem, responses};
use crate::door::DoorState;
use contract::desk::NewWebhook;
use service::webhooks::{self, WebhookError};

/// The receiver of the events.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// An `https` address, or `http` on the server's own machine.
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
    request_body = Place,
    responses(
        (status = 201, description = "Deliveries begin with the next event. The secret is shown only once.", body = NewWebhook),
        responses::Always, responses::Desk, responses::WithBody,
    ),
    security(("deskKey" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<DoorState>,
    AtWebhooks(caller): AtWebhooks,
    Body(place): Body<Place>,
) -> Result<(StatusCode, Json<NewWebhook>), Problem> {
    let made = webhooks::add(&state.services, &caller, &place.url).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

impl From<WebhookError> for Problem {
    fn from(error: WebhookError) -> Self {
        match error {
            WebhookError::Invalid(error) => Self::new(Kind::BodyNotAccepted).because([Fault::rule(error)]),
            WebhookError::Service(e) => Self::service(&e),
        }
    }
}
