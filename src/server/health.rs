//! For whatever watches the server.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;

use crate::service::settings::holiday_warning;
use crate::service::{Services, scanning};

const UNCACHED: [(header::HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

/// `GET /livez`: the process answers.
pub(super) async fn live() -> impl IntoResponse {
    (UNCACHED, "alive\n")
}

/// `GET /readyz`: the database and the storage answer too. Further lines warn of what is to be seen to.
pub(super) async fn ready(State(services): State<Services>) -> impl IntoResponse {
    match services.ready().await {
        // Days that may soon be counted wrong, or files that wait to be scanned, are no reason to send people elsewhere.
        Ok(()) => {
            let holidays = holiday_warning(services.holidays(), services.today());
            let warnings = holidays.into_iter().chain(scanning::warning(&services).map(str::to_owned));
            let lines: Vec<String> = warnings.map(|warning| format!("warning: {warning}\n")).collect();
            (StatusCode::OK, UNCACHED, format!("ready\n{}", lines.concat()))
        }
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, UNCACHED, "not ready\n".to_owned())
        }
    }
}
