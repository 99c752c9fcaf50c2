//! The copy of the draft on the phone, and bringing it together with the draft that is with us. The record itself, and which
//! tab may change it when, is `device.js`.

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;
use time::Date;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::rest::{self, Failure};
use super::{saving, sending};
use crate::app::components::save_status::Saving;
use crate::app::device::Queue;
use crate::app::pages::DraftStore;
use crate::complaint::Page;
use crate::complaint::device::{for_device, stays_off, with_waiting};
use crate::complaint::fields::iso_date;
use crate::complaint::view::{DraftView, FileView};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = device)]
    fn works() -> bool;
    #[wasm_bindgen(js_namespace = device)]
    fn found() -> String;
    #[wasm_bindgen(js_namespace = device)]
    fn keep(draft: &str, code: Option<&str>, body: Option<&str>, mark: Option<&str>);
    #[wasm_bindgen(js_namespace = device, js_name = begin)]
    fn begin_with(draft: &str);
    #[wasm_bindgen(js_namespace = device)]
    fn saved(code: &str, body: &str);
    #[wasm_bindgen(js_namespace = device)]
    fn queue(state: &str);
    #[wasm_bindgen(js_namespace = device, js_name = wipe)]
    fn wipe_record() -> js_sys::Promise;
    #[wasm_bindgen(js_namespace = device)]
    fn id() -> js_sys::Promise;
    #[wasm_bindgen(js_namespace = device)]
    fn alone() -> js_sys::Promise;
    #[wasm_bindgen(js_namespace = device, js_name = pause)]
    fn pause_or_online(milliseconds: i32) -> js_sys::Promise;
}

/// What was on the phone when the page opened.
#[derive(Deserialize)]
struct Kept {
    #[serde(default)]
    id: Option<String>,
    #[serde(default, with = "iso_date::option")]
    today: Option<Date>,
    #[serde(default)]
    queue: String,
    /// JSON within JSON: where a question has changed since, the rest can still be read.
    answers: String,
    files: Vec<FileView>,
    waiting: Vec<(String, String)>,
    /// For each of those, the mark of the answer it was made from.
    #[serde(default)]
    seen: Vec<(String, String)>,
}

/// How far sending had got: Send was selected, or the complaint itself was on its way.
const ASKED: &str = "asked";
const TRIED: &str = "tried";

/// Whether answers are kept on this phone.
#[must_use]
pub fn is_kept() -> bool {
    works()
}

/// Puts the draft down as it is in hand.
pub fn put_down(store: DraftStore) {
    if works() {
        keep(&json(store), None, None, None);
    }
}

/// The same, and that one answer is not with us yet. `mark` is that of the answer it was made from.
pub fn put_down_waiting(store: DraftStore, code: &str, body: &str, mark: &str) {
    if works() && !stays_off(code) {
        keep(&json(store), Some(code), Some(body), Some(mark));
    }
}

/// An answer is with us.
pub fn is_with_us(store: DraftStore, code: &str, body: &str) {
    if works() {
        saved(code, body);
        keep(&json(store), None, None, None);
    }
}

/// Send was selected.
pub fn send_asked() {
    queue(ASKED);
}

/// The complaint itself goes on its way now.
pub fn send_tried() {
    queue(TRIED);
}

/// Send was taken back, or is over.
pub fn send_over() {
    queue("");
}

/// Takes everything off the phone. Nothing is put down on it any more until another page is opened.
pub async fn wipe() {
    let _ = JsFuture::from(wipe_record()).await;
}

/// The id of the draft as another tab may have put it down.
pub async fn known_id() -> Option<String> {
    JsFuture::from(id()).await.ok()?.as_string()
}

/// Waits until no other tab makes a draft; the function lets the next one.
pub async fn turn() -> Option<js_sys::Function> {
    JsFuture::from(alone()).await.ok()?.dyn_into().ok()
}

/// Waits, or until there is a connection again. The browser may wait longer when the page is in the background.
pub async fn pause(milliseconds: i32) {
    let _ = JsFuture::from(pause_or_online(milliseconds)).await;
}

fn json(store: DraftStore) -> String {
    let text = |value: Option<String>| serde_json::to_string(&value).unwrap_or_else(|_| "null".into());
    let id = text(store.id.get_untracked());
    let today = text(store.today.get_untracked().map(iso_date::format));
    let files = store
        .files
        .with_untracked(|files| serde_json::to_string(files).unwrap_or_else(|_| "[]".into()));
    let answers = store.answers.with_untracked(for_device);
    format!(r#"{{"id":{id},"today":{today},"files":{files},"answers":{answers}}}"#)
}

/// Brings what is on the phone together with what the page came with, once, when the journey opens: what is not with us yet
/// wins, and is saved. `alone` when the page was drawn without the server.
pub fn begin(store: DraftStore, alone: bool) {
    store.device.is_alone.set(alone);
    saving::known(&store.answers.get_untracked());
    let kept = if works() {
        serde_json::from_str::<Kept>(&found()).ok()
    } else {
        None
    };
    let Some(kept) = kept else {
        if alone {
            spawn_local(look_again(store));
        }
        return;
    };
    let ours = store.id.get_untracked();
    if kept.id.is_some() && ours.is_some() && ours != kept.id {
        // Another complaint has taken its place, here or by a link from another device.
        return begin_with(&json(store));
    }
    let is_waiting = !kept.waiting.is_empty() || !kept.queue.is_empty();
    if ours.is_none() && !alone && kept.id.is_some() && !is_waiting {
        // The page came without a draft: gone, or only out of reach. Nothing is lost by finding out first.
        spawn_local(look_again(store));
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
        serde_json::from_str(&kept.answers).unwrap_or_default()
    };
    let now = with_waiting(&known, &kept.waiting);
    let changed = now != before;
    store.answers.set(now);
    put_down(store);
    saving::go_on(store, kept.waiting, kept.seen);
    if alone {
        spawn_local(look_again(store));
    }
    if !kept.queue.is_empty() {
        store.device.queue.set(Queue::Waiting);
        sending::resume(store, kept.queue == TRIED);
    }
    if (changed && !alone) || !kept.queue.is_empty() {
        store.device.redraw();
    }
}

/// Asks for the draft that is with us, until it is known whether there is one.
async fn look_again(store: DraftStore) {
    loop {
        match rest::current_draft().await {
            Ok(draft) => return meet(store, draft).await,
            Err(Failure::Later) => pause(15_000).await,
            Err(_) => return without_draft(store).await,
        }
    }
}

async fn meet(store: DraftStore, draft: DraftView) {
    let is_first = store.device.is_alone.get_untracked() && store.id.with_untracked(Option::is_none);
    if draft.sent.is_some() {
        wipe().await;
        return open(&Page::Sent.path());
    }
    if store.id.with_untracked(|id| id.as_ref().is_some_and(|id| *id != draft.id)) {
        // The phone has another complaint than the one this browser speaks for now.
        wipe().await;
        return reload();
    }
    store.id.set(Some(draft.id));
    store.files.set(draft.files);
    store.today.set(Some(draft.today));
    saving::known(&draft.answers);
    store.answers.set(with_waiting(&draft.answers, &saving::waiting()));
    store.device.is_alone.set(false);
    put_down(store);
    if is_first {
        store.device.redraw();
    }
}

/// There is no draft with us.
async fn without_draft(store: DraftStore) {
    let alone = store.device.is_alone.get_untracked();
    store.device.is_alone.set(false);
    let is_known = store.id.with_untracked(Option::is_some);
    if saving::is_waiting() || store.device.queue.get_untracked() != Queue::Empty {
        // Saving finds out, and makes another draft with everything in hand.
        return;
    }
    // It has expired, or was taken away: so is its copy.
    begin_with("{}");
    if alone && is_known {
        wipe().await;
        reload();
    } else if alone {
        store.device.redraw();
    }
}

/// Opens a page of the server.
pub fn open(path: &str) {
    let _ = window().location().assign(path);
}

fn reload() {
    let _ = window().location().reload();
}

/// The state of the line that says where an answer is.
#[must_use]
pub fn waiting() -> Saving {
    Saving::Waiting {
        here: works() && !saving::would_be_lost(),
    }
}

/// The same for one that is with us.
#[must_use]
pub fn with_us(time: String) -> Saving {
    Saving::Saved { time, here: works() }
}

/// Whether an answer would be gone if the page were closed now.
#[must_use]
pub fn would_be_lost(code: &str) -> bool {
    !works() || stays_off(code)
}
