//! Headers that calls read and answer with.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use super::problem::{Fault, Kind, Problem};
use crate::service::idempotency::IdempotencyKey;

/// Names a request, so that it can be repeated safely.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

const PREFER: HeaderName = HeaderName::from_static("prefer");

/// The revision of a draft as an `ETag`.
#[must_use]
pub fn etag(revision: i64) -> HeaderValue {
    // Digits in quotes are always a header value.
    HeaderValue::try_from(format!("\"{revision}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

/// A header of which at most one is sent, as text. A second one, or one that is no visible ASCII, is refused.
///
/// # Errors
/// A 400 problem.
pub fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Problem> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| unreadable(name)),
        (Some(_), Some(_)) => Err(unreadable(name)),
    }
}

/// The problem of a header that cannot be read.
#[must_use]
pub fn unreadable(name: &HeaderName) -> Problem {
    let reason = format!("the header {name} cannot be read");
    Problem::new(Kind::BadRequest).because([Fault::shape(String::new(), reason)])
}

/// `If-Match: "3"`: only when the draft is still at that revision. The quotes may be missing: many a client takes them for its
/// own and strips them. `None` when the header is left out or is `*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IfMatch(pub Option<i64>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match single(&parts.headers, &header::IF_MATCH)?.map(str::trim) {
            None | Some("*") => Ok(Self(None)),
            Some(tag) => match revision(tag) {
                Some(revision) => Ok(Self(Some(revision))),
                None => Err(unreadable(&header::IF_MATCH)),
            },
        }
    }
}

fn revision(tag: &str) -> Option<i64> {
    let digits = match tag.strip_prefix('"') {
        Some(quoted) => quoted.strip_suffix('"')?,
        None => tag,
    };
    let plain = (1..=18).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

/// The `Idempotency-Key` a call must have.
#[derive(Clone, Debug)]
pub struct Key(pub IdempotencyKey);

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let given = single(&parts.headers, &IDEMPOTENCY_KEY)?;
        let key = given.and_then(IdempotencyKey::parse);
        key.map(Self).ok_or_else(|| Problem::new(Kind::IdempotencyKeyMissing))
    }
}

/// Whether the caller prefers to be shown what was made (`Prefer: return=representation`, RFC 7240).
#[must_use]
pub fn prefers_representation(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(PREFER).iter().filter_map(|v| v.to_str().ok());
    lines
        .flat_map(|line| line.split([',', ';']))
        .any(|p| p.trim().eq_ignore_ascii_case("return=representation"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_is_digits_in_quotes() {
        assert_eq!((revision("\"0\""), revision("12")), (Some(0), Some(12)));
        assert_eq!(etag(12), "\"12\"");
        for wrong in [
            "",
            "\"",
            "\"\"",
            "\"3",
            "3\"",
            "\"-1\"",
            "\"+1\"",
            "W/\"3\"",
            "\"3\", \"4\"",
            "\"9999999999999999999\"",
        ] {
            assert_eq!(revision(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_preference_may_stand_among_others() {
        let headers = |v| HeaderMap::from_iter([(PREFER, HeaderValue::from_static(v))]);
        assert!(prefers_representation(&headers("respond-async, return=representation")));
        assert!(!prefers_representation(&headers("return=minimal")));
    }
}
