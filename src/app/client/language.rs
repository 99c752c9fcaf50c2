//! The language of the page.

use leptos::prelude::*;

use text::Language;

/// Returns the language that the server wrote into the document.
///
/// The Wasm for production and for the browser tests has no pseudo-languages. It treats a page in one of them as English, whose plural
/// forms they share; the sentences are those of the page's own file.
pub fn page_language() -> Language {
    let tag = document().document_element().and_then(|root| root.get_attribute("lang"));
    tag.and_then(|tag| Language::of_tag(&tag)).unwrap_or_default()
}
