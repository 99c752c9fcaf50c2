//! The sentences that the browser downloads: those that hydrated pages use. Only the server uses the others.

use std::collections::BTreeMap;

use crate::sentences::Sentences;

/// The keys for the questionnaire, each with everything below it. A test compares them with the keys that the browser build can use.
pub const FORM: &[&str] = &[
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

/// The keys for the pages of sign-in and of cases, likewise.
pub const PORTAL: &[&str] = &[
    "authority",
    "case",
    "case_actions",
    "cases",
    "check.labelled",
    "check.landlord_typed",
    "check.not_given",
    "clock",
    "closed_reason",
    "confirmation",
    "contact",
    "date",
    "devices",
    "errors",
    "files",
    "file.preview_of",
    "finding",
    "finding_name",
    "form",
    "letter",
    "list",
    "no_access",
    "not_found",
    "notifications",
    "options",
    "representation",
    "resume.code.hint",
    "save_and_resume.done",
    "sent",
    "sign_in",
    "sign_in_code",
    "sign_in_email",
    "site",
    "status",
    "steps",
    "tasks",
    "timeline",
    "trouble",
    "unavailable",
    "who_acts",
];

/// Returns whether these keys include the sentence of a key.
pub fn has(keys: &[&str], key: &str) -> bool {
    keys.iter()
        .any(|part| key.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
}

/// Returns the JSON object of sentences by key that the browser downloads.
///
/// The browser's JavaScript engine parses it and looks up the keys, so that the Wasm needs no code for either.
pub fn json(sentences: &Sentences, keys: &[&str]) -> String {
    let part: BTreeMap<&String, &String> = sentences.iter().filter(|(key, _)| has(keys, key)).collect();
    serde_json::to_string(&part).unwrap_or_default()
}
