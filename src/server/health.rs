//! For whatever watches the server.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;

use crate::service::Services;

const UNCACHED: [(header::HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

/// `GET /livez`: the process answers.
pub(super) async fn live() -> impl IntoResponse {
    (UNCACHED, "alive\n")
}

/// `GET /readyz`: the database and the storage answer too.
pub(super) async fn ready(State(services): State<Services>) -> impl IntoResponse {
    match services.ready().await {
        Ok(()) => (StatusCode::OK, UNCACHED, "ready\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, UNCACHED, "not ready\n")
        }
    }
}
