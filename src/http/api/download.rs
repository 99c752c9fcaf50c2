//! Serves a file as an attachment that browsers do not execute: whole or one range, streamed in constant memory.

use std::fmt::Write;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::TryStreamExt;
use utoipa::{IntoParams, ToSchema};

use crate::http::api::problem::{Kind, Problem};
use crate::http::range::{RequestedRange, wanted};
use service::Services;
use service::files::download::{ReadError, Readable};

/// Forbids the file to load or run anything, and gives it an opaque origin.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// The `Range` request header.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only the derive macro uses this")]
pub struct RangeHeader {
    /// One range of bytes. Multiple ranges are not supported: the whole file is returned.
    #[param(rename = "Range", required = false, nullable = false, value_type = String, example = "bytes=0-1023")]
    range: Option<String>,
}

/// The content of a file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "only the derive macro uses this")]
pub struct FileBytes(Vec<u8>);

/// Answers a GET or HEAD request for a file.
pub(crate) async fn file_response(services: &Services, file: &Readable, method: &Method, request: &HeaderMap) -> Result<Response, Problem> {
    let tag = value(format!("\"{}\"", file.sha256));
    let part = match single(request, &header::RANGE) {
        Some(range) if method == Method::GET && is_same(request, &tag) => wanted(Some(range), file.bytes),
        _ => RequestedRange::Whole,
    };
    let (status, bytes, range) = match part {
        RequestedRange::Whole => (StatusCode::OK, 0..file.bytes, None),
        RequestedRange::Part { first, last } => {
            let range = format!("bytes {first}-{last}/{}", file.bytes);
            (StatusCode::PARTIAL_CONTENT, first..last + 1, Some(range))
        }
        RequestedRange::Unsatisfiable => {
            let problem = Problem::new(Kind::RangeNotSatisfiable);
            return Ok(([(header::CONTENT_RANGE, value(format!("bytes */{}", file.bytes)))], problem).into_response());
        }
    };
    let length = bytes.end - bytes.start;
    let body = if method == Method::HEAD {
        Body::empty()
    } else {
        // Logged here, because the client only sees a download that breaks off.
        let pieces = file.part(services, bytes).await?;
        Body::from_stream(pieces.inspect_err(|error| tracing::error!(%error, "reading a file failed in the middle of a download")))
    };
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, content_type(file.media_type));
    headers.insert(header::CONTENT_DISPOSITION, attachment(&file.name));
    headers.insert(header::CONTENT_LENGTH, length.into());
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::ETAG, tag);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    if let Some(range) = range {
        headers.insert(header::CONTENT_RANGE, value(range));
    }
    Ok(response)
}

/// Returns the header if it is sent exactly once. Repeated `Range` headers count as several ranges: the whole file is returned.
fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(first)
}

/// Returns true if a range may be returned: `If-Range` is missing or names this file's entity tag. A date never matches.
fn is_same(request: &HeaderMap, tag: &HeaderValue) -> bool {
    let mut said = request.get_all(header::IF_RANGE).iter();
    said.all(|said| said == tag)
}

fn content_type(media_type: &'static str) -> HeaderValue {
    HeaderValue::from_static(match media_type {
        "text/plain" => "text/plain; charset=utf-8",
        other => other,
    })
}

/// Writes `Content-Disposition` (RFC 6266): the name in ASCII for old clients, and the exact name (RFC 8187).
fn attachment(name: &str) -> HeaderValue {
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' {
                c
            } else {
                '_'
            }
        })
        .collect();
    let mut exact = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            exact.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(exact, "%{byte:02X}");
        }
    }
    value(format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}"))
}

/// Makes a header value of text that the server wrote, which has no forbidden characters.
fn value(text: String) -> HeaderValue {
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("attachment"))
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::NotFound => Self::new(Kind::UploadNotFound),
            ReadError::NotChecked => Self::new(Kind::FileNotChecked),
            ReadError::Refused => Self::new(Kind::FileRefused),
            ReadError::Service(e) => Self::service(&e),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("mould.jpg", "attachment; filename=\"mould.jpg\"; filename*=UTF-8''mould.jpg")]
    #[case(
        "my letter (2).pdf",
        "attachment; filename=\"my letter (2).pdf\"; filename*=UTF-8''my%20letter%20%282%29.pdf"
    )]
    #[case("siôn.txt", "attachment; filename=\"si_n.txt\"; filename*=UTF-8''si%C3%B4n.txt")]
    #[case(
        "a\"; filename=b.exe\".pdf",
        "attachment; filename=\"a_; filename=b.exe_.pdf\"; filename*=UTF-8''a%22%3B%20filename%3Db.exe%22.pdf"
    )]
    #[case("a\\\"b%22.pdf", "attachment; filename=\"a__b_22.pdf\"; filename*=UTF-8''a%5C%22b%2522.pdf")]
    #[case(
        "a\r\nSet-Cookie: x.pdf",
        "attachment; filename=\"a__Set-Cookie: x.pdf\"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x.pdf"
    )]
    #[case("🦠'*.png", "attachment; filename=\"_'*.png\"; filename*=UTF-8''%F0%9F%A6%A0%27%2A.png")]
    fn names_stay_inside_their_header(#[case] name: &str, #[case] expected: &str) {
        assert_eq!(attachment(name).to_str().unwrap(), expected);
    }
}
