//! Extractors and helpers for request and response headers.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::http::api::problem::{Fault, Kind, Problem};
use service::idempotency::IdempotencyKey;

/// Identifies a request, so that the client can safely repeat it.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

const PREFER: HeaderName = HeaderName::from_static("prefer");

/// Writes a draft's revision as an `ETag`.
pub fn etag(revision: i64) -> HeaderValue {
    // Digits in quotes are always a valid header value.
    HeaderValue::try_from(format!("\"{revision}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

/// Returns a header that may be sent at most once. A repeated header, or one with other than visible ASCII, is a 400 problem.
pub fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Problem> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| unreadable(name)),
        (Some(_), Some(_)) => Err(unreadable(name)),
    }
}

/// The 400 problem for a header that cannot be read.
pub fn unreadable(name: &HeaderName) -> Problem {
    let reason = format!("the header {name} cannot be read");
    Problem::new(Kind::BadRequest).with_faults([Fault::shape(String::new(), reason)])
}

/// The draft revisions named by `If-Match` (RFC 9110); `None` when the header is missing or `*`.
///
/// Accepts several entity tags, and weak ones, because a compressing proxy makes our tags weak. Accepts a tag without quotes, because
/// some clients strip them. An entity tag that is not ours matches no revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IfMatch(pub Option<Vec<i64>>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut revisions = None;
        // Repeated header fields are one list (RFC 9110, 5.3).
        for line in parts.headers.get_all(header::IF_MATCH) {
            let read = line.to_str().ok().and_then(revisions_of);
            match read.ok_or_else(|| unreadable(&header::IF_MATCH))? {
                Tags::Any => return Ok(Self(None)),
                Tags::These(these) => revisions.get_or_insert_with(Vec::new).extend(these),
            }
        }
        Ok(Self(revisions))
    }
}

/// The content of one `If-Match` field.
#[derive(Debug, PartialEq, Eq)]
enum Tags {
    Any,
    /// The entity tags that are revisions.
    These(Vec<i64>),
}

/// Parses one `If-Match` field; `None` when it is not a list of entity tags.
fn revisions_of(line: &str) -> Option<Tags> {
    let mut rest = line.trim();
    if rest == "*" {
        return Some(Tags::Any);
    }
    if let Some(revision) = revision(rest) {
        return Some(Tags::These(vec![revision]));
    }
    let mut found = Vec::new();
    loop {
        rest = rest.strip_prefix("W/").unwrap_or(rest).strip_prefix('"')?;
        let (tag, after) = rest.split_once('"')?;
        if !tag.bytes().all(|b| b == b'!' || (b'#'..=b'~').contains(&b)) {
            return None;
        }
        found.extend(revision(tag));
        rest = after.trim_start();
        if rest.is_empty() {
            return Some(Tags::These(found));
        }
        // Empty list elements are ignored (RFC 9110, 5.6.1).
        rest = rest.strip_prefix(',')?.trim_start_matches([',', ' ', '\t']);
        if rest.is_empty() {
            return Some(Tags::These(found));
        }
    }
}

fn revision(digits: &str) -> Option<i64> {
    let plain = (1..=18).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

/// The `Idempotency-Key` header, required.
#[derive(Clone, Debug)]
pub struct RequiredIdempotencyKey(pub IdempotencyKey);

impl<S: Send + Sync> FromRequestParts<S> for RequiredIdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let given = single(&parts.headers, &IDEMPOTENCY_KEY)?;
        let key = given.and_then(IdempotencyKey::parse);
        key.map(Self).ok_or_else(|| Problem::new(Kind::IdempotencyKeyMissing))
    }
}

/// Returns true if the caller asks for the created resource in the response (`Prefer: return=representation`, RFC 7240).
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
    fn a_revision_is_one_of_the_entity_tags() {
        assert_eq!(etag(12), "\"12\"");
        let table: [(&str, &[i64]); 12] = [
            ("\"0\"", &[0]),
            ("12", &[12]),
            ("W/\"3\"", &[3]),
            ("\"3\", \"4\"", &[3, 4]),
            ("W/\"3\",W/\"4\" , \"5\"", &[3, 4, 5]),
            ("\"3\", ", &[3]),
            ("\"3\",,\"4\"", &[3, 4]),
            // Tags that are not revisions match nothing.
            ("\"\"", &[]),
            ("\"-1\"", &[]),
            ("\"3-gzip\"", &[]),
            ("\"a,b\", \"4\"", &[4]),
            ("\"9999999999999999999\"", &[]),
        ];
        for (line, revisions) in table {
            assert_eq!(revisions_of(line), Some(Tags::These(revisions.to_vec())), "{line}");
        }
        assert_eq!(revisions_of(" * "), Some(Tags::Any));
        for wrong in ["", "\"", "\"3", "3\"", "w/\"3\"", "\"3\" \"4\"", "+1", "\"3\";", "W/3"] {
            assert_eq!(revisions_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_preference_may_stand_among_others() {
        let headers = |v| HeaderMap::from_iter([(PREFER, HeaderValue::from_static(v))]);
        assert!(prefers_representation(&headers("respond-async, return=representation")));
        assert!(!prefers_representation(&headers("return=minimal")));
    }
}
