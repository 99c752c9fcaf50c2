//! The browser's half: checks on Continue, saving in the background, uploads, sending. Everything goes through `/api/v1`.

pub mod forms;
pub mod rest;
pub mod saving;
pub mod sending;
pub mod uploads;

mod portal;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;

use super::components::Errors;
use super::components::heading::HEADING_ID;
use super::pages::DraftStore;
use super::portal::{PortalHandle, Trouble};
use super::{App, ROOT_ID};
use crate::complaint::{Answer, Context, Page, StepId, journey};
use crate::text::{Language, fetched};

/// Goes to an address of ours without a page load.
type Navigate = Rc<dyn Fn(&str)>;

thread_local! {
    static NAVIGATE: RefCell<Option<Navigate>> = const { RefCell::new(None) };
}

/// Brings the page alive, with the sentences of its language. Called once, by the script the build appends to the glue.
#[wasm_bindgen]
pub fn hydrate(sentences: JsValue) {
    console_error_panic_hook::set_once();
    fetched::take(sentences);
    let Some(root) = document().get_element_by_id(ROOT_ID) else {
        return;
    };
    let owner = leptos::mount::hydrate_from(root.unchecked_into(), || {
        let portal: PortalHandle = Arc::new(portal::RestPortal);
        provide_context(portal);
        provide_context(page_language());
        view! { <App/> }
    });
    owner.forget();
    // Tests and the bench wait for this; nothing else reads it.
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-alive", "");
    }
}

/// The language of the page, as the server wrote it into the document.
#[must_use]
pub fn page_language() -> Language {
    let tag = document().document_element().and_then(|root| root.get_attribute("lang"));
    tag.and_then(|tag| Language::of_tag(&tag)).unwrap_or_default()
}

/// What the journey needs once it is alive: ways to move, the focus after a move, a word before unsaved answers are left.
pub fn start(store: DraftStore, slug: Memo<String>) {
    let navigate = use_navigate();
    NAVIGATE.with(|n| *n.borrow_mut() = Some(Rc::new(move |to: &str| navigate(to, leptos_router::NavigateOptions::default()))));
    Effect::new(move |before: Option<String>| {
        let now = slug.get();
        if before.is_some_and(|before| before != now) {
            request_animation_frame(focus_heading);
        }
        now
    });
    let warn = Closure::<dyn Fn(web_sys::BeforeUnloadEvent)>::new(move |event: web_sys::BeforeUnloadEvent| {
        if saving::is_waiting() || uploads::are_waiting(store) {
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
        Page::Step(step) if checking => format!("{}?from=check", step.path()),
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
    step: StepId,
    store: DraftStore,
    errors: Errors,
    trouble: RwSignal<Option<Trouble>>,
    checking: bool,
) {
    event.prevent_default();
    let fields = forms::fields(event);
    let mut answers = store.answers.get_untracked();
    let context = Context {
        today: store.today.get_untracked().unwrap_or_else(forms::local_today),
        answers: &answers,
    };
    let checked = match Answer::from_fields(step, &fields).check(&context) {
        Ok(checked) => checked,
        Err(found) => return errors.set(found),
    };
    errors.set(Vec::new());
    answers.put(checked.clone());
    store.answers.set(answers.clone());
    saving::save(store, &checked);
    if step == StepId::Declaration {
        sending::send(store, trouble);
    } else {
        go(journey::next(step, &answers, checking), checking);
    }
}
