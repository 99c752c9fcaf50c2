//! The browser's half: checks on Continue, saving in the background, sending. Everything goes through `/api/v1`.

pub mod files;
pub mod forms;
pub mod landlords;
mod language;
pub mod local;
pub mod rest;
pub mod saving;
pub mod sending;

mod portal;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;

use super::components::Errors;
use super::components::heading::HEADING_ID;
use super::pages::{DraftStore, THEIRS};
use super::portal::{PortalHandle, Trouble};
use super::{App, ROOT_ID};
use crate::complaint::{Context, FieldError, Page, Place, StepId, check, journey};
use crate::text::fetched;
pub use language::page_language;

/// Goes to an address of ours without a page load.
type Navigate = Rc<dyn Fn(&str)>;

thread_local! {
    /// Whether the page was drawn here, without the server.
    static ALONE: Cell<bool> = const { Cell::new(false) };
    static NAVIGATE: RefCell<Option<Navigate>> = const { RefCell::new(None) };
}

/// Brings the page alive, with the sentences of its language; or draws it where the document is empty: then it is the one that is
/// kept for when there is no connection. Called once, by the script the build appends to the glue.
#[wasm_bindgen]
pub fn hydrate(sentences: JsValue) {
    fetched::take(sentences);
    let Some(root) = document().get_element_by_id(ROOT_ID) else {
        return;
    };
    let app = || {
        let portal: PortalHandle = Arc::new(portal::NoServer);
        provide_context(portal);
        provide_context(page_language());
        view! { <App/> }
    };
    let alone = root.has_attribute("data-empty");
    ALONE.set(alone);
    if alone {
        leptos::mount::mount_to(root.unchecked_into(), app).forget();
    } else {
        leptos::mount::hydrate_from(root.unchecked_into(), app).forget();
    }
    // Tests and the bench wait for this; nothing else reads it.
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-alive", "");
    }
}

/// What the journey needs once it is alive: ways to move, the focus after a move, a word before unsaved answers are left.
pub fn start(store: DraftStore, slug: Memo<String>) {
    let navigate = use_navigate();
    NAVIGATE.with(|n| *n.borrow_mut() = Some(Rc::new(move |to: &str| navigate(to, leptos_router::NavigateOptions::default()))));
    if ALONE.get() {
        local::begin(store, true);
    } else {
        // Once the page is alive: until then it has to be as the server drew it.
        leptos::task::spawn_local(async move { local::begin(store, false) });
    }
    Effect::new(move |before: Option<String>| {
        let now = slug.get();
        if before.is_some_and(|before| before != now) {
            request_animation_frame(focus_heading);
        }
        now
    });
    local::follow_files(store);
    let warn = Closure::<dyn Fn(web_sys::BeforeUnloadEvent)>::new(move |event: web_sys::BeforeUnloadEvent| {
        if saving::would_be_lost() || !local::is_settled() {
            event.prevent_default();
        }
    });
    window().set_onbeforeunload(Some(warn.as_ref().unchecked_ref()));
    warn.forget();
}

fn focus_heading() {
    window().scroll_to_with_x_and_y(0.0, 0.0);
    if let Some(heading) = document().get_element_by_id(HEADING_ID) {
        let _ = heading.unchecked_into::<web_sys::HtmlElement>().focus();
    }
}

/// Goes to a page of the journey.
pub fn go(page: Page, checking: bool) {
    let path = match page {
        Page::Step(place) if checking => format!("{}?from=check", place.path()),
        page => page.path(),
    };
    NAVIGATE.with(|n| {
        if let Some(navigate) = n.borrow().clone() {
            navigate(&path);
        }
    });
}

/// Continue: the same rules as on the server, then the next page at once; saving goes on behind it.
pub fn continue_from(
    event: &SubmitEvent,
    place: Place,
    store: DraftStore,
    errors: Errors,
    trouble: RwSignal<Option<Trouble>>,
    checking: bool,
) {
    let mut fields = forms::fields(event);
    if forms::pressed(event).as_deref() == Some(THEIRS) {
        event.prevent_default();
        return saving::leave_theirs(store, place);
    }
    if place.step == StepId::Landlord {
        landlords::settle(&mut fields);
    }
    let mut answers = store.answers.get_untracked();
    let context = Context {
        today: forms::today(store.today.get_untracked()),
        answers: &answers,
    };
    let checked = check(place, &fields, &context);
    // What was typed and cannot be read here, the server may read all the same: the form is posted to it, as without a script. Not
    // before it knows the answers that the question depends on, and not without a connection.
    let asks = event
        .target()
        .filter(|_| !saving::is_waiting())
        .map_or(0, |form| local::asks(&form));
    // An empty field is told here. A part of a date may be missing because all of it stands in another box.
    let typed = |error: &FieldError| !error.code.ends_with("_missing") || error.code.starts_with("date_");
    if asks > 1 || asks > 0 && checked.as_ref().is_err_and(|found| found.iter().any(typed)) {
        return;
    }
    event.prevent_default();
    let checked = match checked {
        Ok(checked) => checked,
        Err(found) => return errors.set(found),
    };
    errors.set(Vec::new());
    // Continue on the page that shows both answers is the choice between them.
    store.conflicts.update(|all| all.retain(|(there, _)| *there != place));
    if let Some((first, _)) = store.conflicts.with_untracked(|all| all.first().cloned())
        && place.step == StepId::Declaration
    {
        return go(Page::Step(first), false);
    }
    answers.put(checked.clone());
    store.answers.set(answers.clone());
    saving::save(store, &checked);
    if place.step == StepId::Declaration {
        sending::send(store, trouble);
    } else {
        go(journey::next(place, &answers, checking), checking);
    }
}
