//! The copy of the draft on the phone. The record itself, and which tab may change it when, is `device.js`.

mod meeting;

use std::cell::Cell;

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::saving;
use crate::app::components::save_status::Saving;
use crate::app::pages::DraftStore;
use crate::complaint::device::{for_device, stays_off};
use crate::complaint::fields::iso_date;

pub use meeting::begin;

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
    #[wasm_bindgen(js_namespace = device)]
    pub fn asks(form: &JsValue) -> u8;
    #[wasm_bindgen(js_namespace = device)]
    fn received(tell: &Closure<dyn Fn(String)>);
    #[wasm_bindgen(js_namespace = device, js_name = pause)]
    fn pause_or_online(milliseconds: i32) -> js_sys::Promise;
}

thread_local! {
    /// Whether this page is being left already: a second page asked for would break the first off.
    static LEAVING: Cell<bool> = const { Cell::new(false) };
}

/// How far sending had got: Send was selected, or the complaint itself was on its way.
const ASKED: &str = "asked";
const TRIED: &str = "tried";

/// Whether answers are kept on this phone.
#[must_use]
pub fn is_kept() -> bool {
    works()
}

/// Whether everything that is to be kept on this phone is written.
#[must_use]
pub fn is_settled() -> bool {
    settled()
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

/// Waits, or until there is a connection again; whether that was what ended it. The browser may wait longer when the page is in
/// the background.
pub async fn pause(milliseconds: i32) -> bool {
    JsFuture::from(pause_or_online(milliseconds))
        .await
        .is_ok_and(|online| online.is_truthy())
}

/// Whether Send has to wait for files, and whether those move. Files are sent by `public/uploads.js`.
#[must_use]
pub fn files_held() -> Option<Moving> {
    match holds() {
        0 => None,
        held => Some(Moving(held == 1)),
    }
}

/// Whether what waits is on the move.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Moving(pub bool);

/// Takes over what is with us, whenever the queue of files has found out.
pub fn follow_files(store: DraftStore) {
    let tell = Closure::<dyn Fn(String)>::new(move |files: String| {
        if let Ok(files) = serde_json::from_str(&files) {
            store.files.set(files);
            put_down(store);
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

/// Opens a page of the server; whoever asks first decides which.
pub fn open(path: &str) {
    if !LEAVING.replace(true) {
        let _ = window().location().assign(path);
    }
}

/// Opens this page anew.
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
