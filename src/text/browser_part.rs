//! Which sentences the browser fetches: those the journey says once it is alive. All others are said on the server alone.

use std::collections::BTreeMap;

use super::sentences::Sentences;

/// The keys, each alone or with all below it. A test holds them against what the code of the browser's half can ask for.
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

/// Whether the browser gets the sentence of a key.
#[must_use]
pub fn has(key: &str) -> bool {
    KEYS.iter()
        .any(|part| key.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
}

/// What the browser fetches: one JSON object of sentences by key. The browser itself reads it and looks keys up in it, so
/// that the Wasm needs no code for either.
#[must_use]
pub fn json(sentences: &Sentences) -> String {
    let part: BTreeMap<&String, &String> = sentences.iter().filter(|(key, _)| has(key)).collect();
    serde_json::to_string(&part).unwrap_or_default()
}
