//! What both HTTP doors, the pages and the REST interface, share: who is asking, from where, and how often they may.

pub mod arrival;
pub mod client;
pub mod cookies;
mod device;
pub mod draft_number;
pub mod languages;
pub mod limits;
pub mod policy;
pub mod range;
pub mod upload_turns;

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue};
use time::OffsetDateTime;

use crate::service::Services;
use crate::service::consent::Device;
use crate::service::token::DraftToken;
use crate::text::Language;
use client::Proxies;
use cookies::CookieNames;
use languages::Languages;
use limits::Limits;
use upload_turns::UploadTurns;

/// What a handler of either door gets. Cheap to clone.
#[derive(Clone, Debug)]
pub struct DoorState {
    pub services: Services,
    pub limits: Arc<Limits>,
    pub cookies: CookieNames,
    pub languages: Languages,
    /// Whose word on a client's address is taken.
    pub proxies: Arc<Proxies>,
    /// How many files may arrive at once.
    pub upload_turns: UploadTurns,
}

impl DoorState {
    /// The cookie that holds a draft, for as long as the draft itself is kept. `expires_at` is the draft's.
    #[must_use]
    pub fn draft_cookie(&self, token: &DraftToken, expires_at: OffsetDateTime) -> HeaderValue {
        self.cookies.set_draft(token, expires_at - self.services.now())
    }

    /// What the browser of a request shows besides: whose drafts and whose sign-in it holds.
    #[must_use]
    pub fn also_shows(&self, headers: &HeaderMap) -> Device {
        Device {
            drafts: self.cookies.draft_tokens(headers),
            session: self.cookies.session_token(headers),
        }
    }

    /// The language to answer in.
    #[must_use]
    pub fn language(&self, headers: &HeaderMap) -> Language {
        self.languages.of(headers)
    }
}
