//! The sentences in the browser: those of the page's language, downloaded beside the Wasm.
//!
//! They stay in a JavaScript object; each lookup is a call to JavaScript.

use std::cell::RefCell;

use wasm_bindgen::JsValue;

thread_local! {
    static SENTENCES: RefCell<JsValue> = const { RefCell::new(JsValue::UNDEFINED) };
}

/// Stores the downloaded object of sentences by key. Must be called once, before any page is rendered.
pub fn take(sentences: JsValue) {
    SENTENCES.set(sentences);
}

pub(crate) fn find(_: u8, key: &str) -> Option<String> {
    SENTENCES.with_borrow(|sentences| js_sys::Reflect::get(sentences, &key.into()).ok()?.as_string())
}
