//! What is said of a file, and the copy without its place, without leaving the page.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;

use super::local::{self, pause};
use super::rest::{self, Failure};
use super::saving;
use crate::app::components::Errors;
use crate::app::components::file_list::DESCRIBE;
use crate::app::components::save_status::Saving;
use crate::app::pages::DraftStore;
use crate::complaint::description::{CAPTION, Description, SHOWS, at_field_of, field_id};
use crate::complaint::{FieldError, Fields};

/// The wait after a failed try, in milliseconds.
const WAIT: i32 = 3_000;

/// One of a file's forms was sent: it is called something, or a copy of it is to be made without the place.
pub fn submit(event: &SubmitEvent, id: &str, store: DraftStore, errors: Errors, given: StoredValue<Fields>) {
    event.prevent_default();
    let id = id.to_owned();
    let action = event
        .target()
        .and_then(|form| form.dyn_into::<web_sys::Element>().ok())
        .and_then(|form| form.get_attribute("action"));
    let said = action.is_some_and(|action| action.ends_with(DESCRIBE)).then(|| Description {
        caption: typed(&field_id(CAPTION, &id)),
        shows: typed(&field_id(SHOWS, &id)),
    });
    if let Some(said) = &said
        && let Err(wrong) = said.check()
    {
        // What was typed stands in the form that comes back with the errors.
        let typed = [("id", &id), (CAPTION, &said.caption), (SHOWS, &said.shows)];
        given.set_value(Fields(typed.map(|(name, value)| (name.to_owned(), value.clone())).to_vec()));
        errors.set(wrong.into_iter().map(|error| at_field_of(&id, error)).collect());
        return;
    }
    given.set_value(Fields::default());
    errors.set(Vec::new());
    spawn_local(change(store, errors, id, said));
}

/// Asks until there is an answer, and shows the file as it is then. `said`: what it is called; a copy is asked for without.
async fn change(store: DraftStore, errors: Errors, id: String, said: Option<Description>) {
    let name = store
        .files
        .with_untracked(|files| files.iter().find(|f| f.id == id).map(|f| f.filename.clone()));
    loop {
        let done = match &said {
            Some(said) => rest::describe_upload(&id, said).await,
            None => rest::copy_without_place(&id).await,
        };
        match done {
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
                let code = if said.is_some() { "file_not_changed" } else { "file_place_stays" };
                errors.set(vec![FieldError::new("files", code).with("filename", name.unwrap_or_default())]);
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
                // Not below what sticks to the top.
                item.scroll_into_view();
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
