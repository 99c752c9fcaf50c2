//! `POST /api/v1/desk/webhooks/{id}/changes`

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::HttpState;
use crate::http::api::body::Unvalidated;
use crate::http::api::identity::{WebhooksCaller, parse_id};
use crate::http::api::problem::{Fault, Kind, Problem, ProblemBody, responses};
use contract::desk::WebhookView;
use service::webhooks::{self, Change, ChangeError};

/// A change to the deliveries of a webhook.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum WebhookChange {
    /// Stop the deliveries. Events that happen in the meantime are delivered after a resume.
    #[schema(title = "WebhookPause")]
    Pause {},
    /// Continue after the last event that was delivered.
    #[schema(title = "WebhookResume")]
    Resume {},
    /// Retry the next event at once. With `from`, go back: that event and all later ones are delivered again.
    #[schema(title = "WebhookRetry")]
    Retry {
        #[serde(default)]
        #[schema(example = "evt_42", max_length = 40)]
        from: Option<String>,
    },
    /// Do not deliver `event`, and continue after it. It must be the next one, `held.id`, so that a repeated call skips no other event.
    #[schema(title = "WebhookSkip")]
    Skip {
        #[schema(example = "evt_42", max_length = 40)]
        event: String,
    },
}

/// Change the deliveries of a webhook
///
/// Pauses or resumes them, retries the event that fails, or skips it. `retry` and `skip` also resume a webhook that is paused or
/// given up. Requires an API key with the scope `webhooks`. Each call is recorded with the name of the key.
#[utoipa::path(
    post,
    path = "/api/v1/desk/webhooks/{id}/changes",
    operation_id = "changeWebhook",
    tag = "The organisation",
    params(("id" = String, Path, format = Uuid)),
    request_body = WebhookChange,
    responses(
        (status = 200, description = "The webhook after the change.", body = WebhookView),
        (status = 409, description = "The webhook's key was revoked, or the event to skip is not the next one.",
         body = ProblemBody, content_type = "application/problem+json"),
        responses::Always, responses::Desk, responses::NotFound, responses::WithBody,
    ),
    security(("deskKey" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    WebhooksCaller(caller): WebhooksCaller,
    Path(id): Path<String>,
    Unvalidated(change): Unvalidated<WebhookChange>,
) -> Result<Json<WebhookView>, Problem> {
    let id = parse_id(&id).ok_or_else(|| Problem::new(Kind::NotFound))?;
    let change = match change {
        WebhookChange::Pause {} => Change::Pause,
        WebhookChange::Resume {} => Change::Resume,
        WebhookChange::Retry { from } => Change::Retry { from },
        WebhookChange::Skip { event } => Change::Skip { event },
    };
    Ok(Json(webhooks::change(&state.services, &caller, id, &change).await?))
}

impl From<ChangeError> for Problem {
    fn from(error: ChangeError) -> Self {
        let said = error.to_string();
        match error {
            ChangeError::NotFound => Self::new(Kind::NotFound),
            ChangeError::NoSuchEvent => Self::new(Kind::BodyNotAccepted).with_faults([Fault::shape(String::new(), said)]),
            ChangeError::KeyRevoked | ChangeError::NotNext => {
                Self::new(Kind::CaseActionNotPossible).with_faults([Fault::shape(String::new(), said)])
            }
            ChangeError::Service(e) => Self::service(&e),
        }
    }
}
