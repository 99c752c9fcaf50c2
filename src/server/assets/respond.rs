//! Builds the response for one site file.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;

use super::{Assets, File, Variant};
use crate::door::range::{Wanted, wanted};
use crate::server::encoding::{Encoding, accepted};

/// One year, the longest useful age.
const FOR_GOOD: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const FOR_AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");

impl Assets {
    /// Returns the response to a GET or HEAD of `path`; `None` if there is no such file.
    pub fn get(&self, path: &str, request: &HeaderMap) -> Option<Response> {
        let file = self.files.get(path)?;
        let (variant, encoding) = file.choose(request);
        let mut headers = HeaderMap::with_capacity(10);
        headers.insert(header::ETAG, variant.etag.clone());
        headers.insert(header::CACHE_CONTROL, if file.hashed { FOR_GOOD } else { FOR_AN_HOUR });
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if known(request, &variant.etag) {
            return Some(answer(StatusCode::NOT_MODIFIED, headers, Body::empty()));
        }
        headers.insert(header::CONTENT_TYPE, file.content_type.clone());
        if let Some(encoding) = encoding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        let length = variant.bytes.len();
        let part = match text(request, &header::RANGE) {
            Some(range) if same_as_before(request, &variant.etag) => wanted(Some(range), length as u64),
            _ => Wanted::Whole,
        };
        Some(match part {
            Wanted::Whole => {
                headers.insert(header::CONTENT_LENGTH, length.into());
                answer(StatusCode::OK, headers, variant.bytes.clone().into())
            }
            Wanted::Part { first, last } => {
                headers.insert(header::CONTENT_RANGE, content_range(&format!("bytes {first}-{last}/{length}")));
                headers.insert(header::CONTENT_LENGTH, (last - first + 1).into());
                let place = |n| usize::try_from(n).unwrap_or(usize::MAX);
                answer(
                    StatusCode::PARTIAL_CONTENT,
                    headers,
                    variant.bytes.slice(place(first)..=place(last)).into(),
                )
            }
            Wanted::Beyond => {
                headers.insert(header::CONTENT_RANGE, content_range(&format!("bytes */{length}")));
                headers.remove(header::CONTENT_ENCODING);
                answer(StatusCode::RANGE_NOT_SATISFIABLE, headers, Body::empty())
            }
        })
    }
}

impl File {
    /// Returns the smallest variant that the browser accepts.
    fn choose(&self, request: &HeaderMap) -> (&Variant, Option<&'static str>) {
        let accepted = accepted(request);
        let brotli = self.brotli.as_ref().filter(|_| accepted.takes(Encoding::Brotli));
        let gzip = self.gzip.as_ref().filter(|_| accepted.takes(Encoding::Gzip));
        match (brotli, gzip) {
            (Some(variant), _) => (variant, Some(Encoding::Brotli.name())),
            (None, Some(variant)) => (variant, Some(Encoding::Gzip.name())),
            (None, None) => (&self.plain, None),
        }
    }
}

fn answer(status: StatusCode, headers: HeaderMap, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn content_range(text: &str) -> HeaderValue {
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("bytes */0"))
}

/// Returns true if the browser has exactly these bytes. The comparison is weak, because proxies that recompress make tags weak.
fn known(request: &HeaderMap, etag: &HeaderValue) -> bool {
    let etag = etag.to_str().unwrap_or_default();
    text(request, &header::IF_NONE_MATCH).is_some_and(|tags| {
        let mut tags = tags.split(',').map(str::trim);
        tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
    })
}

/// Returns true if a range may be returned: `If-Range` is missing or names these bytes. A date never matches.
fn same_as_before(request: &HeaderMap, etag: &HeaderValue) -> bool {
    request.get(header::IF_RANGE).is_none_or(|tag| tag == etag)
}
