//! The code that runs in the browser: checks on Continue, saving in the background, sending. All calls go to `/api/v1`.

pub mod files;
pub mod forms;
pub mod landlords;
mod language;
pub mod rest;
pub mod saving;
pub mod sending;

pub mod device_store;
mod portal;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;

use crate::app::components::Errors;
use crate::app::components::heading::HEADING_ID;
use crate::app::draft_store::{DraftStore, THEIRS};
use crate::app::portal::{NotProcessed, PortalHandle};
use crate::app::{App, ROOT_ID};
use complaint::{Context, FieldError, Page, QuestionRef, StepId, check_page, questionnaire::steps};
pub use language::page_language;
use text::fetched;

/// Navigates to an address of the portal without a page load.
type Navigate = Rc<dyn Fn(&str)>;

thread_local! {
    /// Whether the page was rendered in the browser, without the server.
    static RENDERED_OFFLINE: Cell<bool> = const { Cell::new(false) };
    static NAVIGATE: RefCell<Option<Navigate>> = const { RefCell::new(None) };
}

/// Hydrates the page with the sentences of its language. An empty document is the stored offline document, in which the page is
/// rendered instead. Called once, by the loader that the build appends to the wasm-bindgen glue.
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
    RENDERED_OFFLINE.set(alone);
    if alone {
        leptos::mount::mount_to(root.unchecked_into(), app).forget();
    } else {
        leptos::mount::hydrate_from(root.unchecked_into(), app).forget();
    }
    // Tests and the bench wait for this attribute; nothing else reads it.
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-alive", "");
    }
}

/// Sets up what the hydrated questionnaire needs: navigation, the focus after a page change, a warning before answers are lost.
pub fn start(store: DraftStore, slug: Memo<String>) {
    let navigate = use_navigate();
    NAVIGATE.with(|n| *n.borrow_mut() = Some(Rc::new(move |to: &str| navigate(to, leptos_router::NavigateOptions::default()))));
    if RENDERED_OFFLINE.get() {
        device_store::reconcile(store, true);
    } else {
        // Only after hydration: until then the page must match what the server rendered.
        leptos::task::spawn_local(async move { device_store::reconcile(store, false) });
    }
    Effect::new(move |before: Option<String>| {
        let now = slug.get();
        if before.is_some_and(|before| before != now) {
            request_animation_frame(focus_heading);
        }
        now
    });
    device_store::follow_files(store);
    let warn = Closure::<dyn Fn(web_sys::BeforeUnloadEvent)>::new(move |event: web_sys::BeforeUnloadEvent| {
        if saving::would_be_lost() || !device_store::is_settled() {
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

/// Navigates to a page of the questionnaire.
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

/// Handles Continue: checks with the server's rules, shows the next page at once, and saves in the background.
pub fn continue_from(
    event: &SubmitEvent,
    place: QuestionRef,
    store: DraftStore,
    errors: Errors,
    trouble: RwSignal<Option<NotProcessed>>,
    checking: bool,
) {
    let mut fields = forms::fields(event);
    if forms::pressed(event).as_deref() == Some(THEIRS) {
        event.prevent_default();
        return saving::keep_other_answer(store, place);
    }
    // The form's other buttons leave the page: without the script that stores the text first, the server does.
    if forms::pressed(event).is_some_and(|action| action != "continue") {
        return;
    }
    if place.step == StepId::Landlord {
        landlords::drop_number_placeholder(&mut fields);
    }
    let mut answers = store.answers.get_untracked();
    let context = Context {
        today: forms::today(store.today.get_untracked()),
        answers: &answers,
    };
    let checked = check_page(place, &fields, &context);
    // The server may read what the browser cannot, so the form is posted to it as without JavaScript. Not while answers that the
    // question depends on are waiting to be saved, and not without a connection.
    let reads = event
        .target()
        .filter(|_| !saving::is_waiting())
        .map_or(0, |form| device_store::server_can_read(&form));
    // An empty field is reported here. A missing part of a date is not, because the whole date may be in another box.
    let typed = |error: &FieldError| !error.code.ends_with("_missing") || error.code.starts_with("date_");
    if reads > 1 || reads > 0 && checked.as_ref().is_err_and(|found| found.iter().any(typed)) {
        return;
    }
    event.prevent_default();
    let checked = match checked {
        Ok(checked) => checked,
        Err(found) => return errors.set(found),
    };
    errors.set(Vec::new());
    // On the page that shows both answers, Continue is the choice between them.
    store
        .conflicts
        .update(|all| all.retain(|(there, _)| checked.iter().all(|answer| answer.place() != *there)));
    if let Some((first, _)) = store.conflicts.with_untracked(|all| all.first().cloned())
        && place.step == StepId::Declaration
    {
        return go(Page::Step(first), false);
    }
    for answer in &checked {
        answers.put(answer.clone());
    }
    store.answers.set(answers.clone());
    for answer in &checked {
        saving::save(store, answer);
    }
    if place.step != StepId::Declaration {
        go(steps::next_page(place, &answers, checking), checking);
    } else if let Some(open) = steps::asked_before_send(&answers) {
        go(Page::Step(open), true);
    } else {
        sending::send(store, trouble);
    }
}
