//! Send: once everything is with us, the complaint itself. Without a connection it stays on the phone and is sent when there is
//! one again; however often, one complaint, because the draft can become one only.

use std::cell::Cell;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::local::{self, Moving, pause};
use super::rest::{self, Failure};
use super::saving;
use crate::app::components::save_status::Saving;
use crate::app::device::Queue;
use crate::app::pages::DraftStore;
use crate::app::portal::Trouble;
use crate::complaint::Page;

/// How long Send waits for answers that are still on their way, and for files we do not know of yet, in tries of [`STEP`] milliseconds each,
/// before it says that the complaint is not sent yet.
const TRIES: u32 = 100;
const STEP: i32 = 200;

/// The wait before a queued complaint is tried again, in milliseconds; a connection that comes back ends it.
const WAIT: i32 = 5_000;

thread_local! {
    static SENDING: Cell<bool> = const { Cell::new(false) };
    /// Whether the complaint itself was on its way at least once: then it may be with us without our knowing.
    static TRIED: Cell<bool> = const { Cell::new(false) };
    /// Whether Send was taken back while it was being tried.
    static STOPPED: Cell<bool> = const { Cell::new(false) };
}

/// Sends the complaint, then opens the receipt. A second press while it is on its way does nothing.
pub fn send(store: DraftStore, trouble: RwSignal<Option<Trouble>>) {
    if SENDING.replace(true) {
        if STOPPED.replace(false) {
            local::send_asked();
            show(store, Queue::Waiting);
            try_now();
        }
        return;
    }
    trouble.set(None);
    if local::is_kept() {
        local::send_asked();
    }
    spawn_local(until_sent(store, trouble));
}

/// Goes on with sending that an earlier page began.
pub fn resume(store: DraftStore, tried: bool) {
    TRIED.set(tried);
    if !SENDING.replace(true) {
        spawn_local(until_sent(store, RwSignal::new(None)));
    }
}

/// Send is taken back; what is on its way already arrives or does not.
pub fn stop(store: DraftStore) {
    STOPPED.set(SENDING.get());
    local::send_over();
    show(store, Queue::Empty);
}

/// Tries now rather than later.
pub fn try_now() {
    if let Ok(event) = web_sys::Event::new("online") {
        let _ = window().dispatch_event(&event);
    }
}

async fn until_sent(store: DraftStore, trouble: RwSignal<Option<Trouble>>) {
    loop {
        match try_to_send(store).await {
            Ok(()) => {
                local::wipe().await;
                // A page load, so that the receipt stands in the history and can be loaded again.
                local::open(&Page::Sent.path());
                break;
            }
            // Something is missing with us that this page believes is there: the check page as the server has it says what.
            Err(Failure::Refused(_) | Failure::Changed) => {
                local::send_over();
                local::open(&Page::CheckAnswers.path());
                break;
            }
            // The draft is gone. It may have become a complaint whose receipt is not shown any more.
            Err(Failure::Gone) if TRIED.get() => {
                local::send_over();
                show(store, Queue::Unknown);
                break;
            }
            Err(Failure::Gone) => saving::all_over_again(store),
            Err(Failure::Later) if local::is_kept() => {
                if store.device.queue.get_untracked() != Queue::Waiting {
                    show(store, Queue::Waiting);
                }
                until_worth_trying().await;
                if STOPPED.replace(false) {
                    break;
                }
            }
            Err(Failure::Later) => {
                store.saving.set(Saving::Quiet);
                trouble.set(Some(Trouble::NotSent));
                request_animation_frame(focus_trouble);
                break;
            }
        }
    }
    SENDING.set(false);
}

/// Waits a while, but no longer than until the answers are with us.
async fn until_worth_trying() {
    if !saving::is_waiting() {
        pause(WAIT).await;
        return;
    }
    for _ in 0..WAIT / STEP {
        pause(STEP).await;
        if !saving::is_waiting() {
            return;
        }
    }
}

fn show(store: DraftStore, queue: Queue) {
    store.device.queue.set(queue);
    store.device.redraw();
    request_animation_frame(super::focus_heading);
}

async fn try_to_send(store: DraftStore) -> Result<(), Failure> {
    let mut tries = 0;
    loop {
        // Files may come later: it is enough that we know of each.
        let files = local::files_held();
        if !saving::is_waiting() && files.is_none() {
            break;
        }
        let files_stuck = files == Some(Moving(false));
        let stuck = matches!(store.saving.get_untracked(), Saving::Waiting { .. }) || files_stuck;
        if stuck && local::is_kept() {
            return Err(Failure::Later);
        }
        if !stuck {
            store.saving.set(Saving::Sending);
        }
        // Files may take as long as they take while they move; answers are small.
        if saving::is_waiting() || files_stuck {
            tries += 1;
        }
        if tries > TRIES {
            return Err(Failure::Later);
        }
        pause(STEP).await;
    }
    if store.device.queue.get_untracked() == Queue::Empty {
        store.saving.set(Saving::Sending);
    }
    let id = saving::draft_id(store).await?;
    local::send_tried();
    TRIED.set(true);
    rest::submit(&id).await
}

fn focus_trouble() {
    use wasm_bindgen::JsCast;
    if let Some(notice) = document().get_element_by_id("trouble") {
        let _ = notice.unchecked_into::<web_sys::HtmlElement>().focus();
    }
}
