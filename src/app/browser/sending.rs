//! Send: saves all answers, then sends the complaint. Without a connection the complaint stays on the device and is sent when there is
//! one. Repeated sending creates one complaint only, because a draft can become only one.

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
use complaint::Page;

/// How many tries of [`STEP`] milliseconds Send makes before it reports "not sent yet". It waits for unsaved answers, and for files
/// not announced to the server yet.
const TRIES: u32 = 100;
const STEP: i32 = 200;

/// The wait before a queued complaint is tried again, in milliseconds. A returning connection ends it.
const WAIT: i32 = 5_000;

thread_local! {
    static SENDING: Cell<bool> = const { Cell::new(false) };
    /// Whether the complaint itself was being sent at least once. If so, the server may have it without this page knowing.
    static TRIED: Cell<bool> = const { Cell::new(false) };
    /// Whether the person cancelled sending while an attempt was running.
    static STOPPED: Cell<bool> = const { Cell::new(false) };
}

/// Sends the complaint, then opens the receipt. A second press during an attempt only undoes a cancellation.
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

/// Resumes sending that an earlier page began.
pub fn resume(store: DraftStore, tried: bool) {
    TRIED.set(tried);
    if !SENDING.replace(true) {
        spawn_local(until_sent(store, RwSignal::new(None)));
    }
}

/// Cancels sending. An attempt that is already running may still succeed.
pub fn stop(store: DraftStore) {
    STOPPED.set(SENDING.get());
    local::send_over();
    show(store, Queue::Empty);
}

/// Ends the current wait, so that the next attempt starts now.
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
                // A page load, so that the receipt is in the browser's history and can be reloaded.
                local::open(&Page::Sent.path());
                break;
            }
            // The server misses an answer that this page believes saved. The check page, as the server renders it, says which.
            Err(Failure::Refused(_) | Failure::Changed) => {
                local::send_over();
                local::open(&Page::CheckAnswers.path());
                break;
            }
            // The draft is gone. It may have become a complaint whose receipt is no longer shown.
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

/// Waits before the next attempt, but no longer than until all answers are saved.
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
        // Files may arrive later: it is enough that the server knows of each.
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
        // Files may take as long as they need while they move; answers are small.
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
