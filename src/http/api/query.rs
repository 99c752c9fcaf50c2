//! The strict extractor for query parameters.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use axum::extract::{FromRequestParts, MatchedPath, Query, Request, State};
use axum::http::Method;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::{OpenApi, RefOr};
use validator::Validate;

use crate::field_errors::invalid_fields;
use crate::http::api::problem::{Fault, Kind, Problem};

/// The query parameters of an operation. A parameter that is missing, repeated, unreadable or out of range is a 400 problem.
#[derive(Clone, Copy, Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned + Validate, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = Query::<T>::from_request_parts(parts, state).await;
        let Query(params) = read.map_err(|e| unreadable(&e.body_text()))?;
        match invalid_fields(&params).first() {
            None => Ok(Self(params)),
            Some(invalid) => Err(unreadable(&format!("{} is not within its limits", invalid.path.join(".")))),
        }
    }
}

/// The query parameters that the OpenAPI document describes, by route and method.
#[derive(Clone, Debug)]
pub struct DescribedParameters(Arc<HashMap<String, HashMap<Method, HashSet<String>>>>);

impl From<&OpenApi> for DescribedParameters {
    fn from(api: &OpenApi) -> Self {
        let of_path = |item: &PathItem| {
            let calls = [
                (Method::GET, &item.get),
                (Method::PUT, &item.put),
                (Method::POST, &item.post),
                (Method::DELETE, &item.delete),
                (Method::PATCH, &item.patch),
            ];
            let described = calls.into_iter().filter_map(|(method, call)| Some((method, names(call.as_ref()?))));
            described.collect()
        };
        let paths = api.paths.paths.iter();
        Self(Arc::new(paths.map(|(path, item)| (path.clone(), of_path(item))).collect()))
    }
}

fn names(call: &Operation) -> HashSet<String> {
    let parameters = call.parameters.iter().flatten();
    let of_query = parameters.filter_map(|parameter| match parameter {
        RefOr::T(parameter) => (parameter.parameter_in == ParameterIn::Query).then(|| parameter.name.clone()),
        RefOr::Ref(_) => None,
    });
    of_query.collect()
}

/// Refuses query parameters that the operation does not describe. A misspelt filter would otherwise return everything.
pub async fn refuse_unknown_parameters(State(described): State<DescribedParameters>, request: Request, next: Next) -> Response {
    let method = match request.method() {
        &Method::HEAD => &Method::GET,
        method => method,
    };
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let known = described.0.get(path).and_then(|calls| calls.get(method));
    let query = request.uri().query().unwrap_or_default();
    let mut sent = form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name);
    match sent.find(|name| known.is_none_or(|known| !known.contains(&**name))) {
        None => next.run(request).await,
        Some(name) => unreadable(&format!("the query parameter {name:?} is not known")).into_response(),
    }
}

/// The 400 problem for a query parameter that cannot be read. `reason` is for developers.
pub fn unreadable(reason: &str) -> Problem {
    Problem::new(Kind::BadRequest).with_faults([Fault::shape(String::new(), reason.to_owned())])
}
