//! What the page handlers and the REST API share: clients and their drafts, cookies, languages and rate limits.

pub mod arrival;
pub mod client;
pub mod cookies;
mod device;
pub mod draft_number;
pub mod languages;
pub mod limits;
pub mod policy;
pub mod query;
pub mod range;
pub mod upload_turns;

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue};
use time::OffsetDateTime;

use client::Proxies;
use cookies::CookieNames;
use languages::Languages;
use limits::Limits;
use service::Services;
use service::consent::Device;
use service::token::DraftToken;
use text::Language;
use upload_turns::UploadTurns;

/// State for all HTTP handlers, of pages and of the REST API. Cheap to clone.
#[derive(Clone, Debug)]
pub struct DoorState {
    pub services: Services,
    pub limits: Arc<Limits>,
    pub cookies: CookieNames,
    pub languages: Languages,
    /// Trusted reverse proxies, which may state a client's address.
    pub proxies: Arc<Proxies>,
    /// Limits how many files may arrive at once.
    pub upload_turns: UploadTurns,
}

impl DoorState {
    /// Returns the `Set-Cookie` of a draft, which lasts as long as the draft. `expires_at` is when the draft expires.
    pub fn draft_cookie(&self, token: &DraftToken, expires_at: OffsetDateTime) -> HeaderValue {
        self.cookies.set_draft(token, expires_at - self.services.now())
    }

    /// Returns the drafts and the session that the request's browser holds, which may be those of another person.
    pub fn also_shows(&self, headers: &HeaderMap) -> Device {
        Device {
            drafts: self.cookies.draft_tokens(headers),
            session: self.cookies.session_token(headers),
        }
    }

    pub fn language(&self, headers: &HeaderMap) -> Language {
        self.languages.of(headers)
    }
}
