//! `OPTIONS /api/v1/uploads`: the tus capabilities of the server.

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::http::HttpState;
use crate::http::api::uploads::tus::{TUS_VERSION, VERSION};
use evidence::checksum::ALGORITHMS;

/// The supported extensions of tus.
const EXTENSIONS: HeaderValue = HeaderValue::from_static("creation,creation-with-upload,expiration,checksum,termination");

/// Show the tus capabilities of the server
///
/// `OPTIONS` on the path of an upload returns the same.
#[utoipa::path(
    options,
    path = "/api/v1/uploads",
    operation_id = "describeUploads",
    tag = "Evidence",
    responses(
        (status = 204, description = "The capabilities, as headers.", headers(
            ("Tus-Resumable" = String),
            ("Tus-Version" = String, description = "The supported versions of tus"),
            ("Tus-Extension" = String, description = "The supported extensions of tus"),
            ("Tus-Max-Size" = u64, description = "The largest file of any type, in bytes. Files other than recordings have a lower limit"),
            ("Tus-Checksum-Algorithm" = String),
        )),
    ),
    security(()),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<HttpState>) -> Response {
    let headers = [
        (TUS_VERSION, VERSION),
        (HeaderName::from_static("tus-extension"), EXTENSIONS),
        (
            HeaderName::from_static("tus-max-size"),
            state.services.settings().evidence.largest().into(),
        ),
        (
            HeaderName::from_static("tus-checksum-algorithm"),
            HeaderValue::try_from(ALGORITHMS.join(",")).unwrap_or(HeaderValue::from_static("sha1")),
        ),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}
