//! `GET /api/v1/openapi.json`

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::http::header;
use axum::response::IntoResponse;

use crate::http::api::description;

/// Serves the OpenAPI 3.1 document. It is public and constant for one version of the server.
pub async fn handler() -> impl IntoResponse {
    static WRITTEN: LazyLock<Bytes> = LazyLock::new(|| serde_json::to_vec(description::document()).unwrap_or_default().into());
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    (headers, WRITTEN.clone())
}
