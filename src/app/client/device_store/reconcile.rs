//! Reconciles the record stored on the device with the draft on the server.

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;
use time::Date;

use crate::app::client::device_store::{TRIED, begin_with, found, json, open, pause, reload, store_draft, wipe, works};
use crate::app::client::rest::{self, Failure};
use crate::app::client::{saving, sending};
use crate::app::client_state::SendState;
use crate::app::draft_store::DraftStore;
use complaint::Page;
use complaint::fields::iso_date;
use complaint::questionnaire::device_storage::with_waiting;
use contract::{DraftView, FileView};

/// The record that was stored on the device when the page opened.
#[derive(Deserialize)]
struct Kept {
    #[serde(default)]
    id: Option<String>,
    #[serde(default, with = "iso_date::option")]
    today: Option<Date>,
    #[serde(default)]
    queue: String,
    /// JSON within JSON: if a question has changed since, the rest can still be read.
    answers: String,
    files: Vec<FileView>,
    waiting: Vec<(String, String)>,
    /// For each waiting answer, the mark of the answer it was made from.
    #[serde(default)]
    seen: Vec<(String, String)>,
}

/// Reconciles the stored record with the draft that the page came with, once, when the questionnaire opens. Answers that the server does
/// not have win, and are saved. `alone` means that the page was rendered without the server.
pub fn reconcile(store: DraftStore, alone: bool) {
    store.device.is_offline_render.set(alone);
    saving::record_saved_answers(&store.answers.get_untracked());
    let kept = if works() { complaint::json::read::<Kept>(&found()) } else { None };
    let Some(kept) = kept else {
        if alone {
            spawn_local(poll_server_draft(store));
        }
        return;
    };
    let ours = store.id.get_untracked();
    if kept.id.is_some() && ours.is_some() && ours != kept.id {
        // Another complaint has replaced the stored one, here or by a resume link from another device.
        return begin_with(&json(store));
    }
    let is_waiting = !kept.waiting.is_empty() || !kept.queue.is_empty();
    if ours.is_none() && !alone && kept.id.is_some() && !is_waiting {
        // The page came without a draft: it is gone, or the server could not read it. Nothing is lost by finding out first.
        spawn_local(poll_server_draft(store));
        return;
    }
    let before = store.answers.get_untracked();
    let known = if ours.is_some() {
        before.clone()
    } else {
        store.id.set(kept.id);
        store.files.set(kept.files);
        if kept.today.is_some() {
            store.today.set(kept.today);
        }
        complaint::json::read(&kept.answers).unwrap_or_default()
    };
    let now = with_waiting(&known, &kept.waiting);
    let changed = now != before;
    store.answers.set(now);
    store_draft(store);
    saving::resume_saving(store, kept.waiting, kept.seen);
    if alone {
        spawn_local(poll_server_draft(store));
    }
    if !kept.queue.is_empty() {
        store.device.queue.set(SendState::Waiting);
        sending::resume(store, kept.queue == TRIED);
    }
    if (changed && !alone) || !kept.queue.is_empty() {
        store.device.redraw();
    }
}

/// Asks the server for its draft until it answers whether there is one.
async fn poll_server_draft(store: DraftStore) {
    let mut wait = 15_000;
    loop {
        match rest::current_draft().await {
            Ok(draft) => return adopt_server_draft(store, draft).await,
            // A connection that has just returned is seldom stable.
            Err(Failure::Later) => wait = if pause(wait).await { 1_000 } else { 15_000 },
            Err(_) => return without_draft(store).await,
        }
    }
}

async fn adopt_server_draft(store: DraftStore, draft: DraftView) {
    // The page was rendered without any draft, so re-rendering it loses nothing typed.
    let is_first = store.id.with_untracked(Option::is_none);
    if draft.sent.is_some() {
        wipe().await;
        return open(&Page::Sent.path());
    }
    if store.id.with_untracked(|id| id.as_ref().is_some_and(|id| *id != draft.id)) {
        // The device has a record of another complaint than the one that this browser's cookie names now.
        wipe().await;
        return reload();
    }
    store.id.set(Some(draft.id));
    store.files.set(draft.files);
    store.today.set(Some(draft.today));
    saving::record_saved_answers(&draft.answers);
    store.answers.set(with_waiting(&draft.answers, &saving::waiting()));
    store.device.is_offline_render.set(false);
    store_draft(store);
    if is_first {
        store.device.redraw();
    }
}

/// Handles the server's answer that there is no draft.
async fn without_draft(store: DraftStore) {
    let alone = store.device.is_offline_render.get_untracked();
    store.device.is_offline_render.set(false);
    let is_known = store.id.with_untracked(Option::is_some);
    if saving::is_waiting() || store.device.queue.get_untracked() != SendState::Empty {
        // The save queue finds out as well, and creates another draft with all answers.
        return;
    }
    // The draft has expired or was deleted, so its copy is deleted too.
    begin_with("{}");
    if alone && is_known {
        wipe().await;
        reload();
    } else if alone {
        store.device.redraw();
    }
}
