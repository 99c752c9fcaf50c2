//! Translated sentences, in the language of the page.

use leptos::prelude::use_context;

use text::Language;

/// Returns the language of the page from context.
pub fn language() -> Language {
    use_context().unwrap_or_default()
}

/// Returns the sentence of a key.
pub fn say(key: &str) -> String {
    language().say(key)
}

/// Returns the sentence of a key with its placeholders filled in.
pub fn say_with<N: AsRef<str>, V: AsRef<str>>(key: &str, values: &[(N, V)]) -> String {
    language().say_with(key, values)
}
