//! Door 1: the pages, and the forms they post. Works without a script.
//!
//! A form that is accepted is answered with 303 to the next page. One that is not comes back as the same page, with what
//! was typed and what is wrong: 422 for an answer that will not do, 429 for too many tries, 503 when it could not be saved.
//! What happens to a complaint is the business of `service`; here is only what it looks like over HTTP.

mod accepted;
mod body;
mod error_page;
mod evidence;
mod exit;
mod language;
mod multipart;
mod pages;
mod portal;
mod render;
mod sign_in;
mod step;
mod this_phone;
mod trouble;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef};
use axum::routing::{get, post};

use crate::app::portal::{Organisation, ShellData};
use crate::door::DoorState;
use crate::text::Language;

pub use error_page::{error_page, is_error_page};
pub use exit::{PATH as EXIT, go_away};

/// What the pages need besides the services.
#[derive(Clone, Debug)]
pub struct Site {
    /// What stands around every page, but for what differs from page to page: `inline_css`, `text` and `languages`.
    pub shell: ShellData,
    /// The sentences for the browser: each language's address.
    pub texts: Vec<(Language, Arc<str>)>,
    /// The styles of a first page.
    pub first_css: Arc<str>,
    pub organisation: Organisation,
    /// Largest request that brings files, in bytes.
    pub request_bytes: u64,
}

impl Site {
    /// The address of the sentences that the browser needs in a language.
    fn text(&self, language: Language) -> Arc<str> {
        let known = self.texts.iter().find(|(there, _)| *there == language);
        known
            .or(self.texts.first())
            .map_or_else(|| "".into(), |(_, address)| Arc::clone(address))
    }
}

/// What a handler of this door gets. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Forms {
    pub door: DoorState,
    pub site: Arc<Site>,
}

impl FromRef<Forms> for DoorState {
    fn from_ref(forms: &Forms) -> Self {
        forms.door.clone()
    }
}

/// All pages and all forms. Any other address is the page that says so.
pub fn router(forms: Forms) -> Router {
    let limit = usize::try_from(forms.site.request_bytes).unwrap_or(usize::MAX);
    let evidence = post(evidence::post).layer(DefaultBodyLimit::max(limit));
    Router::new()
        .route("/", get(pages::open))
        .route("/help", get(pages::open))
        .route("/about-this-site", get(pages::open))
        .route("/this-phone", get(this_phone::page).post(this_phone::post))
        .route(exit::PATH, post(exit::post))
        .route("/sign-in", get(pages::open).post(sign_in::post))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/language", post(language::choose))
        .route("/cases", get(pages::cases))
        .route("/cases/{reference}", get(pages::case))
        .route("/complaint/start-again", post(step::start_again))
        .route("/complaint/evidence", get(pages::journey).merge(evidence))
        .route("/complaint/evidence/remove", post(evidence::remove))
        .route("/complaint/{slug}", get(pages::journey).post(step::post))
        .fallback(pages::not_found)
        .with_state(forms)
}
