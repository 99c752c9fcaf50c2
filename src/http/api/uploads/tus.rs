//! The headers of tus 1.0.0 (<https://tus.io/protocols/resumable-upload>).

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use base64::{Engine, engine::general_purpose::STANDARD};
use time::OffsetDateTime;
use utoipa::IntoParams;

use crate::http::api::headers::{single, unreadable};
use crate::http::api::problem::{Kind, Problem};
use evidence::checksum::Checksum;

/// The only supported version.
pub(crate) const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");

/// The media type of a part.
pub(crate) const PART: &str = "application/offset+octet-stream";

pub(crate) const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
pub(crate) const TUS_VERSION: HeaderName = HeaderName::from_static("tus-version");
pub(crate) const UPLOAD_CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
pub(crate) const UPLOAD_EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
pub(crate) const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
pub(crate) const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");
pub(crate) const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");

/// The largest number that JSON carries without loss: 2^53 - 1.
pub(crate) const LARGEST: u64 = 9_007_199_254_740_991;

/// The header that every tus request must have.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only the derive macro uses this")]
pub(crate) struct Version {
    /// The version of the tus protocol
    #[param(rename = "Tus-Resumable", value_type = String, pattern = r"^1\.0\.0$")]
    tus: String,
}

/// Returns true if the request uses tus. Refuses an unsupported version.
pub(crate) fn speaks_tus(headers: &HeaderMap) -> Result<bool, Problem> {
    match single(headers, &TUS_RESUMABLE)? {
        None => Ok(false),
        Some("1.0.0") => Ok(true),
        Some(_) => Err(Problem::new(Kind::TusVersionNotSupported)),
    }
}

/// Refuses a request that does not use tus.
pub(crate) fn must_speak_tus(headers: &HeaderMap) -> Result<(), Problem> {
    if speaks_tus(headers)? {
        Ok(())
    } else {
        Err(Problem::new(Kind::TusVersionNotSupported))
    }
}

/// Parses a header that is a number of bytes.
pub(crate) fn number(headers: &HeaderMap, name: &HeaderName) -> Result<u64, Problem> {
    let digits = single(headers, name)?.filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
    let number = digits.and_then(|text| text.parse().ok());
    number.filter(|n| *n <= LARGEST).ok_or_else(|| unreadable(name))
}

/// Returns the `Content-Length`, if it was sent.
pub(crate) fn body_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Parses a header such as `Upload-Checksum: sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=`.
pub(crate) fn checksum(headers: &HeaderMap) -> Result<Option<Checksum>, Problem> {
    let Some(text) = single(headers, &UPLOAD_CHECKSUM)? else {
        return Ok(None);
    };
    let parts = text.split_once(' ');
    let read = parts.and_then(|(name, sum)| Checksum::new(name, STANDARD.decode(sum.trim()).ok()?));
    read.map(Some).ok_or_else(|| unreadable(&UPLOAD_CHECKSUM))
}

/// The longest `Upload-Metadata`, in bytes: a name of 200 letters and some short pairs need a fifth. It is stored as sent.
const METADATA_MAX: usize = 8 * 1024;

/// The pairs of `Upload-Metadata`: names and decoded values.
pub(crate) fn metadata(headers: &HeaderMap) -> Result<Vec<(String, String)>, Problem> {
    let text = single(headers, &UPLOAD_METADATA)?.unwrap_or_default();
    if text.len() > METADATA_MAX {
        return Err(unreadable(&UPLOAD_METADATA));
    }
    let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    let read = pairs.map(|pair| {
        let (name, value) = pair.split_once(' ').unwrap_or((pair, ""));
        let value = STANDARD.decode(value.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok())?;
        Some((name.to_owned(), value))
    });
    read.collect::<Option<_>>().ok_or_else(|| unreadable(&UPLOAD_METADATA))
}

/// `Upload-Expires` as an HTTP date.
pub(crate) fn expires(at: OffsetDateTime) -> HeaderValue {
    HeaderValue::try_from(httpdate::fmt_http_date(at.into())).unwrap_or(HeaderValue::from_static(""))
}

/// Middleware that adds `Tus-Resumable` to every response, and `Tus-Version` to a 412.
pub async fn add_tus_headers(request: Request<Body>, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(TUS_RESUMABLE, VERSION);
    if response.status() == axum::http::StatusCode::PRECONDITION_FAILED {
        response.headers_mut().insert(TUS_VERSION, VERSION);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name.clone(), HeaderValue::from_static(value))])
    }

    #[test]
    fn metadata_is_pairs_of_a_name_and_base64() {
        let pairs = metadata(&with(
            &UPLOAD_METADATA,
            "filename c2nDtG4ucGRm, purpose bGFuZGxvcmRfbGV0dGVy,is_confidential",
        ))
        .unwrap();
        let expected = [("filename", "siôn.pdf"), ("purpose", "landlord_letter"), ("is_confidential", "")];
        assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(metadata(&HeaderMap::new()).unwrap(), []);
        for wrong in ["filename !!", "filename /w==", &*"a ,".repeat(METADATA_MAX).leak()] {
            assert!(metadata(&with(&UPLOAD_METADATA, wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn numbers_are_digits_that_json_can_carry() {
        let read = |text| number(&with(&UPLOAD_OFFSET, text), &UPLOAD_OFFSET).ok();
        assert_eq!((read("0"), read("9007199254740991")), (Some(0), Some(LARGEST)));
        for wrong in ["", "-1", "+1", "1.0", "0x1", "9007199254740992", "99999999999999999999"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_date_is_written_as_http_does() {
        let at = OffsetDateTime::from_unix_timestamp(1_435_239_287).unwrap();
        assert_eq!(expires(at), "Thu, 25 Jun 2015 13:34:47 GMT");
    }
}
