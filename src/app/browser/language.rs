//! The language of the page.

use leptos::prelude::*;

use text::Language;

/// Returns the language that the server wrote into the document.
pub fn page_language() -> Language {
    let tag = document().document_element().and_then(|root| root.get_attribute("lang"));
    tag.and_then(|tag| Language::of_tag(&tag)).unwrap_or_default()
}
