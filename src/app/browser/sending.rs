//! Send: once everything is with us, the complaint itself; however often, one complaint.

use std::cell::Cell;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::rest::{self, Failure};
use super::{saving, uploads};
use crate::app::components::save_status::Saving;
use crate::app::pages::DraftStore;
use crate::app::portal::Trouble;
use crate::complaint::Page;

/// How long Send waits for answers and files that are still on their way, in tries of [`STEP`] milliseconds each,
/// before it says that the complaint is not sent yet.
const TRIES: u32 = 100;
const STEP: i32 = 200;

thread_local! {
    static SENDING: Cell<bool> = const { Cell::new(false) };
}

/// Sends the complaint, then opens the receipt. A second press while it is on its way does nothing.
pub fn send(store: DraftStore, trouble: RwSignal<Option<Trouble>>) {
    if SENDING.replace(true) {
        return;
    }
    trouble.set(None);
    spawn_local(async move {
        let sent = try_to_send(store).await;
        SENDING.set(false);
        match sent {
            // A page load, so that the receipt stands in the history and can be loaded again.
            Ok(()) => {
                let _ = window().location().assign(&Page::Sent.path());
            }
            // Something is missing with us that this page believes is there: the check page as the server has it says what.
            Err(Failure::Refused(_)) => {
                let _ = window().location().assign(&Page::CheckAnswers.path());
            }
            Err(Failure::Gone | Failure::Later) => {
                store.saving.set(Saving::Quiet);
                trouble.set(Some(Trouble::NotSent));
                request_animation_frame(focus_trouble);
            }
        }
    });
}

async fn try_to_send(store: DraftStore) -> Result<(), Failure> {
    store.saving.set(Saving::Sending);
    let mut tries = 0;
    while saving::is_waiting() || uploads::are_waiting(store) {
        // Uploads may take as long as they take while they move; answers are small.
        if saving::is_waiting() || uploads::are_stuck(store) {
            tries += 1;
        }
        if tries > TRIES {
            return Err(Failure::Later);
        }
        saving::pause(STEP).await;
    }
    store.saving.set(Saving::Sending);
    let id = saving::draft_id(store).await?;
    rest::submit(&id).await
}

fn focus_trouble() {
    use wasm_bindgen::JsCast;
    if let Some(notice) = document().get_element_by_id("trouble") {
        let _ = notice.unchecked_into::<web_sys::HtmlElement>().focus();
    }
}
