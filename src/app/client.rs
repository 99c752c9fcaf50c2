//! The code that runs in the browser. The questionnaire and the pages of sign-in and of cases are two Wasm modules.

#[cfg(feature = "form")]
pub mod device_store;
#[cfg(feature = "form")]
pub mod files;
pub mod forms;
#[cfg(feature = "form")]
pub mod landlords;
mod language;
#[cfg(feature = "form")]
mod navigation;
#[cfg(feature = "portal")]
pub mod portal;
#[cfg(feature = "form")]
mod questionnaire;
#[cfg(feature = "form")]
pub mod rest;
#[cfg(feature = "form")]
pub mod saving;
#[cfg(feature = "form")]
pub mod sending;

use leptos::prelude::document;
use serde::de::DeserializeOwned;

use crate::app::portal::SERVED_PAGE_ID;
use complaint::json;
pub use language::page_language;
#[cfg(feature = "form")]
pub use questionnaire::{ask_for_clock, continue_from, go, start};

/// Returns the data that came with the page.
fn served_page<T: DeserializeOwned>() -> Option<T> {
    let json = document().get_element_by_id(SERVED_PAGE_ID)?.text_content()?;
    json::read(&json)
}

/// Tests and the bench wait for this attribute; nothing else reads it.
fn mark_alive() {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-alive", "");
    }
}
