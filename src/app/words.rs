//! Sentences, in the language of the page.

use leptos::prelude::use_context;

use crate::text::Language;

/// The language of this page.
#[must_use]
pub fn language() -> Language {
    use_context().unwrap_or_default()
}

/// The sentence of a key.
#[must_use]
pub fn say(key: &str) -> String {
    language().say(key)
}

/// The sentence of a key with its placeholders filled in.
#[must_use]
pub fn say_with<N: AsRef<str>, V: AsRef<str>>(key: &str, values: &[(N, V)]) -> String {
    language().say_with(key, values)
}
