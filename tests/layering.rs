//! Rules about the source that the compiler cannot check. The division into crates enforces the rest: see ARCHITECTURE.md.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The parts of the application that only the server has. Pages must not use them, because they run in the browser too.
const SERVER_ONLY: [&str; 6] = ["record::", "evidence::", "notify::", "service::", "crate::server", "crate::http"];

/// Crates that cost hundreds of kilobytes of Wasm.
const TOO_HEAVY: [&str; 5] = ["regex", "validator", "url", "chrono", "jiff"];

/// The manifests of what the browser downloads.
const DOWNLOADED: [&str; 4] = [
    "Cargo.toml",
    "crates/complaint/Cargo.toml",
    "crates/contract/Cargo.toml",
    "crates/text/Cargo.toml",
];

/// The one file that writes a raw text area: Leptos does not escape the text inside.
const TEXTAREA: &str = "src/app/components/textarea.rs";

/// The one file that appends events. Its function also does what follows from an event.
const APPENDS: &str = "crates/service/src/open_case.rs";

/// Returns every violation in one source file.
fn violations(path: &str, source: &str) -> Vec<String> {
    let code: String = source.lines().map(without_comment).collect::<Vec<_>>().join("\n");
    let mut found = Vec::new();
    if path.starts_with("src/app") {
        let names = |part: &str| {
            code.match_indices(part)
                .any(|(at, _)| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'))
        };
        found.extend(
            SERVER_ONLY
                .iter()
                .filter(|part| names(part))
                .map(|part| format!("{path}: a screen uses `{part}`")),
        );
        if code.contains("<textarea") && path != TEXTAREA {
            found.push(format!("{path}: only {TEXTAREA} may write a raw text area"));
        }
    }
    if path.starts_with("crates/service/") && code.contains("events::append(") && path != APPENDS {
        found.push(format!("{path}: only {APPENDS} may append events"));
    }
    found
}

/// Returns a line up to its comment. URLs in strings have two slashes too, but no space before them.
fn without_comment(line: &str) -> &str {
    if line.trim_start().starts_with("//") {
        return "";
    }
    line.split(" // ").next().unwrap_or(line)
}

/// Returns the heavy crates among a manifest's plain dependencies, which the Wasm build has too.
fn heavy(manifest: &str) -> Vec<&'static str> {
    let dependencies = manifest
        .split("\n[")
        .find_map(|part| part.strip_prefix("dependencies]"))
        .unwrap_or_default();
    let is_plain = |name: &&str| {
        let mut lines = dependencies.lines();
        lines.any(|line| {
            let found = line.strip_prefix(*name).is_some_and(|rest| rest.starts_with([' ', '.']));
            found && !line.contains("optional")
        })
    };
    TOO_HEAVY.into_iter().filter(is_plain).collect()
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
fn the_source_keeps_its_rules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files: Vec<PathBuf> = ["src", "crates"].iter().flat_map(|folder| sources(&root.join(folder))).collect();
    assert!(files.len() > 50, "too few source files were found");
    let found: Vec<String> = files
        .iter()
        .flat_map(|path| {
            let name = path
                .strip_prefix(root)
                .expect("below the root")
                .to_string_lossy()
                .replace('\\', "/");
            violations(&name, &fs::read_to_string(path).expect("readable"))
        })
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    let appends = fs::read_to_string(root.join(APPENDS)).expect("readable");
    assert!(appends.contains("events::append("), "{APPENDS} appends events");
}

/// The source folders whose modules must not import each other in a circle. `record` is left out: its tables refer to each other
/// as their rows do.
const WITHOUT_CIRCLES: [(&str, &str); 7] = [
    ("crates/complaint/src", "crate"),
    ("crates/evidence/src", "crate"),
    ("crates/notify/src", "crate"),
    ("crates/service/src", "crate"),
    ("src/app", "crate::app"),
    ("src/http", "crate::http"),
    ("src/server", "crate::server"),
];

/// Returns the modules directly below `prefix` that a source file names, such as `files` for `crate::files::download`. The file is
/// `depth` folders below that of `prefix`, so that `super::` leads to it from there.
fn modules_named(source: &str, prefix: &str, depth: usize) -> BTreeSet<String> {
    let code = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let code: String = code.lines().map(without_comment).collect::<Vec<_>>().join(" ");
    let up = "super::".repeat(depth + 1);
    let start = format!("{prefix}::");
    let code = code
        .replace("use super::super::", "use ^super::super::")
        .replace("use super::", "use ^super::");
    let code = code.replace(&format!("^{up}"), &start).replace('^', "");
    let mut named = BTreeSet::new();
    for (at, _) in code.match_indices(&start) {
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':' || c == '$') {
            continue;
        }
        // In `crate::{a::b, c::{d, e}}` the modules are `a` and `c`: the first word at depth one.
        let (mut depth, mut word, mut is_first) = (0, String::new(), true);
        for c in code[at + start.len()..].chars() {
            match c {
                '{' => depth += 1,
                _ if c.is_alphanumeric() || c == '_' => {
                    if is_first {
                        word.push(c);
                    }
                    continue;
                }
                _ => {}
            }
            if !word.is_empty() {
                named.insert(std::mem::take(&mut word));
            }
            match c {
                '}' if depth <= 1 => break,
                '}' => depth -= 1,
                ';' => break,
                _ if depth == 0 => break,
                _ => {}
            }
            is_first = depth == 1 && matches!(c, '{' | ',' | ' ') && (is_first || c != ' ');
        }
        if !word.is_empty() {
            named.insert(word);
        }
    }
    named
}

/// Returns a circle of modules in which each imports the next, if there is one.
fn circle(imports: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    let mut left = imports.clone();
    // Modules that import none of those left cannot be part of a circle.
    loop {
        let names: BTreeSet<String> = left.keys().cloned().collect();
        let before = left.len();
        left.retain(|name, to| to.iter().any(|to| to != name && names.contains(to)));
        if left.len() == before {
            break;
        }
    }
    let mut path = vec![left.keys().next()?.clone()];
    loop {
        let last = path.last()?;
        let next = left[last].iter().find(|to| *to != last && left.contains_key(*to))?.clone();
        if let Some(at) = path.iter().position(|name| *name == next) {
            return Some(path.split_off(at));
        }
        path.push(next);
    }
}

#[test]
fn no_modules_import_each_other_in_a_circle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (folder, prefix) in WITHOUT_CIRCLES {
        let mut imports: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for path in sources(&root.join(folder)) {
            let below = path.strip_prefix(root.join(folder)).expect("below the folder").with_extension("");
            let unit = below.iter().next().expect("a name").to_string_lossy().into_owned();
            if unit == "lib" || below.ends_with("tests") {
                continue;
            }
            let source = fs::read_to_string(&path).expect("readable");
            let depth = below.components().count() - 1;
            imports.entry(unit).or_default().extend(modules_named(&source, prefix, depth));
        }
        let edges = imports.values().flatten().filter(|to| imports.contains_key(*to)).count();
        assert!(edges > 0, "{folder} has imports");
        assert_eq!(circle(&imports), None, "{folder}");
    }
}

#[test]
fn circles_are_found() {
    let source = "use crate::{\n    Services,\n    files::{download, scanning},\n    open_case::OpenCase,\n};\nlet x = crate::drafts::find();\n\
                  use complaint::case::state;\n// crate::webhooks\nuse super::cases::desk;\n";
    let named = modules_named(source, "crate", 0);
    assert_eq!(
        named.into_iter().collect::<Vec<_>>(),
        ["Services", "cases", "drafts", "files", "open_case"]
    );
    let import = |from: &str, to: &[&str]| (from.to_owned(), to.iter().map(|to| (*to).to_owned()).collect());
    let line = BTreeMap::from([import("a", &["b", "a"]), import("b", &["c"]), import("c", &[])]);
    assert_eq!(circle(&line), None);
    let round = BTreeMap::from([import("a", &["b"]), import("b", &["c"]), import("c", &["b"])]);
    assert_eq!(circle(&round), Some(vec!["b".to_owned(), "c".to_owned()]));
}

#[test]
fn nothing_heavy_is_downloaded() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for manifest in DOWNLOADED {
        let text = fs::read_to_string(root.join(manifest)).expect("readable");
        assert!(text.contains("\n[dependencies]"), "{manifest}");
        assert_eq!(heavy(&text), Vec::<&str>::new(), "{manifest}");
    }
}

/// wasm-bindgen does not check the names of a `js_namespace`: a wrong one fails only when it is called.
#[test]
fn each_function_of_the_device_script_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/app/client");
    let script = fs::read_to_string(root.join("device.js")).expect("readable");
    let defines = |name: &str| {
        let members = ["(", ":", ","].map(|end| format!("\n    {name}{end}"));
        members.iter().any(|member| script.contains(member)) || script.contains(&format!("\n    async {name}("))
    };
    let source = fs::read_to_string(root.join("device_store.rs")).expect("readable");
    let mut count = 0;
    for imported in source.split("#[wasm_bindgen(js_namespace = device").skip(1) {
        let (attribute, rest) = imported.split_once(")]").expect("an attribute");
        let of_rust = rest
            .split_once("fn ")
            .and_then(|(_, rest)| rest.split('(').next())
            .expect("a function");
        let name = attribute.split_once("js_name = ").map_or(of_rust, |(_, name)| name);
        assert!(defines(name), "device.js has no `{name}`");
        count += 1;
    }
    assert!(count > 8, "the functions are found");
}

#[test]
fn violations_are_found() {
    for (path, source) in [
        ("src/app/pages/start.rs", "use service::drafts;"),
        (
            "src/app/pages/start.rs",
            "use crate::{\n    app::portal,\n};\nlet x = crate::server::run();",
        ),
        ("src/app/pages/tasks.rs", "view! { <textarea>{text}</textarea> }"),
        ("crates/service/src/scanning.rs", "let added = events::append(&write).await?;"),
    ] {
        assert_eq!(violations(path, source).len(), 1, "{path}: {source}");
    }
    for (path, source) in [
        ("src/app/pages/start.rs", "// as service::drafts does\nuse contract::DraftView;"),
        ("src/app/pages/start.rs", "use crate::app::record::Line;"),
        ("src/app/components/textarea.rs", "view! { <textarea></textarea> }"),
        ("crates/service/src/open_case.rs", "events::append(&write)"),
    ] {
        assert_eq!(violations(path, source), Vec::<String>::new(), "{path}");
    }
    let manifest =
        "[package]\nname = \"text\"\n\n[dependencies]\nurl.workspace = true\njiff = { workspace = true, optional = true }\n\n[features]";
    assert_eq!(heavy(manifest), ["url"]);
}
