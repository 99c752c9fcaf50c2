//! Checks the dependencies between modules in the source, and a few things that may stand in one file only.

use std::fs;
use std::path::{Path, PathBuf};

/// Each module and the modules it may use.
const ARROWS: &[(&str, &[&str])] = &[
    ("complaint", &[]),
    ("text", &["complaint"]),
    ("app", &["complaint", "text"]),
    ("record", &["complaint"]),
    ("evidence", &["complaint", "record"]),
    ("notify", &["complaint", "text", "record"]),
    ("service", &["complaint", "text", "record", "evidence", "notify"]),
    ("door", &["complaint", "text", "record", "evidence", "notify", "service"]),
    (
        "forms",
        &["complaint", "text", "app", "record", "evidence", "notify", "service", "door"],
    ),
    ("api", &["complaint", "text", "record", "evidence", "notify", "service", "door"]),
    (
        "server",
        &[
            "complaint",
            "text",
            "app",
            "record",
            "evidence",
            "notify",
            "service",
            "door",
            "forms",
            "api",
        ],
    ),
];

/// The modules that the browser downloads, so that every part of them costs bytes.
const SHARED: [&str; 3] = ["complaint", "text", "app"];

/// Crates that cost hundreds of kilobytes of Wasm.
const TOO_HEAVY: [&str; 5] = ["regex", "validator", "url", "chrono", "jiff"];

/// The only file that may write a raw `<textarea>`: Leptos does not escape the text in one.
const TEXTAREA: &str = "app/components/textarea.rs";

/// Returns the module of a file, by its path below `src`, or `None` for `lib.rs`, `main.rs` and the files of `main`.
fn room(path: &str) -> Option<&'static str> {
    let first = path.split('/').next()?.trim_end_matches(".rs");
    ARROWS.iter().map(|(room, _)| *room).find(|room| *room == first)
}

/// Returns every violation in one file.
fn violations(path: &str, source: &str) -> Vec<String> {
    let Some(room) = room(path) else { return Vec::new() };
    let code = source.lines().map(without_comment).collect::<Vec<_>>().join("\n");
    let allowed = ARROWS
        .iter()
        .find(|(name, _)| *name == room)
        .map_or(&[][..], |(_, allowed)| allowed);
    let mut found = Vec::new();
    for known in known(&code) {
        let is_room = ARROWS.iter().any(|(name, _)| *name == known);
        if is_room && known != room && !allowed.contains(&known.as_str()) {
            found.push(format!("{path}: `{room}` must not know `{known}`"));
        }
    }
    if code.contains("<textarea") && path != TEXTAREA && room == "app" {
        found.push(format!("{path}: only {TEXTAREA} may write a raw text area"));
    }
    if SHARED.contains(&room) {
        for heavy in TOO_HEAVY {
            if code.contains(&format!("{heavy}::")) {
                found.push(format!("{path}: `{heavy}` is too heavy for the browser"));
            }
        }
    }
    found
}

/// Returns a line up to its comment. URLs in strings have two slashes too, but no space before them.
fn without_comment(line: &str) -> &str {
    let trimmed = line.trim_start();
    if trimmed.starts_with("//") {
        return "";
    }
    line.split(" // ").next().unwrap_or(line)
}

/// Returns the first names after `crate::` and `onrecord::`, those in braces included.
fn known(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for root in ["crate::", "onrecord::"] {
        for (at, _) in code.match_indices(root) {
            let rest = &code[at + root.len()..];
            match rest.strip_prefix('{') {
                Some(list) => names.extend(heads(list)),
                None => names.push(head(rest)),
            }
        }
    }
    names
}

fn head(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// Returns the first name of each item of a list in braces, which may itself contain lists.
fn heads(list: &str) -> Vec<String> {
    let (mut depth, mut names) = (0, vec![head(list)]);
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(head(&list[at + 1..])),
            _ => {}
        }
    }
    names
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found
}

#[test]
fn arrows_point_one_way() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = sources(&src);
    assert!(files.len() > 50, "the source is where this test looks for it");
    let found: Vec<String> = files
        .iter()
        .flat_map(|path| {
            let name = path.strip_prefix(&src).expect("below src").to_string_lossy().replace('\\', "/");
            violations(&name, &fs::read_to_string(path).expect("readable"))
        })
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_room_of_the_library_has_its_arrows() {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).expect("readable");
    let rooms = lib
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod "))
        .map(|line| line.trim_end_matches(';'));
    for room in rooms {
        assert!(ARROWS.iter().any(|(name, _)| *name == room), "say in ARROWS what `{room}` may know");
    }
}

#[test]
fn a_wrong_arrow_is_caught_however_it_is_written() {
    for (path, source) in [
        ("complaint/steps/role.rs", "use crate::service::Services;"),
        ("record.rs", "use crate::{complaint::Status, evidence::{self, Files}};"),
        ("service/drafts.rs", "let door = crate::door::language(headers);"),
        ("app/pages/start.rs", "use crate::{\n    complaint,\n    record,\n};"),
        ("forms/step.rs", "    crate::server::run::serve(config)"),
        ("api/problem.rs", "use crate::forms;"),
        ("app/pages/steps.rs", "view! { <textarea>{text}</textarea> }"),
        ("complaint/fields/email.rs", "let pattern = regex::Regex::new(text);"),
    ] {
        assert_eq!(violations(path, source).len(), 1, "{path}: {source}");
    }
    for (path, source) in [
        ("forms/step.rs", "use crate::{app::portal, door::DoorState, service::drafts};"),
        ("complaint/steps.rs", "// as crate::service does\nuse crate::complaint::Fields;"),
        ("app/components/textarea.rs", "view! { <textarea></textarea> }"),
        ("main.rs", "use onrecord::server;"),
    ] {
        assert_eq!(violations(path, source), Vec::<String>::new(), "{path}");
    }
}
