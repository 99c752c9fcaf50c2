//! The language of the page.

use leptos::prelude::*;

use crate::text::Language;

/// The language of the page, as the server wrote it into the document.
#[must_use]
pub fn page_language() -> Language {
    let tag = document().document_element().and_then(|root| root.get_attribute("lang"));
    tag.and_then(|tag| Language::of_tag(&tag)).unwrap_or_default()
}
