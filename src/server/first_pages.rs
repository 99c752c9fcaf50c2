//! Pages that are the same for every first visitor: rendered and compressed once a minute, not for each of them.
//!
//! Such a page has a path from [`PATHS`] and no query, and its request has no cookie. So nothing that a person sent is in it, except
//! the choice of the language. It has no nonce either: its policy allows its inline scripts and styles by their hashes.
//!
//! First visitors of the same minute get the same draft number. It only tells apart the drafts of one browser, and such a browser
//! has none.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;

use crate::http::pages::{SameForAll, UnusedNonce};
use crate::http::policy;
use crate::server::encoding::{Encoded, encoded};
use text::Language;

/// The pages on which people arrive, and which show nothing that differs between first visitors.
pub const PATHS: [&str; 8] = [
    "/",
    "/complaint/who-are-you",
    "/help",
    "/sign-in",
    "/privacy",
    "/cookies",
    "/accessibility",
    "/about-this-site",
];

/// How long a page is given out before it is rendered again. Two tabs that a new visitor opens within this time begin one draft.
const LIFETIME: Duration = Duration::from_mins(1);

/// The pages of the site, by path and tag of the language. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct FirstPages {
    pages: Arc<HashMap<(&'static str, &'static str), FirstPage>>,
    started: Instant,
}

#[derive(Debug, Default)]
struct FirstPage {
    rendered: RwLock<Option<Arc<RenderedPage>>>,
    /// When the next request renders the page again, in milliseconds since the start of the server.
    due: AtomicU64,
}

/// A page with its headers, in each encoding.
#[derive(Debug)]
struct RenderedPage {
    headers: HeaderMap,
    page: Encoded,
}

/// A request for one of these pages, which has to render it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Renders {
    path: &'static str,
    language: Language,
    /// Whether the next visitors get this page too.
    is_kept: bool,
}

impl FirstPages {
    /// Returns the pages of a site that offers these languages. None is rendered yet.
    pub(crate) fn new(languages: &[Language]) -> Self {
        let pages = languages
            .iter()
            .flat_map(|language| PATHS.map(|path| ((path, language.tag()), FirstPage::default())));
        Self {
            pages: Arc::new(pages.collect()),
            started: Instant::now(),
        }
    }

    /// Returns the response, if the page was rendered before. Otherwise marks the request, so that the page is rendered for all first
    /// visitors. Returns `None` for a request for another page, or by another visitor.
    pub(crate) fn find(&self, request: &mut Request, language: Language) -> Option<Result<Response, Renders>> {
        let headers = request.headers();
        let is_head = request.method() == Method::HEAD;
        let is_anonymous = !headers.contains_key(header::COOKIE) && !headers.contains_key(header::AUTHORIZATION);
        if !is_head && request.method() != Method::GET || !is_anonymous || request.uri().query().is_some() {
            return None;
        }
        let path = PATHS.into_iter().find(|path| *path == request.uri().path())?;
        let page = self.pages.get(&(path, language.tag()))?;
        // The response to HEAD has no page that could be kept.
        let is_kept = !is_head && self.is_due(page);
        let rendered = page.rendered.read().unwrap_or_else(PoisonError::into_inner).clone();
        match rendered.filter(|_| !is_kept) {
            Some(rendered) => {
                let response = rendered.respond(request.headers());
                Some(Ok(if is_head { response.map(|_| Body::empty()) } else { response }))
            }
            None if is_head => None,
            None => {
                request.extensions_mut().insert(SameForAll);
                Some(Err(Renders { path, language, is_kept }))
            }
        }
    }

    /// Whether the page shall be rendered again. Returns true to one request each [`LIFETIME`], also if rendering fails.
    fn is_due(&self, page: &FirstPage) -> bool {
        let now = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let due = page.due.load(Ordering::Relaxed);
        let next = now + u64::try_from(LIFETIME.as_millis()).unwrap_or(u64::MAX);
        due <= now && page.due.compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// Completes a page that was rendered for all first visitors, and keeps it for them. Returns its HTML.
    pub(crate) fn finish(&self, renders: Renders, response: &mut Response, html: Bytes) -> Bytes {
        // An error page, or a redirect.
        let Some(nonce) = response.extensions_mut().remove::<UnusedNonce>() else {
            return html;
        };
        let html = nonce.remove_from(&String::from_utf8_lossy(&html));
        let policy = policy::for_inline(&html);
        let html = Bytes::from(html);
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        let headers = response.headers().clone();
        if !renders.is_kept || response.status() != StatusCode::OK || headers.contains_key(header::SET_COOKIE) {
            return html;
        }
        let (pages, page) = (self.clone(), html.clone());
        // Compressing takes some 70 milliseconds. Until it is done, the page is rendered for each visitor.
        tokio::task::spawn_blocking(move || {
            if let Err(error) = pages.keep(renders, headers, &page) {
                tracing::error!(%error, "compressing a page failed");
            }
        });
        html
    }

    fn keep(&self, renders: Renders, headers: HeaderMap, html: &Bytes) -> io::Result<()> {
        let page = encoded(html)?;
        if let Some(slot) = self.pages.get(&(renders.path, renders.language.tag())) {
            let rendered = Arc::new(RenderedPage { headers, page });
            *slot.rendered.write().unwrap_or_else(PoisonError::into_inner) = Some(rendered);
        }
        Ok(())
    }
}

impl RenderedPage {
    fn respond(&self, request: &HeaderMap) -> Response {
        let mut response = Response::new(Body::empty());
        *response.headers_mut() = self.headers.clone();
        self.page.respond(response, request)
    }
}
