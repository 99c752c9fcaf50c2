//! Saving each page behind the person's back, in order, until it is done.

use std::cell::RefCell;
use std::collections::VecDeque;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::rest::{self, Failure};
use crate::app::components::save_status::Saving;
use crate::app::pages::DraftStore;
use crate::complaint::{Answers, CheckedAnswer, Place};

/// The first wait after a failed try, in milliseconds; it doubles up to the last.
const FIRST_WAIT: i32 = 1_000;
const LAST_WAIT: i32 = 15_000;

#[derive(Default)]
struct Queue {
    /// Answers not with us yet: a number to tell them apart, the step, its JSON body.
    waiting: VecDeque<(u32, Place, String)>,
    last_number: u32,
    running: bool,
}

thread_local! {
    static QUEUE: RefCell<Queue> = RefCell::default();
}

/// Whether any answer is not with us yet.
#[must_use]
pub fn is_waiting() -> bool {
    QUEUE.with_borrow(|q| !q.waiting.is_empty())
}

/// Puts an answer in the queue; a newer answer to the same question takes the place of an older one.
pub fn save(store: DraftStore, checked: &CheckedAnswer) {
    add(checked.place(), checked.to_json());
    let start = QUEUE.with_borrow_mut(|q| !std::mem::replace(&mut q.running, true));
    if start {
        spawn_local(run(store));
    }
}

fn add(place: Place, json: String) {
    QUEUE.with_borrow_mut(|q| {
        q.waiting.retain(|(_, s, _)| *s != place);
        q.last_number += 1;
        let number = q.last_number;
        q.waiting.push_back((number, place, json));
    });
}

/// The id of the draft; made with us when there is none yet.
///
/// # Errors
/// Those of making one.
pub async fn draft_id(store: DraftStore) -> Result<String, Failure> {
    if let Some(id) = store.id.get_untracked() {
        return Ok(id);
    }
    let id = rest::create_draft().await?;
    store.id.set(Some(id.clone()));
    Ok(id)
}

async fn run(store: DraftStore) {
    let mut wait = FIRST_WAIT;
    while let Some((number, place, json)) = QUEUE.with_borrow(|q| q.waiting.front().cloned()) {
        if store.saving.get_untracked() != Saving::Waiting {
            store.saving.set(Saving::Saving);
        }
        match try_one(store, place, &json).await {
            Ok(time) => {
                forget(number);
                wait = FIRST_WAIT;
                store.saving.set(Saving::Saved(time));
            }
            Err(Failure::Gone) => {
                // The draft expired or was deleted elsewhere: everything still in hand goes into a new one.
                store.id.set(None);
                add_all(store);
                pause(FIRST_WAIT).await;
            }
            Err(Failure::Refused(_)) => {
                // The service knows a rule this page does not. The check page will ask for the answer again.
                forget(number);
                store.saving.set(Saving::Waiting);
            }
            Err(Failure::Later) => {
                store.saving.set(Saving::Waiting);
                pause(wait).await;
                wait = (wait * 2).min(LAST_WAIT);
            }
        }
    }
    QUEUE.with_borrow_mut(|q| q.running = false);
}

async fn try_one(store: DraftStore, place: Place, json: &str) -> Result<String, Failure> {
    let id = draft_id(store).await?;
    let saved = rest::save_answer(&id, place, json).await?;
    store.today.set(Some(saved.today));
    Ok(saved.saved.time)
}

fn forget(number: u32) {
    QUEUE.with_borrow_mut(|q| q.waiting.retain(|(n, _, _)| *n != number));
}

fn add_all(store: DraftStore) {
    for (place, json) in store.answers.with_untracked(Answers::bodies) {
        add(place, json);
    }
}

/// Waits; the browser may wait longer when the page is in the background.
pub async fn pause(milliseconds: i32) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
    });
    let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
}
