//! Query parameters: read strictly, refused with a problem.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::problem::{Fault, Kind, Problem};

/// The query parameters of a call. Refused with 400 when one is missing, comes twice or cannot be read.
#[derive(Clone, Copy, Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(params)) => Ok(Self(params)),
            Err(e) => Err(unreadable(&e.body_text())),
        }
    }
}

/// The problem of a query parameter that cannot be read. `reason` is for developers.
#[must_use]
pub fn unreadable(reason: &str) -> Problem {
    Problem::new(Kind::BadRequest).because([Fault::shape(String::new(), reason.to_owned())])
}

/// How many entries a page may have: what was asked for, when it is 1 to `most`.
///
/// # Errors
/// A 400 problem when it is not.
pub fn limit(asked: Option<u64>, most: u64) -> Result<Option<u64>, Problem> {
    match asked {
        Some(n) if !(1..=most).contains(&n) => Err(unreadable(&format!("limit is 1 to {most}"))),
        asked => Ok(asked),
    }
}
