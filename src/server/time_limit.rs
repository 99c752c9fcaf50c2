//! The time limit of a request.

use std::pin::pin;
use std::time::Duration;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::http::body_arrival::TimeLimit;

/// Well above the longest wait for the database, well below the timeout of a browser.
const LIMIT: Duration = Duration::from_secs(30);

/// Middleware that ends a request after [`LIMIT`]. A request on a route that takes files may take longer while its files keep arriving.
pub(super) async fn time_limit(mut request: Request, next: Next) -> Response {
    let limit = TimeLimit::default();
    request.extensions_mut().insert(limit.clone());
    let mut answer = pin!(next.run(request));
    match tokio::time::timeout(LIMIT, &mut answer).await {
        Ok(response) => response,
        Err(_) if limit.is_by_progress() => answer.await,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::Body;
    use axum::middleware;
    use axum::routing::post;
    use tower::ServiceExt;

    use crate::http::body_arrival::takes_files;

    #[tokio::test(start_paused = true)]
    async fn a_request_that_brings_files_is_not_ended_by_the_clock() {
        let slow = || post(async || tokio::time::sleep(Duration::from_mins(10)).await);
        let app = Router::new()
            .route("/words", slow())
            .route("/files", takes_files(slow()))
            .layer(middleware::from_fn(time_limit));
        for (path, status) in [("/words", StatusCode::SERVICE_UNAVAILABLE), ("/files", StatusCode::OK)] {
            let request = Request::post(path).body(Body::empty()).unwrap();
            assert_eq!(app.clone().oneshot(request).await.unwrap().status(), status, "{path}");
        }
    }
}
