//! What is said of a file, and the copy without its place, without leaving the page.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;

use super::local::{self, pause};
use super::rest::{self, Failure};
use super::saving;
use crate::app::components::Errors;
use crate::app::components::save_status::Saving;
use crate::app::pages::DraftStore;
use crate::complaint::FieldError;
use crate::complaint::description::{CAPTION, Description, SHOWS, at_field_of, field_id};
use crate::complaint::view::FileView;

/// The wait after a failed try, in milliseconds.
const WAIT: i32 = 3_000;

/// Notes what a file is called and what it shows, here and with us.
pub fn describe(event: &SubmitEvent, id: &str, store: DraftStore, errors: Errors) {
    event.prevent_default();
    let said = Description {
        caption: typed(&field_id(CAPTION, id)),
        shows: typed(&field_id(SHOWS, id)),
    };
    let said = match said.check() {
        Ok(said) => said,
        Err(wrong) => {
            errors.set(wrong.into_iter().map(|error| at_field_of(id, error)).collect());
            return;
        }
    };
    errors.set(Vec::new());
    let id = id.to_owned();
    spawn_local(async move {
        let refused = FieldError::new("files", "file_not_changed");
        change(store, errors, &id, refused, async || rest::describe_upload(&id, &said).await).await;
    });
}

/// Has a copy made that does not say where a photo was taken.
pub fn copy_without_place(event: &SubmitEvent, id: &str, store: DraftStore, errors: Errors) {
    event.prevent_default();
    errors.set(Vec::new());
    let id = id.to_owned();
    spawn_local(async move {
        let refused = FieldError::new("files", "file_place_stays");
        change(store, errors, &id, refused, async || rest::copy_without_place(&id).await).await;
    });
}

/// Asks until there is an answer, and shows the file as it is then.
async fn change(store: DraftStore, errors: Errors, id: &str, refused: FieldError, ask: impl AsyncFn() -> Result<FileView, Failure>) {
    let name = store
        .files
        .with_untracked(|files| files.iter().find(|f| f.id == id).map(|f| f.filename.clone()));
    loop {
        match ask().await {
            Ok(changed) => {
                store.files.update(|files| {
                    if let Some(file) = files.iter_mut().find(|f| f.id == id) {
                        *file = changed;
                    }
                });
                break;
            }
            Err(Failure::Gone) => {
                store.files.update(|files| files.retain(|f| f.id != id));
                break;
            }
            Err(Failure::Refused(_) | Failure::Changed) => {
                errors.set(vec![refused.with("filename", name.unwrap_or_default())]);
                return;
            }
            Err(Failure::Later) => {
                store.saving.set(Saving::Waiting { here: false });
                pause(WAIT).await;
            }
        }
    }
    local::put_down(store);
    if matches!(store.saving.get_untracked(), Saving::Waiting { .. }) && !saving::is_waiting() {
        store.saving.set(Saving::Quiet);
    }
    // The list was drawn anew: who used a button of it goes on from the file.
    request_animation_frame({
        let item = format!("file-{id}");
        move || {
            if let Some(item) = document()
                .get_element_by_id(&item)
                .and_then(|item| item.dyn_into::<web_sys::HtmlElement>().ok())
            {
                let _ = item.focus();
            }
        }
    });
}

/// What stands in a field now.
fn typed(id: &str) -> String {
    let value = |field: &web_sys::Element| js_sys::Reflect::get(field, &"value".into()).ok()?.as_string();
    document().get_element_by_id(id).and_then(|field| value(&field)).unwrap_or_default()
}
