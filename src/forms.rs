//! Page handlers: the pages, and the forms they post. They work without JavaScript.
//!
//! An accepted form is answered with 303 to the next page. A rejected form is answered with the same page, what was typed, and the
//! errors. Its status is 422 for an invalid answer, 429 for too many requests, 503 if the answer could not be saved.
//! `service` decides what happens to a complaint; this module only translates between it and HTTP.

mod accepted;
mod act;
mod acting;
mod addresses;
mod body;
mod contact;
mod dates;
mod devices;
mod draft_devices;
mod email_code;
mod equality;
mod error_page;
mod evidence;
mod exit;
mod file;
mod held_drafts;
mod landlord;
mod language;
mod multipart;
mod offline;
mod pages;
mod paper;
mod portal;
mod render;
mod returning;
mod save_for_later;
mod sign_in;
mod site;
mod step;
mod this_phone;
mod trouble;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef};
use axum::middleware;
use axum::routing::{get, post};

use crate::app;
use crate::door::DoorState;
use crate::door::arrival::takes_files;
use crate::door::draft_number::{LIST, NEW};
use addresses::Addressed;
use complaint::act::ActKind;
use complaint::form::Choice;
use complaint::{journey, questions};
use service::queue::BoundedQueue;

pub use error_page::{error_page, is_error_page};
pub use exit::{PATH as EXIT, go_away};
pub use site::{LanguageFiles, Site};

/// The state of the page handlers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Forms {
    pub door: DoorState,
    pub site: Arc<Site>,
    /// The queue in which pages wait to be rendered.
    pub drawing: BoundedQueue,
}

impl FromRef<Forms> for DoorState {
    fn from_ref(forms: &Forms) -> Self {
        forms.door.clone()
    }
}

/// Returns the router of all pages and forms. Any other address gets the "not found" page.
pub fn router(forms: Forms) -> Router {
    let limit = usize::try_from(forms.site.request_bytes).unwrap_or(usize::MAX);
    let door = forms.door.clone();
    let pages = addressed(limit).router.fallback(pages::not_found).with_state(forms);
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
fn addressed(limit: usize) -> Addressed<Forms> {
    let files = questions::all().filter(|q| journey::takes_files(q.step));
    let router = files.fold(Addressed::new(), |router, question| {
        let take = takes_files(post(evidence::post).layer(DefaultBodyLimit::max(limit)));
        let path = question.step.path();
        router
            .route(&path, get(pages::journey).merge(take))
            .route(&format!("{path}/remove"), post(evidence::remove))
    });
    let router = ActKind::ALL.iter().fold(router, |router, kind| {
        let path = format!("/cases/{{reference}}/{}", kind.slug());
        let take = if kind.takes_files() {
            takes_files(post(act::post).layer(DefaultBodyLimit::max(limit)))
        } else {
            post(act::post)
        };
        router.route(&path, get(pages::case).merge(take))
    });
    let people = takes_files(post(paper::post).layer(DefaultBodyLimit::max(limit)));
    router
        .route("/", get(pages::start))
        .route("/help", get(pages::open))
        .route(app::NO_CONNECTION, get(offline::document))
        .route(app::OFFLINE_SHELL, get(offline::document))
        .route("/service-worker.js", get(offline::worker))
        .route("/about-this-site", get(pages::open))
        .route("/this-phone", get(this_phone::page).post(this_phone::post))
        .route(exit::PATH, post(exit::post))
        .route("/sign-in", get(pages::open).post(sign_in::post))
        .route("/sign-in/email", get(pages::open).post(email_code::ask))
        .route("/sign-in/code", get(email_code::page).post(email_code::post))
        .route("/signed-in-devices", get(devices::page).post(devices::post))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/language", post(language::choose))
        .route("/cases", get(pages::cases))
        .route("/cases/{reference}", get(pages::case))
        .route("/cases/{reference}/as-sent", get(pages::case))
        .route("/cases/{reference}/people", get(acting::people).merge(people))
        .route("/cases/{reference}/people/{person}", get(acting::person).post(acting::person_post))
        .route("/cases/{reference}/contact", get(contact::page).post(contact::post))
        .route("/cases/{reference}/contact/code", get(contact::code_page).post(contact::code_post))
        .route("/consent/{token}", get(acting::request).post(acting::answer))
        .route("/join", get(acting::join_page).post(acting::join))
        .route("/equality", get(equality::page))
        .route("/equality/questions", get(equality::page).post(equality::post))
        .route("/return", get(pages::open).post(returning::code))
        .route("/return/{token}", get(returning::link).post(returning::follow_link))
        .route("/save-and-return", get(save_for_later::later).post(save_for_later::save))
        .route(draft_devices::OPEN, get(draft_devices::page).post(draft_devices::post))
        .route(draft_devices::CLOSED, get(draft_devices::closed_page).post(draft_devices::leave))
        .route("/complaint/keep", post(save_for_later::keep))
        .route("/remove-thing/{issue}", get(pages::open).post(step::remove_issue))
        .route("/about-file/{id}", get(pages::open).post(file::describe))
        .route("/about-file/{id}/without-place", post(file::without_place))
        .route("/complaint/start-again", post(step::start_again))
        .route(NEW, get(held_drafts::another).post(held_drafts::begin))
        .route(held_drafts::WHOSE, get(held_drafts::whose))
        .route(LIST, get(held_drafts::list).post(held_drafts::delete))
        .route("/complaint/dates.ics", get(dates::file))
        .route("/complaint/{slug}", get(pages::journey).post(step::post))
}
