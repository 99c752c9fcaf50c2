//! The outermost middleware: site files, response headers, error pages, compression, request log and metrics.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::http::api::problem::render;
use crate::http::cookies::CookieNames;
use crate::http::languages::Languages;
use crate::http::pages::{EXIT, Site, error_page, go_away};
use crate::http::policy;
use crate::server::assets::Assets;
use crate::server::encoding;
use crate::server::first_pages::{FirstPages, Renders};
use crate::server::metrics::Metrics;

/// The `Retry-After` of a 503, in seconds.
const AGAIN_AFTER: HeaderValue = HeaderValue::from_static("5");

/// The names logged in place of a route, for a site file and for an unknown path.
const SITE_FILE: &str = "site file";
const NO_ROUTE: &str = "-";

/// The state of the middleware. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct OuterLayer {
    pub(crate) assets: Arc<Assets>,
    pub(crate) site: Arc<Site>,
    pub(crate) languages: Languages,
    pub(crate) first_pages: FirstPages,
    pub(crate) cookies: CookieNames,
    pub(crate) headers: Arc<HeaderMap>,
    pub(crate) metrics: Metrics,
    /// Whether each request is logged.
    pub(crate) note_requests: bool,
}

pub(crate) async fn around(State(around): State<OuterLayer>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let mut response = match around.file(&request) {
        Some(response) => {
            around.note(&method, SITE_FILE, response.status(), started, None);
            response
        }
        None => around.run(request, next).await,
    };
    let headers = response.headers_mut();
    for (name, value) in around.headers.iter() {
        headers.insert(name.clone(), value.clone());
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy::PLAIN);
    response
}

impl OuterLayer {
    /// Returns the response if the request is for a file of the site.
    fn file(&self, request: &Request) -> Option<Response> {
        let is_head = request.method() == Method::HEAD;
        if !is_head && request.method() != Method::GET {
            return None;
        }
        let response = self.assets.get(request.uri().path(), request.headers())?;
        Some(if is_head { response.map(|_| Body::empty()) } else { response })
    }

    /// Counts a request, and logs it if it failed or all are logged. Never records the path, which may contain a case reference.
    fn note(&self, method: &Method, route: &str, status: StatusCode, started: Instant, id: Option<&HeaderValue>) {
        let took = started.elapsed();
        self.metrics.count_request(method, route, status, took);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let (id, status) = (id.and_then(|id| id.to_str().ok()).unwrap_or("-"), status.as_u16());
        if status >= 500 {
            tracing::warn!(%method, route, status, micros, id, "request failed");
        } else if self.note_requests {
            tracing::info!(%method, route, status, micros, id, "request");
        } else {
            tracing::debug!(%method, route, status, micros, id, "request");
        }
    }

    async fn run(&self, mut request: Request, next: Next) -> Response {
        let started = Instant::now();
        let method = request.method().clone();
        // The route, never the path, which may contain a case reference.
        let route = request.extensions().get::<MatchedPath>().cloned();
        let of_people = is_for_people(request.uri().path());
        let accept = request.headers().get_all(header::ACCEPT_ENCODING).iter();
        let accept: HeaderMap = accept.map(|value| (header::ACCEPT_ENCODING, value.clone())).collect();
        if stores_typed_text(&request) && self.cookies.has_left(request.headers()) {
            self.cookies.remove_left(request.headers_mut());
        }
        let said_id = request.headers().get("x-request-id").cloned();
        let language = self.languages.negotiate(request.headers());
        let renders = match self.first_pages.find(&mut request, language) {
            Some(Ok(response)) => {
                let route = route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
                self.note(&method, route, response.status(), started, said_id.as_ref());
                return response;
            }
            Some(Err(renders)) => Some(renders),
            None => None,
        };
        let leaves = request.uri().path() == EXIT;
        let has_left = of_people && !leaves && opens_page(request.headers()) && self.cookies.has_left(request.headers());
        let shared = self.cookies.is_shared(request.headers());
        let cookies = has_left.then(|| request.headers().clone());
        if has_left && is_back(&request) {
            return go_away(&self.site.shell);
        }
        let caller = is_of_api(request.uri().path()).then(|| render::ProblemContext::of(request.headers(), language));

        let mut response = next.run(request).await;
        let status = response.status();
        if of_people && needs_page(&response) {
            response = with_old_headers(error_page(status, &self.site.shell_in(language, false), language), &response);
        }
        // Turns refusals by a layer outside the API handlers into problems.
        if let Some(caller) = caller {
            response = caller.write_problem(response);
        }
        if let Some(sent) = cookies {
            self.cookies.clear_stale_cookies(&sent, response.headers_mut());
        }
        if shared {
            CookieNames::make_session_cookies(response.headers_mut());
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().entry(header::RETRY_AFTER).or_insert(AGAIN_AFTER);
        }
        if is_html(&response) {
            response = self.compress(response, &accept, renders).await;
        }
        let route = route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
        self.note(&method, route, status, started, said_id.as_ref());
        response
    }

    /// Compresses a page. Pages are rendered completely before they are sent, so collecting the body causes no delay.
    async fn compress(&self, response: Response, accept: &HeaderMap, renders: Option<Renders>) -> Response {
        let (head, body) = response.into_parts();
        let mut response = Response::from_parts(head, Body::empty());
        match axum::body::to_bytes(body, usize::MAX).await {
            Ok(html) => {
                let html = match renders {
                    Some(renders) => self.first_pages.finish(renders, &mut response, html),
                    None => html,
                };
                encoding::encode(response, html, accept)
            }
            Err(error) => {
                tracing::error!(%error, "reading the body of a page failed");
                *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                response
            }
        }
    }
}

/// Returns true if the browser navigates to the response, as opposed to loading a resource for a page.
fn opens_page(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-mode").is_none_or(|mode| mode == "navigate")
}

/// Returns true if the browser goes back to a page, as opposed to opening one anew.
///
/// Pages inside the portal are reached by its own links or by Back, and a form that is sent again was found by Back. A typed
/// address, a bookmark or a link on another site opens a page anew, and leads to other pages.
fn is_back(request: &Request) -> bool {
    let from = |site: &str| request.headers().get("sec-fetch-site").is_some_and(|said| said == site);
    let is_personal = ["/complaint/", "/cases"]
        .iter()
        .any(|start| request.uri().path().starts_with(start));
    from("same-origin") || (request.method() == Method::GET && is_personal && !from("cross-site"))
}

/// Whether the request stores what a person has typed. It only adds to what they can see, and shows them nothing.
fn stores_typed_text(request: &Request) -> bool {
    request.method() == Method::PUT && is_of_api(request.uri().path()) && request.uri().path().contains("/typed/")
}

/// Returns false for paths used by programs, which expect no HTML.
fn is_for_people(path: &str) -> bool {
    let for_programs = ["/api", "/livez", "/readyz"];
    !for_programs
        .iter()
        .any(|p| path.strip_prefix(p).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// Returns true for paths whose errors are problems (RFC 9457).
fn is_of_api(path: &str) -> bool {
    path.strip_prefix("/api")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Returns true for an error response without a page, made by a layer or an extractor.
fn needs_page(response: &Response) -> bool {
    let status = response.status();
    (status.is_client_error() || status.is_server_error()) && !is_html(response)
}

fn is_html(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// Copies the headers that still apply from the bare response to the page.
fn with_old_headers(mut page: Response, bare: &Response) -> Response {
    for name in [header::ALLOW, header::RETRY_AFTER, header::CONNECTION] {
        if let Some(value) = bare.headers().get(&name) {
            page.headers_mut().insert(name, value.clone());
        }
    }
    page.extensions_mut().extend(bare.extensions().clone());
    page
}
