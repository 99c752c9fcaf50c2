//! For whatever watches the server.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;

use crate::service::Services;
use crate::service::settings::holiday_warning;

const UNCACHED: [(header::HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

/// `GET /livez`: the process answers.
pub(super) async fn live() -> impl IntoResponse {
    (UNCACHED, "alive\n")
}

/// `GET /readyz`: the database and the storage answer too. A second line warns of what is to be seen to soon.
pub(super) async fn ready(State(services): State<Services>) -> impl IntoResponse {
    match services.ready().await {
        // Days that may soon be counted wrong are no reason to send people elsewhere.
        Ok(()) => match holiday_warning(services.holidays(), services.today()) {
            None => (StatusCode::OK, UNCACHED, "ready\n".to_owned()),
            Some(warning) => (StatusCode::OK, UNCACHED, format!("ready\nwarning: {warning}\n")),
        },
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, UNCACHED, "not ready\n".to_owned())
        }
    }
}
