//! The language of the page, and choosing another without losing what is typed.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;

use super::forms;
use crate::app::pages::FORM_ID;
use crate::text::Language;

/// The language of the page, as the server wrote it into the document.
#[must_use]
pub fn page_language() -> Language {
    let tag = document().document_element().and_then(|root| root.get_attribute("lang"));
    tag.and_then(|tag| Language::of_tag(&tag)).unwrap_or_default()
}

/// From now on, choosing a language on the page of a question sends what is typed there along, and the page comes back with it.
/// The page may become another one, so the buttons no longer belong to the form that was there at first.
pub(super) fn keep_words() {
    let Ok(Some(switch)) = document().query_selector(".or-language-switch") else {
        return;
    };
    while let Ok(Some(button)) = switch.query_selector("[form]") {
        let _ = button.remove_attribute("form");
    }
    let chosen = Closure::<dyn Fn(web_sys::SubmitEvent)>::new(|event: web_sys::SubmitEvent| {
        let tag = event.submitter().and_then(|button| button.get_attribute("value"));
        if tag.is_some_and(|tag| send(&tag).is_some()) {
            event.prevent_default();
        }
    });
    let _ = switch.add_event_listener_with_callback("submit", chosen.as_ref().unchecked_ref());
    chosen.forget();
}

/// Posts the question's form with the language, as a page load. A form of its own, so that Enter in a field stays Continue.
fn send(tag: &str) -> Option<()> {
    let question: web_sys::HtmlFormElement = document().get_element_by_id(FORM_ID)?.unchecked_into();
    // Files are sent when they are chosen; there is nothing else on such a page.
    if question.get_attribute("enctype").is_some() {
        return None;
    }
    let form: web_sys::HtmlFormElement = document().create_element("form").ok()?.unchecked_into();
    form.set_attribute("method", "post").ok()?;
    form.set_attribute("action", &question.get_attribute("action")?).ok()?;
    let typed = forms::all(&question).0;
    for (name, value) in typed.iter().map(|(n, v)| (n.as_str(), v.as_str())).chain([("language", tag)]) {
        let field: web_sys::HtmlInputElement = document().create_element("input").ok()?.unchecked_into();
        field.set_attribute("type", "hidden").ok()?;
        field.set_attribute("name", name).ok()?;
        field.set_value(value);
        form.append_child(&field).ok()?;
    }
    document().body()?.append_child(&form).ok()?;
    form.submit().ok()
}
