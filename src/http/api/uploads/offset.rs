//! `HEAD /api/v1/uploads/{id}`

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::http::HttpState;
use crate::http::api::identity::UploadInPath;
use crate::http::api::problem::{Kind, Problem, responses};
use crate::http::api::uploads::rejected::problem_for_file;
use crate::http::api::uploads::tus::{UPLOAD_EXPIRES, UPLOAD_LENGTH, UPLOAD_METADATA, UPLOAD_OFFSET, Version, expires, must_speak_tus};
use service::files::resumable;

/// Show how much of a file is stored
///
/// The offset is the number of bytes stored durably, from which to continue. Another request that is still sending bytes of the
/// file is asked to stop.
#[utoipa::path(
    head,
    path = "/api/v1/uploads/{id}",
    operation_id = "askOffset",
    tag = "Evidence",
    params(("id" = String, Path, format = Uuid, description = "The upload's id"), Version),
    responses(
        (status = 200, description = "The state of the upload.", headers(
            ("Upload-Offset" = u64, description = "The number of bytes stored"),
            ("Upload-Length" = u64, description = "The size of the whole file in bytes"),
            ("Upload-Metadata" = String, description = "The metadata as sent"),
            ("Upload-Expires" = String, description = "When the unfinished upload expires"),
            ("Tus-Resumable" = String),
        )),
        responses::Always, responses::Holder, responses::NotFound, responses::TusVersion, responses::Unfinished,
    ),
    security(("draftCookie" = []), ("draftBearer" = []), ("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    UploadInPath { holder, id }: UploadInPath,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    must_speak_tus(&headers)?;
    let standing = resumable::progress(&state.services, holder, id).await;
    let standing = standing.map_err(|e| problem_for_file(e, String::new(), Kind::UploadNotFound))?;
    let mut response = StatusCode::OK.into_response();
    let headers = response.headers_mut();
    headers.insert(UPLOAD_OFFSET, standing.offset.into());
    headers.insert(UPLOAD_LENGTH, standing.length.into());
    if let Some(metadata) = standing.metadata.filter(|text| !text.is_empty())
        && let Ok(metadata) = HeaderValue::try_from(metadata)
    {
        headers.insert(UPLOAD_METADATA, metadata);
    }
    if let Some(at) = standing.expires_at {
        headers.insert(UPLOAD_EXPIRES, expires(at));
    }
    Ok(response)
}
