//! The strict extractor for JSON request bodies.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;
use serde_path_to_error::{Path, Segment};
use validator::Validate;

use crate::field_errors::{InvalidField, VALUE, invalid_fields};
use crate::http::api::problem::{Fault, Kind, Problem};
use complaint::FieldError;

/// The largest JSON body, in bytes: the longest valid answers with every character escaped, plus a margin.
pub const MAX_BYTES: usize = 1024 * 1024;

/// The most object members and list items in one body, counted over all depths. The largest valid body has a quarter as many.
pub const MAX_VALUES: usize = 200;

/// A JSON body of type `T` that keeps the rules of its fields.
///
/// Rejections: those of [`Unvalidated`]. A body that breaks rules is 422, with an error for each field.
#[derive(Clone, Copy, Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + Validate, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Unvalidated(body) = Unvalidated::<T>::from_request(request, state).await?;
        let invalid = invalid_fields(&body);
        if invalid.is_empty() {
            Ok(Self(body))
        } else {
            Err(Problem::rules(invalid.into_iter().map(field_error).collect()))
        }
    }
}

/// A JSON body of type `T` whose rules another part checks: the questionnaire's table, the rules of case actions, the complaint clock.
///
/// Rejections: 415 for another content type, 413 when too large, 400 when not JSON. JSON that does not deserialize to `T` is 422, with
/// a pointer to the fault.
#[derive(Clone, Copy, Debug)]
pub struct Unvalidated<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Unvalidated<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(Kind::MediaTypeNotSupported));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|e| unread(&e))?;
        parse(&bytes).map(Self)
    }
}

/// Converts the error of a field to one of the questionnaire's kind, whose code has a text in `locales/`.
fn field_error(InvalidField { path, error }: InvalidField) -> FieldError {
    let shown = |value: Value| value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
    // The refused value may be long and private.
    let values = error.params.into_iter().filter(|(name, _)| name != VALUE);
    FieldError {
        field: path.first().cloned().unwrap_or_default().into(),
        pointer: format!("/{}", path.join("/")).into(),
        code: error.code,
        values: values.map(|(name, value)| (name, shown(value))).collect(),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let given = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

fn unread(rejection: &BytesRejection) -> Problem {
    let status = match rejection {
        BytesRejection::FailedToBufferBody(inner) => inner.status(),
        _ => StatusCode::BAD_REQUEST,
    };
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Kind::BodyTooLarge),
        _ => Problem::new(Kind::BodyNotJson),
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // Every body is an object. serde would also accept a list, and read its items as the members in declaration order.
    if bytes.trim_ascii_start().first().is_some_and(|first| *first != b'{') {
        let error = serde::de::Error::custom("an object is expected");
        return Err(refused(bytes, String::new(), &error));
    }
    if has_too_many_values(bytes) {
        let error = serde::de::Error::custom(format_args!("more than {MAX_VALUES} members and items"));
        return Err(refused(bytes, String::new(), &error));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(&mut reader);
    let value = read.map_err(|e| refused(bytes, pointer(e.path()), e.inner()))?;
    reader.end().map_err(|e| refused(bytes, String::new(), &e))?;
    Ok(value)
}

/// Returns true if the JSON has more than [`MAX_VALUES`] members and items.
///
/// Counts commas and opening brackets outside strings before anything is parsed, so that no body type needs limits of its own.
fn has_too_many_values(bytes: &[u8]) -> bool {
    let (mut in_text, mut is_escaped, mut values) = (false, false, 0);
    for byte in bytes {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_text => is_escaped = true,
            b'"' => in_text = !in_text,
            b',' | b'[' | b'{' if !in_text => values += 1,
            _ => {}
        }
        if values > MAX_VALUES {
            return true;
        }
    }
    false
}

fn refused(bytes: &[u8], pointer: String, error: &serde_json::Error) -> Problem {
    // `serde_json::Error::classify` does not help: it reports a number in place of a string as a syntax error.
    match serde_json::from_slice::<IgnoredAny>(bytes) {
        Ok(_) => Problem::new(Kind::BodyNotAccepted).with_faults([Fault::shape(pointer, error.to_string())]),
        Err(e) => Problem::new(Kind::BodyNotJson).with_faults([Fault::shape(String::new(), e.to_string())]),
    }
}

/// Writes a path as a JSON pointer (RFC 6901).
fn pointer(path: &Path) -> String {
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            // Enum variants do not appear in the document's path.
            Segment::Enum { .. } | Segment::Unknown => String::new(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[expect(dead_code, reason = "the test needs only the shape of the type")]
        role: Option<Role>,
        #[serde(default)]
        #[expect(dead_code, reason = "the test needs only the shape of the type")]
        town: String,
    }

    #[derive(serde::Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Role {
        Resident,
    }

    fn kind<T: DeserializeOwned>(body: &str) -> Result<(), Kind> {
        parse::<T>(body.as_bytes()).map(|_| ()).map_err(|p| p.kind())
    }

    #[test]
    fn what_is_not_json_and_what_is_another_shape_differ() {
        assert_eq!(kind::<Sample>(r#"{"role":"resident"}"#), Ok(()));
        for not_json in ["", "{", "role=resident", r#"{"role":"resident"} x"#, "{\"role\":\"\u{1}\"}"] {
            assert_eq!(kind::<Sample>(not_json), Err(Kind::BodyNotJson), "{not_json}");
        }
        for other in [
            "[]",
            r#"["resident"]"#,
            "null",
            r#"{"role":7}"#,
            r#"{"role":"cat"}"#,
            r#"{"role":"resident","x":1}"#,
            r#"{"role":null,"role":null}"#,
        ] {
            assert_eq!(kind::<Sample>(other), Err(Kind::BodyNotAccepted), "{other}");
        }
    }

    #[test]
    fn a_body_of_too_many_values_is_refused_before_it_is_read() {
        let members: Vec<String> = (0..MAX_VALUES).map(|n| format!("\"m{n}\":0")).collect();
        assert!(!has_too_many_values(format!("{{{}}}", members.join(",")).as_bytes()));
        assert!(has_too_many_values(format!("{{{},\"one more\":0}}", members.join(",")).as_bytes()));
        assert!(has_too_many_values(
            format!("{{\"list\":[{}]}}", "0,".repeat(MAX_VALUES)).as_bytes()
        ));
        assert!(has_too_many_values(format!("{{\"deep\":{}", "[".repeat(MAX_VALUES)).as_bytes()));
        let text = format!(r#"{{"town":"{}\"{}"}}"#, ",".repeat(1000), "[{,".repeat(1000));
        assert!(!has_too_many_values(text.as_bytes()), "braces inside a string are not counted");
        assert_eq!(
            kind::<Sample>(&format!("{{{},\"m\":0}}", members.join(","))),
            Err(Kind::BodyNotAccepted)
        );
        assert_eq!(kind::<Sample>(&r#"{"a":["#.repeat(1000)), Err(Kind::BodyNotJson));
    }

    #[test]
    fn the_place_is_named() {
        let mut reader = serde_json::Deserializer::from_str(r#"{"role":"resident","town":[]}"#);
        let error = serde_path_to_error::deserialize::<_, Sample>(&mut reader).err().unwrap();
        assert_eq!(pointer(error.path()), "/town");
    }
}
