//! Send: saves all answers, then sends the complaint. Without a connection the complaint stays on the device and is sent when there is
//! one. Repeated sending creates one complaint only, because a draft can become only one.

use std::cell::Cell;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::app::client::device_store::{self, PendingFiles, pause};
use crate::app::client::rest::{self, Failure};
use crate::app::client::saving;
use crate::app::client_state::SendState;
use crate::app::draft_store::DraftStore;
use crate::app::draft_store::Saving;
use crate::app::portal::NotProcessed;
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
pub fn send(store: DraftStore, trouble: RwSignal<Option<NotProcessed>>) {
    if SENDING.replace(true) {
        if STOPPED.replace(false) {
            device_store::record_send_requested();
            show(store, SendState::Waiting);
            try_now();
        }
        return;
    }
    trouble.set(None);
    if device_store::is_kept() {
        device_store::record_send_requested();
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
    device_store::record_send_ended();
    show(store, SendState::Empty);
}

/// Ends the current wait, so that the next attempt starts now.
pub fn try_now() {
    if let Ok(event) = web_sys::Event::new("online") {
        let _ = window().dispatch_event(&event);
    }
}

async fn until_sent(store: DraftStore, trouble: RwSignal<Option<NotProcessed>>) {
    loop {
        match try_to_send(store).await {
            Ok(()) => {
                device_store::wipe().await;
                // A page load, so that the receipt is in the browser's history and can be reloaded.
                device_store::open(&Page::Sent.path());
                break;
            }
            // The server misses an answer that this page believes saved. The check page, as the server renders it, says which.
            Err(Failure::Refused(_) | Failure::Changed) => {
                device_store::record_send_ended();
                device_store::open(&Page::CheckAnswers.path());
                break;
            }
            // The draft is gone. It may have become a complaint whose receipt is no longer shown.
            Err(Failure::Gone) if TRIED.get() => {
                device_store::record_send_ended();
                show(store, SendState::Unknown);
                break;
            }
            Err(Failure::Gone) => saving::requeue_all_answers(store),
            Err(Failure::Later) if device_store::is_kept() => {
                if store.device.queue.get_untracked() != SendState::Waiting {
                    show(store, SendState::Waiting);
                }
                until_worth_trying().await;
                if STOPPED.replace(false) {
                    break;
                }
            }
            Err(Failure::Later) => {
                store.saving.set(Saving::Idle);
                trouble.set(Some(NotProcessed::NotSent));
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

fn show(store: DraftStore, queue: SendState) {
    store.device.queue.set(queue);
    store.device.redraw();
    request_animation_frame(crate::app::client::questionnaire::focus_heading);
}

async fn try_to_send(store: DraftStore) -> Result<(), Failure> {
    let mut tries = 0;
    loop {
        // Files may arrive later: it is enough that the server knows of each.
        let files = device_store::pending_files();
        if !saving::is_waiting() && files.is_none() {
            break;
        }
        let files_stuck = files == Some(PendingFiles(false));
        let stuck = matches!(store.saving.get_untracked(), Saving::Waiting { .. }) || files_stuck;
        if stuck && device_store::is_kept() {
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
    if store.device.queue.get_untracked() == SendState::Empty {
        store.saving.set(Saving::Sending);
    }
    let id = saving::draft_id(store).await?;
    device_store::record_send_attempted();
    TRIED.set(true);
    rest::submit(&id).await
}

fn focus_trouble() {
    use wasm_bindgen::JsCast;
    if let Some(notice) = document().get_element_by_id("trouble") {
        let _ = notice.unchecked_into::<web_sys::HtmlElement>().focus();
    }
}
