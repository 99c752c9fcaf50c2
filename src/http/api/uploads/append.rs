//! `PATCH /api/v1/uploads/{id}`

use axum::body::{Body, BodyDataStream};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa::IntoParams;

use crate::http::HttpState;
use crate::http::api::headers::single;
use crate::http::api::identity::UploadInPath;
use crate::http::api::problem::{Kind, Problem, responses};
use crate::http::api::uploads::rejected::{drain, problem_for_file};
use crate::http::api::uploads::tus::{self, PART, UPLOAD_EXPIRES, UPLOAD_OFFSET, Version, body_length, expires, must_speak_tus, number};
use crate::http::client::ClientAddress;
use evidence::resumable::Part;
use service::files::resumable;

/// The headers of a part.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only the derive macro uses this")]
struct PartHeaders {
    /// The offset of the part's first byte: the `Upload-Offset` that `HEAD` returned
    #[param(rename = "Upload-Offset", minimum = 0, maximum = 9_007_199_254_740_991_u64)]
    offset: u64,
    /// The checksum of the part: `sha1` or `sha256`, and the value in base64. With it, the part is stored completely or not at all
    #[param(rename = "Upload-Checksum", required = false, nullable = false, value_type = String, pattern = "^(sha1 [A-Za-z0-9+/]{26}[AEIMQUYcgkosw048]=|sha256 [A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)$")]
    checksum: Option<String>,
}

/// Send the next part of a file
///
/// An upload that was announced before its complaint was sent can continue afterwards, also with a session of the case. The
/// complete file is then an event of the case. The last part completes the file, which is inspected: a file that is not accepted is
/// refused and removed. If the connection breaks, the bytes received are kept.
#[utoipa::path(
    patch,
    path = "/api/v1/uploads/{id}",
    operation_id = "sendPart",
    tag = "Evidence",
    params(("id" = String, Path, format = Uuid, description = "The upload's id"), Version, PartHeaders),
    request_body(content((Value = "application/offset+octet-stream")), description = "The next bytes"),
    responses(
        (status = 204, description = "The part is stored.", headers(
            ("Upload-Offset" = u64, description = "The number of bytes stored now"),
            ("Upload-Expires" = String, description = "When the unfinished upload expires"),
            ("Tus-Resumable" = String),
        )),
        responses::Always, responses::CrossSite, responses::Holder, responses::NotFound, responses::TusVersion, responses::Unfinished,
        responses::WithPart,
    ),
    security(("draftCookie" = []), ("draftBearer" = []), ("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    from: ClientAddress,
    UploadInPath { holder, id }: UploadInPath,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let stream = body.into_data_stream();
    let part = match read(id, &headers) {
        Ok(part) => part,
        Err(problem) => return give_back(problem, Some(stream)).await,
    };
    let Some(_permit) = state.upload_permits.take(from).await else {
        return give_back(Problem::new(Kind::Unavailable), Some(stream)).await;
    };
    let appended = resumable::append(&state.services, holder, part, stream).await;
    let standing = match appended.result {
        Ok(standing) => standing,
        Err(e) => return give_back(problem_for_file(e, appended.filename, Kind::UploadNotFound), appended.rest).await,
    };
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().insert(UPLOAD_OFFSET, standing.offset.into());
    if let Some(at) = standing.expires_at {
        response.headers_mut().insert(UPLOAD_EXPIRES, expires(at));
    }
    Ok(response)
}

fn read(upload: uuid::Uuid, headers: &HeaderMap) -> Result<Part, Problem> {
    must_speak_tus(headers)?;
    let given = single(headers, &header::CONTENT_TYPE)?.unwrap_or_default();
    if !given.trim().eq_ignore_ascii_case(PART) {
        return Err(Problem::new(Kind::MediaTypeNotSupported));
    }
    Ok(Part {
        upload,
        offset: number(headers, &UPLOAD_OFFSET)?,
        length: body_length(headers),
        checksum: tus::checksum(headers)?,
    })
}

async fn give_back(problem: Problem, rest: Option<BodyDataStream>) -> Result<Response, Problem> {
    if let Some(rest) = rest {
        drain(rest).await;
    }
    Err(problem)
}
