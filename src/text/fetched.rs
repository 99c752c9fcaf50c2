//! The sentences in the browser: those of the page's language, which it fetched beside the Wasm. They stay in the browser's
//! own memory; looking one up is asking the browser.

use std::cell::RefCell;

use wasm_bindgen::JsValue;

thread_local! {
    static SENTENCES: RefCell<JsValue> = const { RefCell::new(JsValue::UNDEFINED) };
}

/// Takes the object of sentences by key that was fetched. Called once, before any page is made.
pub fn take(sentences: JsValue) {
    SENTENCES.set(sentences);
}

/// The sentence of a key.
pub(super) fn find(_: u8, key: &str) -> Option<String> {
    SENTENCES.with_borrow(|sentences| js_sys::Reflect::get(sentences, &key.into()).ok()?.as_string())
}
