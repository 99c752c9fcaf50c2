//! Removing files. `public/uploads.js` sends them.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::app::client::device_store::{self, pause};
use crate::app::client::rest::{self, Failure};
use crate::app::client::saving;
use crate::app::draft_store::DraftStore;
use crate::app::draft_store::Saving;

/// The wait after a failed attempt, in milliseconds.
const WAIT: i32 = 3_000;

/// Removes a file from the server and from the page.
pub fn remove(event: &leptos::ev::SubmitEvent, id: &str, store: DraftStore) {
    event.prevent_default();
    let id = id.to_owned();
    spawn_local(async move {
        loop {
            match rest::remove_upload(&id).await {
                Ok(()) | Err(Failure::Gone) => break,
                Err(Failure::Refused(_) | Failure::Changed) => return,
                Err(Failure::Later) => {
                    store.saving.set(Saving::Waiting { here: false });
                    pause(WAIT).await;
                }
            }
        }
        store.files.update(|files| files.retain(|f| f.id != id));
        device_store::store_draft(store);
        if matches!(store.saving.get_untracked(), Saving::Waiting { .. }) && !saving::is_waiting() {
            store.saving.set(Saving::Idle);
        }
    });
}
