//! The HTTP layer: the page handlers in [`pages`], the REST API in [`api`], and the parts that both share.
//!
//! The shared parts are client addresses, the selection of a browser's draft, cookies, languages and rate limits.

#[cfg(feature = "ssr")]
pub mod api;
pub mod body_arrival;
pub mod client;
pub mod cookies;
mod device;
pub mod draft_number;
pub mod languages;
pub mod limits;
#[cfg(feature = "ssr")]
pub mod pages;
pub mod permits;
pub mod policy;
pub mod query;
pub mod range;

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue};
use time::OffsetDateTime;
use uuid::Uuid;

use client::{ClientAddress, Proxies};
use cookies::CookieNames;
use languages::Languages;
use limits::RateLimits;
use permits::Permits;
use service::Services;
use service::access::token::DraftToken;
use service::representation::AnsweringBrowser;
use text::Language;

/// State for all HTTP handlers, of pages and of the REST API. Cheap to clone.
#[derive(Clone, Debug)]
pub struct HttpState {
    pub services: Services,
    pub limits: Arc<RateLimits>,
    pub cookies: CookieNames,
    pub languages: Languages,
    /// Trusted reverse proxies, which may state a client's address.
    pub proxies: Arc<Proxies>,
    /// Limits how many files may arrive at once.
    pub upload_permits: Permits<ClientAddress>,
    /// Limits how many streams of news may be open, in total and for one person.
    pub news_permits: Permits<Uuid>,
}

impl HttpState {
    /// Returns the `Set-Cookie` of a draft, which lasts as long as the draft. `expires_at` is when the draft expires.
    pub fn draft_cookie(&self, token: &DraftToken, expires_at: OffsetDateTime) -> HeaderValue {
        self.cookies.set_draft(token, expires_at - self.services.now())
    }

    /// Returns the drafts and the session that the request's browser holds, which may be those of another person.
    pub fn browser_credentials(&self, headers: &HeaderMap) -> AnsweringBrowser {
        AnsweringBrowser {
            drafts: self.cookies.draft_tokens(headers),
            session: self.cookies.session_token(headers),
        }
    }

    pub fn language(&self, headers: &HeaderMap) -> Language {
        self.languages.negotiate(headers)
    }
}
