//! The sentences that the browser downloads: those that hydrated pages of the questionnaire use. Only the server uses the others.

use std::collections::BTreeMap;

use crate::sentences::Sentences;

/// The keys, each with everything below it. A test compares them with the keys that the browser build can use.
pub const KEYS: &[&str] = &[
    "check",
    "clock.answer",
    "clock.hazard",
    "clock.late",
    "clock.route",
    "date",
    "errors",
    "files",
    "form",
    "kept",
    "landlords",
    "letter",
    "list",
    "no_draft",
    "not_found",
    "offline.change",
    "offline.queued",
    "offline.saved",
    "offline.try_now",
    "offline.unknown",
    "options",
    "save",
    "site.back",
    "site.help",
    "site.name",
    "start.button",
    "start.elsewhere",
    "steps",
    "tasks",
    "trouble",
    "unavailable",
];

/// Returns whether the browser gets the sentence of a key.
pub fn has(key: &str) -> bool {
    KEYS.iter()
        .any(|part| key.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
}

/// Returns the JSON object of sentences by key that the browser downloads.
///
/// The browser's JavaScript engine parses it and looks up the keys, so that the Wasm needs no code for either.
pub fn json(sentences: &Sentences) -> String {
    let part: BTreeMap<&String, &String> = sentences.iter().filter(|(key, _)| has(key)).collect();
    serde_json::to_string(&part).unwrap_or_default()
}
