//! Sending files one after another, with their progress, until each is with us or refused.

use std::cell::RefCell;
use std::collections::VecDeque;

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::page_language;
use super::rest::{self, Failure};
use super::saving::{self, pause};
use crate::app::components::file_list::Upload;
use crate::app::components::save_status::Saving;
use crate::app::pages::DraftStore;
use crate::complaint::view::FileView;

/// The wait after a failed try, in milliseconds.
const WAIT: i32 = 3_000;

#[derive(Default)]
struct Queue {
    waiting: VecDeque<(u32, web_sys::File)>,
    last_key: u32,
    running: bool,
}

thread_local! {
    static QUEUE: RefCell<Queue> = RefCell::default();
}

/// Whether files are still on their way.
#[must_use]
pub fn are_waiting(_: DraftStore) -> bool {
    QUEUE.with_borrow(|q| !q.waiting.is_empty())
}

/// Whether the file in hand is not moving for want of a connection.
#[must_use]
pub fn are_stuck(store: DraftStore) -> bool {
    store
        .uploads
        .with_untracked(|list| list.iter().any(|u| u.percent < 100 && u.problem.is_some()))
}

/// Files were chosen: they are sent at once, and the field is emptied so that Continue does not post them again.
pub fn chosen(event: &leptos::ev::Event, store: DraftStore) {
    if let Some(input) = event.target().and_then(|t| t.dyn_into::<web_sys::HtmlInputElement>().ok()) {
        take(&input, store);
    }
}

/// Takes the files out of a field.
pub fn take(input: &web_sys::HtmlInputElement, store: DraftStore) {
    let Some(files) = input.files() else { return };
    // What was refused before has been read by now.
    store
        .uploads
        .update(|list| list.retain(|u| QUEUE.with_borrow(|q| q.waiting.iter().any(|(key, _)| *key == u.key))));
    for i in 0..files.length() {
        let Some(file) = files.get(i) else { continue };
        let key = QUEUE.with_borrow_mut(|q| {
            q.last_key += 1;
            let key = q.last_key;
            q.waiting.push_back((key, file.clone()));
            key
        });
        let bytes = whole(file.size());
        store.uploads.update(|list| {
            list.push(Upload {
                key,
                name: file.name(),
                bytes,
                percent: 0,
                problem: None,
            });
        });
    }
    input.set_value("");
    let start = QUEUE.with_borrow_mut(|q| !q.waiting.is_empty() && !std::mem::replace(&mut q.running, true));
    if start {
        spawn_local(run(store));
    }
}

/// Takes a file away, here and with us.
pub fn remove(event: &leptos::ev::SubmitEvent, id: &str, store: DraftStore) {
    event.prevent_default();
    let id = id.to_owned();
    spawn_local(async move {
        loop {
            match rest::remove_upload(&id).await {
                Ok(()) | Err(Failure::Gone) => break,
                Err(Failure::Refused(_)) => return,
                Err(Failure::Later) => {
                    store.saving.set(Saving::Waiting);
                    pause(WAIT).await;
                }
            }
        }
        store.files.update(|files| files.retain(|f| f.id != id));
        if store.saving.get_untracked() == Saving::Waiting && !saving::is_waiting() {
            store.saving.set(Saving::Quiet);
        }
    });
}

async fn run(store: DraftStore) {
    while let Some((key, file)) = QUEUE.with_borrow(|q| q.waiting.front().cloned()) {
        match send(store, key, &file).await {
            Ok(received) => {
                forget(key);
                store.uploads.update(|list| list.retain(|u| u.key != key));
                store.files.update(|files| files.push(received));
            }
            Err(Failure::Later) => {
                change(store, key, |u| u.problem = Some(page_language().say("files.trying_again")));
                pause(WAIT).await;
            }
            Err(Failure::Gone) => {
                store.id.set(None);
                pause(WAIT).await;
            }
            Err(Failure::Refused(why)) => {
                forget(key);
                let values = [("filename", file.name())];
                let why = why.unwrap_or_else(|| page_language().say_with("errors.file_not_stored", &values));
                change(store, key, |u| {
                    u.percent = 100;
                    u.problem = Some(why);
                });
            }
        }
    }
    QUEUE.with_borrow_mut(|q| q.running = false);
}

fn forget(key: u32) {
    QUEUE.with_borrow_mut(|q| q.waiting.retain(|(k, _)| *k != key));
}

fn change(store: DraftStore, key: u32, by: impl FnOnce(&mut Upload)) {
    store.uploads.update(|list| {
        if let Some(upload) = list.iter_mut().find(|u| u.key == key) {
            by(upload);
        }
    });
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the browser counts bytes in a double"
)]
fn whole(number: f64) -> u64 {
    number.max(0.0) as u64
}

fn base64(text: &str) -> String {
    let binary: String = text.bytes().map(char::from).collect();
    window().btoa(&binary).unwrap_or_default()
}

/// One file in one request. `XMLHttpRequest`, since `fetch` does not tell how much has been sent.
async fn send(store: DraftStore, key: u32, file: &web_sys::File) -> Result<FileView, Failure> {
    let draft = saving::draft_id(store).await?;
    let request = web_sys::XmlHttpRequest::new().map_err(|_| Failure::Later)?;
    let prepared = prepare(&request, &draft, file);
    if prepared.is_err() {
        return Err(Failure::Refused(None));
    }
    let progress = Closure::<dyn FnMut(web_sys::ProgressEvent)>::new(move |event: web_sys::ProgressEvent| {
        let total = event.total().max(1.0);
        let percent = u8::try_from(whole(event.loaded() * 100.0 / total)).unwrap_or(100).min(99);
        change(store, key, |u| {
            u.percent = percent;
            u.problem = None;
        });
    });
    if let Ok(upload) = request.upload() {
        upload.set_onprogress(Some(progress.as_ref().unchecked_ref()));
    }
    let ended = js_sys::Promise::new(&mut |resolve, _| request.set_onloadend(Some(&resolve)));
    request.send_with_opt_blob(Some(file)).map_err(|_| Failure::Later)?;
    let _ = JsFuture::from(ended).await;
    let status = request.status().unwrap_or(0);
    let body = request.response_text().ok().flatten().unwrap_or_default();
    match status {
        200..=299 => serde_json::from_str(&body).map_err(|_| Failure::Refused(None)),
        // No status at all: the connection was lost.
        0 => Err(Failure::Later),
        status => Err(rest::failure(status, &body)),
    }
}

fn prepare(request: &web_sys::XmlHttpRequest, draft: &str, file: &web_sys::File) -> Result<(), JsValue> {
    let metadata = format!(
        "filename {},filetype {},draft {},purpose {}",
        base64(&file.name()),
        base64(&file.type_()),
        base64(draft),
        base64("evidence")
    );
    request.open("POST", "/api/v1/uploads")?;
    request.set_request_header("Tus-Resumable", "1.0.0")?;
    request.set_request_header("Upload-Length", &whole(file.size()).to_string())?;
    request.set_request_header("Upload-Metadata", &metadata)?;
    request.set_request_header("Content-Type", "application/offset+octet-stream")
}
