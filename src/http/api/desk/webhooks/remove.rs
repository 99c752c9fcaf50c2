//! `DELETE /api/v1/desk/webhooks/{id}`

use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::http::HttpState;
use crate::http::api::identity::{WebhooksCaller, parse_id};
use crate::http::api::problem::{Kind, Problem, responses};
use service::webhooks;

/// Remove a webhook
#[utoipa::path(
    delete,
    path = "/api/v1/desk/webhooks/{id}",
    operation_id = "removeWebhook",
    tag = "The organisation",
    params(("id" = String, Path, format = Uuid)),
    responses(
        (status = 204, description = "Nothing more is delivered to it."),
        responses::Always, responses::Desk, responses::NotFound,
    ),
    security(("deskKey" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    WebhooksCaller(caller): WebhooksCaller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = parse_id(&id).ok_or_else(|| Problem::new(Kind::NotFound))?;
    let removed = webhooks::remove(&state.services, &caller, id)
        .await
        .map_err(|e| Problem::service(&e))?;
    if removed {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::new(Kind::NotFound))
    }
}
