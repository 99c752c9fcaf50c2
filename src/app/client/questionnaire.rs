//! The questionnaire in the browser: checks on Continue, saving in the background, sending. All calls go to `/api/v1`.

use std::borrow::Cow;
use std::cell::Cell;

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;

use crate::app::client::{device_store, forms, landlords, navigation, page_language, rest, saving, sending, served_page};
use crate::app::components::Errors;
use crate::app::components::heading::HEADING_ID;
use crate::app::draft_store::{DraftStore, THEIRS};
use crate::app::page_response::OpenInstead;
use crate::app::portal::{NotProcessed, PageData, PageDataHandle, ServedClock, ServedPage};
use crate::app::{JourneyPage, ROOT_ID};
use complaint::clock::{Clock, ClockInput};
use complaint::{Answers, Context, FieldError, Page, QuestionRef, StepId, check_page, questionnaire::steps};
use text::fetched;

thread_local! {
    /// Whether the page was rendered in the browser, without the server.
    static RENDERED_OFFLINE: Cell<bool> = const { Cell::new(false) };
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
        // The stored offline document has no data: `device_store` adds the record stored on the device, and then asks the server for its draft.
        let served = served_page().unwrap_or(ServedPage {
            draft: Cow::Owned(Ok(None)),
            rejected: Cow::Owned(None),
            clock: Cow::Owned(None),
        });
        provide_context(PageDataHandle(StoredValue::new(PageData::Draft(served.draft.into_owned()))));
        provide_context(ServedClock(StoredValue::new(served.clock.into_owned())));
        if let Some(rejected) = served.rejected.into_owned() {
            provide_context(rejected);
        }
        provide_context(navigation::start());
        provide_context(OpenInstead(open_instead));
        provide_context(page_language());
        view! { <JourneyPage/> }
    };
    let alone = root.has_attribute("data-empty");
    RENDERED_OFFLINE.set(alone);
    if alone {
        leptos::mount::mount_to(root.unchecked_into(), app).forget();
    } else {
        leptos::mount::hydrate_from(root.unchecked_into(), app).forget();
    }
    super::mark_alive();
}

/// Sets up what the hydrated questionnaire needs: navigation, the focus after a page change, a warning before answers are lost.
pub fn start(store: DraftStore, slug: Memo<String>) {
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

/// Asks the server for the complaint clock, if the page does not have it.
pub fn ask_for_clock(clock: RwSignal<Option<Clock>>, answers: &Answers) {
    if clock.with_untracked(Option::is_none) {
        let input = ClockInput::from(answers);
        leptos::task::spawn_local(async move {
            if let Ok(found) = rest::complaint_clock(&input).await {
                clock.try_set(Some(found));
            }
        });
    }
}

/// Opens a page instead of the one that is being rendered.
fn open_instead(path: &str) {
    let path = path.to_owned();
    // The receipt is a page of the server.
    leptos::task::spawn_local(async move {
        if path == Page::Sent.path() {
            device_store::open(&path);
        } else {
            navigation::replace(&path);
        }
    });
}

pub(super) fn focus_heading() {
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
    navigation::go(&path);
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
