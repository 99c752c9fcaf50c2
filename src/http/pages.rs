//! Page handlers: the pages, and the forms they post. They work without JavaScript.
//!
//! An accepted form is answered with 303 to the next page. A rejected form is answered with the same page, what was typed, and the
//! errors. Its status is 422 for an invalid answer, 429 for too many requests, 503 if the answer could not be saved.
//! `service` decides what happens to a complaint; this module only translates between it and HTTP.

mod accepted;
mod add_more;
mod addresses;
pub(crate) mod authority_document;
mod body;
pub(crate) mod browser_drafts;
pub(crate) mod case_action;
mod contact;
mod dates;
mod draft_devices;
mod email_code;
mod equality;
mod error_page;
mod evidence;
mod exit;
mod file;
mod landlord;
mod language;
mod log;
mod multipart;
mod offline;
mod offline_copy;
mod portal;
mod render;
pub(crate) mod representation;
pub(crate) mod resume;
pub(crate) mod save_and_resume;
pub(crate) mod sessions;
pub(crate) mod show;
mod sign_in;
mod site;
mod step;
mod this_phone;
mod trouble;
mod visit;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef};
use axum::middleware;
use axum::routing::{get, post};

use crate::app;
use crate::http::HttpState;
use crate::http::body_arrival::takes_files;
use crate::http::draft_number::{DRAFTS_PATH, NEW_DRAFT_PATH};
use addresses::RouterWithPaths;
use complaint::case::actions::CaseActionKind;
use complaint::fields::form::Choice;
use complaint::questionnaire::{questions, steps};
use service::access::hash_queue::BoundedQueue;

pub use error_page::{error_page, is_error_page};
pub use exit::{PATH as EXIT, go_away};
pub use render::UnusedNonce;
pub use site::{LanguageFiles, Site};
pub use visit::SameForAll;

/// The state of the page handlers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Forms {
    pub http: HttpState,
    pub site: Arc<Site>,
    /// The queue in which pages wait to be rendered.
    pub render_queue: BoundedQueue,
}

impl FromRef<Forms> for HttpState {
    fn from_ref(forms: &Forms) -> Self {
        forms.http.clone()
    }
}

/// Returns the router of all pages and forms. Any other address gets the "not found" page.
pub fn router(forms: Forms) -> Router {
    let limit = usize::try_from(forms.site.request_bytes).unwrap_or(usize::MAX);
    let door = forms.http.clone();
    let pages = addressed(limit).router.fallback(show::not_found).with_state(forms);
    let drawn = pages.clone();
    pages.layer(middleware::from_fn(move |request, next| {
        language::change(door.clone(), drawn.clone(), request, next)
    }))
}

/// Returns every address that has a page or takes a form, as a route pattern: `/cases/{reference}`.
pub fn addresses() -> Vec<String> {
    addressed(usize::MAX).addresses
}

/// `limit`: the largest form with files, in bytes.
fn addressed(limit: usize) -> RouterWithPaths<Forms> {
    let files = questions::all().filter(|q| steps::takes_files(q.step));
    let router = files.fold(RouterWithPaths::new(), |router, question| {
        let take = takes_files(post(evidence::post).layer(DefaultBodyLimit::max(limit)));
        let path = question.step.path();
        router
            .route(&path, get(show::journey).merge(take))
            .route(&format!("{path}/remove"), post(evidence::remove))
    });
    let router = CaseActionKind::ALL.iter().fold(router, |router, kind| {
        let path = format!("/cases/{{reference}}/{}", kind.slug());
        // Each question that can be added has a form of its own.
        if *kind == CaseActionKind::AddMore {
            let question = format!("{path}/{{slug}}");
            return router
                .route(&path, get(show::case))
                .route(&question, get(add_more::page).post(add_more::post));
        }
        let take = if kind.takes_files() {
            takes_files(post(case_action::post).layer(DefaultBodyLimit::max(limit)))
        } else {
            post(case_action::post)
        };
        router.route(&path, get(show::case).merge(take))
    });
    // Every state of a case, for tests and for people who change the words.
    let router = if cfg!(debug_assertions) {
        router.route("/__gallery", get(show::open))
    } else {
        router
    };
    let people = takes_files(post(authority_document::post).layer(DefaultBodyLimit::max(limit)));
    router
        .route("/", get(show::start))
        .route("/help", get(show::open))
        .route(app::NO_CONNECTION, get(offline::document))
        .route(app::OFFLINE_SHELL, get(offline::document))
        .route("/service-worker.js", get(offline::worker))
        .route("/log/checkpoint", get(log::checkpoint))
        .route("/log/tile/{*tile}", get(log::tile))
        .route("/.well-known/onrecord-keys", get(log::keys))
        .route("/about-this-site", get(show::open))
        .route("/privacy", get(show::open))
        .route("/cookies", get(show::open))
        .route("/accessibility", get(show::open))
        .route("/this-phone", get(this_phone::page).post(this_phone::post))
        .route(exit::PATH, post(exit::post))
        .route("/sign-in", get(show::open).post(sign_in::post))
        .route("/sign-in/email", get(show::open).post(email_code::ask))
        .route("/sign-in/code", get(email_code::page).post(email_code::post))
        .route("/signed-in-devices", get(sessions::page).post(sessions::post))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/language", post(language::choose))
        .route("/cases", get(show::cases))
        .route("/cases/{reference}", get(show::case))
        .route("/cases/{reference}/as-sent", get(show::case))
        .route("/cases/{reference}/people", get(representation::people).merge(people))
        .route(
            "/cases/{reference}/people/{person}",
            get(representation::person).post(representation::person_post),
        )
        .route("/cases/{reference}/receipts/{n}", get(log::receipt))
        .route("/cases/{reference}/contact", get(contact::page).post(contact::post))
        .route("/cases/{reference}/contact/code", get(contact::page).post(contact::code_post))
        .route("/consent/{token}", get(representation::request).post(representation::answer))
        .route("/join", get(representation::join_page).post(representation::join))
        .route("/equality", get(equality::page))
        .route("/equality/questions", get(equality::page).post(equality::post))
        .route("/return", get(show::open).post(resume::code))
        .route("/return/{token}", get(resume::link).post(resume::follow_link))
        .route("/save-and-return", get(save_and_resume::later).post(save_and_resume::save))
        .route(draft_devices::OPEN, get(draft_devices::page).post(draft_devices::post))
        .route(draft_devices::CLOSED, get(draft_devices::closed_page).post(draft_devices::leave))
        .route("/complaint/keep", post(save_and_resume::keep))
        .route("/remove-thing/{issue}", get(show::open).post(step::remove_issue))
        .route("/about-file/{id}", get(file::show).post(file::describe))
        .route("/about-file/{id}/without-place", post(file::without_place))
        .route("/complaint/start-again", post(step::start_again))
        .route(NEW_DRAFT_PATH, get(browser_drafts::another).post(browser_drafts::begin))
        .route(browser_drafts::WHOSE, get(browser_drafts::whose))
        .route(DRAFTS_PATH, get(browser_drafts::list).post(browser_drafts::delete))
        .route("/complaint/dates.ics", get(dates::file))
        .route("/complaint/{slug}", get(show::journey).post(step::post))
}
