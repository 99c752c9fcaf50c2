//! Builds the response for one site file.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

use super::{Assets, File, Variant};
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
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if known(request, &variant.etag) {
            return Some(answer(StatusCode::NOT_MODIFIED, headers, Body::empty()));
        }
        headers.insert(header::CONTENT_TYPE, file.content_type.clone());
        if let Some(encoding) = encoding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        headers.insert(header::CONTENT_LENGTH, variant.bytes.len().into());
        Some(answer(StatusCode::OK, headers, variant.bytes.clone().into()))
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

/// Returns true if the browser has exactly these bytes. The comparison is weak, because proxies that recompress make tags weak.
fn known(request: &HeaderMap, etag: &HeaderValue) -> bool {
    let etag = etag.to_str().unwrap_or_default();
    let sent = request.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    sent.is_some_and(|tags| {
        let mut tags = tags.split(',').map(str::trim);
        tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
    })
}
