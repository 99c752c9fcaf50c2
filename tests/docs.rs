//! Links in the documentation lead somewhere, and the map in ARCHITECTURE.md names the existing modules.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns all Markdown files of the root and of `docs/`.
fn pages() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["", "docs", "docs/decisions"] {
        for entry in fs::read_dir(root().join(folder)).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|ending| ending == "md") {
                found.push(path);
            }
        }
    }
    found
}

/// Returns the text and the target of every link to a file of the repository.
fn links(page: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = page;
    while let Some(at) = rest.find("](") {
        let text = rest[..at].rsplit('[').next().unwrap_or_default();
        rest = &rest[at + 2..];
        let target = rest.split([')', ' ']).next().unwrap_or_default();
        if !target.contains("://") && !target.starts_with(['#', '/']) && !target.starts_with("mailto:") {
            found.push((text, target.split('#').next().unwrap_or_default()));
        }
    }
    found
}

#[test]
fn links_lead_to_files() {
    let mut count = 0;
    for path in pages() {
        let page = fs::read_to_string(&path).expect("readable");
        for (text, target) in links(&page) {
            count += 1;
            let file = path.parent().expect("a folder").join(target);
            assert!(file.exists(), "{}: [{text}]({target}) is a broken link", path.display());
        }
    }
    assert!(count > 100, "only {count} links were found");
}

#[test]
fn the_map_names_what_is_there() {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("readable");
    let section = map.split("## Where do I change").nth(1).expect("the section");
    let named: Vec<(&str, &str)> = links(section).into_iter().filter(|(text, _)| text.starts_with('`')).collect();
    assert!(named.len() >= 12, "only {} places were found", named.len());
    for (name, target) in named {
        let name = name.trim_matches('`');
        let file = fs::read_to_string(root().join(target)).expect("readable");
        let is_word = |at: usize| {
            let around = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
            !around(file[..at].chars().next_back()) && !around(file[at + name.len()..].chars().next())
        };
        assert!(file.match_indices(name).any(|(at, _)| is_word(at)), "{target} has no `{name}`");
    }
}

#[test]
fn links_are_found() {
    let page = "See [`a`](src/a.rs), [b](https://example.org/), [c](docs/c.md#part) and ![d](d.png \"title\").";
    assert_eq!(links(page), [("`a`", "src/a.rs"), ("c", "docs/c.md"), ("d", "d.png")]);
}
