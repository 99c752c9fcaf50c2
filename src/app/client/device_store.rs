//! The copy of the draft on the device. `device.js` stores the record and coordinates the tabs.

pub(crate) mod reconcile;
use std::cell::Cell;

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::app::client::saving;
use crate::app::draft_store::DraftStore;
use crate::app::draft_store::Saving;
use complaint::fields::iso_date;
use complaint::questionnaire::device_storage::{for_device, stays_off};

pub use reconcile::reconcile;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = device)]
    fn works() -> bool;
    #[wasm_bindgen(js_namespace = device)]
    fn settled() -> bool;
    #[wasm_bindgen(js_namespace = device)]
    pub fn number() -> String;
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
    #[wasm_bindgen(js_namespace = device)]
    fn holds() -> u8;
    #[wasm_bindgen(js_namespace = device, js_name = serverCanRead)]
    pub fn server_can_read(form: &JsValue) -> u8;
    #[wasm_bindgen(js_namespace = device)]
    fn received(tell: &Closure<dyn Fn(String)>);
    #[wasm_bindgen(js_namespace = device, js_name = pause)]
    fn pause_or_online(milliseconds: i32) -> js_sys::Promise;
}

thread_local! {
    /// Whether the page is being left already: a second navigation would cancel the first.
    static LEAVING: Cell<bool> = const { Cell::new(false) };
}

/// The stored progress of sending: Send was selected, or the complaint itself was being sent.
const ASKED: &str = "asked";
const TRIED: &str = "tried";

/// Whether answers are stored on this device.
pub fn is_kept() -> bool {
    works()
}

/// Whether all writes to this device are done.
pub fn is_settled() -> bool {
    settled()
}

/// Stores the draft's current state on the device.
pub fn store_draft(store: DraftStore) {
    if works() {
        keep(&json(store), None, None, None);
    }
}

/// Stores the draft with one answer that the server does not have yet. `mark` is that of the answer it was made from.
pub fn store_unsaved_answer(store: DraftStore, code: &str, body: &str, mark: &str) {
    if works() && !stays_off(code) {
        keep(&json(store), Some(code), Some(body), Some(mark));
    }
}

/// Marks an answer as saved on the server.
pub fn mark_saved(store: DraftStore, code: &str, body: &str) {
    if works() {
        saved(code, body);
        keep(&json(store), None, None, None);
    }
}

/// Records that Send was selected.
pub fn record_send_requested() {
    queue(ASKED);
}

/// Records that the complaint itself is being sent.
pub fn record_send_attempted() {
    queue(TRIED);
}

/// Records that sending was cancelled or has ended.
pub fn record_send_ended() {
    queue("");
}

/// Deletes the draft's record from the device. Nothing more is stored until another page is opened.
pub async fn wipe() {
    let _ = JsFuture::from(wipe_record()).await;
}

/// Returns the draft's id as another tab may have stored it.
pub async fn known_id() -> Option<String> {
    JsFuture::from(id()).await.ok()?.as_string()
}

/// Waits until no other tab is creating a draft. The returned function releases the lock.
pub async fn lock_draft_creation() -> Option<js_sys::Function> {
    JsFuture::from(alone()).await.ok()?.dyn_into().ok()
}

/// Waits some time or until the connection returns, and returns whether it returned. The browser may wait longer when the page is in
/// the background.
pub async fn pause(milliseconds: i32) -> bool {
    JsFuture::from(pause_or_online(milliseconds))
        .await
        .is_ok_and(|online| online.is_truthy())
}

/// Returns whether Send has to wait for files, and whether they are moving. `public/uploads.js` sends the files.
pub fn pending_files() -> Option<PendingFiles> {
    match holds() {
        0 => None,
        held => Some(PendingFiles(held == 1)),
    }
}

/// Whether the waiting files are moving.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PendingFiles(pub bool);

/// Updates the draft's files whenever the upload queue has read them from the server.
pub fn follow_files(store: DraftStore) {
    let tell = Closure::<dyn Fn(String)>::new(move |files: String| {
        if let Some(files) = complaint::json::read(&files) {
            store.files.set(files);
            store_draft(store);
        }
    });
    received(&tell);
    tell.forget();
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

/// Opens a page of the server. Only the first call has an effect.
pub fn open(path: &str) {
    if !LEAVING.replace(true) {
        let _ = window().location().assign(path);
    }
}

fn reload() {
    let _ = window().location().reload();
}

/// Returns the status line for an answer that the server does not have yet.
pub fn waiting() -> Saving {
    Saving::Waiting {
        here: works() && !saving::would_be_lost(),
    }
}

/// Returns the status line for an answer saved on the server at this time.
pub fn saved_status(time: String) -> Saving {
    Saving::Saved { time, here: works() }
}

/// Whether this answer would be lost if the page were closed now.
pub fn would_be_lost(code: &str) -> bool {
    !works() || stays_off(code)
}
