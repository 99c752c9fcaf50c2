//! How long a request may take.

use std::time::Duration;

use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Well above the longest wait for a database, well below a browser's own patience.
const LIMIT: Duration = Duration::from_secs(30);

/// Requests that bring files: on a slow connection they take as long as they take. A stalled one is ended elsewhere.
const BRING_FILES: [&str; 2] = ["/complaint/evidence", "/api/v1/uploads"];

/// Ends a request that takes too long.
pub(super) async fn time_limit(request: Request, next: Next) -> Response {
    let brings_files =
        [Method::POST, Method::PATCH].contains(request.method()) && BRING_FILES.iter().any(|path| request.uri().path().starts_with(path));
    if brings_files {
        return next.run(request).await;
    }
    match tokio::time::timeout(LIMIT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
