//! Writes problems in the caller's language, also for errors that were made outside the API handlers.

use std::any::Any;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::http::api::problem::{Fault, FaultBody, FaultText, Kind, MEDIA_TYPE, Problem, ProblemBody};
use crate::http::languages::Languages;
use evidence::FileLimit;
use text::Language;

/// The request header that has the id the server gave the request.
const REQUEST_ID: &str = "x-request-id";

/// Middleware of every operation: writes the text of problems, and forbids caching unless the handler set `Cache-Control`.
pub async fn middleware(State(languages): State<Languages>, request: Request, next: Next) -> Response {
    let caller = ProblemContext::of(request.headers(), languages.negotiate(request.headers()));
    let response = next.run(request).await;
    let mut response = caller.write_problem(response);
    // Handlers of public resources set the header themselves.
    response
        .headers_mut()
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// The response for a handler that panicked.
pub fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("an API handler panicked");
    Problem::new(Kind::Internal).into_response()
}

/// The parts of a request that its problem needs.
#[derive(Clone, Debug)]
pub struct ProblemContext {
    language: Language,
    request_id: Option<String>,
}

impl ProblemContext {
    pub fn of(headers: &HeaderMap, language: Language) -> Self {
        Self {
            language,
            request_id: headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()).map(str::to_owned),
        }
    }

    /// Writes the problem into an error response that has none yet; returns other responses unchanged.
    pub fn write_problem(&self, mut response: Response) -> Response {
        let status = response.status();
        if !status.is_client_error() && !status.is_server_error() {
            return response;
        }
        let problem = response.extensions_mut().remove::<Problem>();
        if problem.is_none() && is_problem(response.headers()) {
            return response;
        }
        let problem = problem.unwrap_or_else(|| Problem::new(Kind::of_status(status)));
        let mut body = self.write(&problem);
        // A status without a kind of its own is kept.
        body.status = status.as_u16();
        let (mut head, _) = response.into_parts();
        head.headers.remove(header::CONTENT_LENGTH);
        head.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        head.headers
            .insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(self.language.tag()));
        Response::from_parts(head, Body::from(serde_json::to_vec(&body).unwrap_or_default()))
    }

    fn write(&self, problem: &Problem) -> ProblemBody {
        let parts = &problem.0;
        let code = parts.kind.code();
        ProblemBody {
            kind: parts.kind.uri(),
            title: self.language.say(&format!("problems.{code}.title")),
            status: parts.kind.status().as_u16(),
            detail: self.language.say_with(&format!("problems.{code}.detail"), &parts.values),
            instance: self.request_id.clone(),
            errors: parts.faults.iter().map(|fault| self.fault(fault)).collect(),
            revision: parts.revision,
        }
    }

    fn fault(&self, fault: &Fault) -> FaultBody {
        FaultBody {
            pointer: fault.pointer.clone(),
            code: fault.code.clone(),
            message: match &fault.said {
                FaultText::Field(error) => self.language.say_error(error),
                FaultText::Key(key, values) => self.language.say_with(key, values),
                FaultText::File(name, limit) => {
                    let max = limit.map_or_else(String::new, |limit| self.limit(limit));
                    let values = [("filename", name.clone()), ("max", max)];
                    self.language.say_with(&format!("errors.{}", fault.code), &values)
                }
            },
        }
    }

    fn limit(&self, limit: FileLimit) -> String {
        match limit {
            FileLimit::Count(n) => n.to_string(),
            FileLimit::Bytes(n) => self
                .language
                .say_with("files.megabytes", &[("number", (n / 1_000_000).to_string())]),
        }
    }
}

fn is_problem(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|t| t.as_bytes() == MEDIA_TYPE.as_bytes())
}
