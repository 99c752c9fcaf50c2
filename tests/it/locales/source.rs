//! Finds in the source how sentences are used: keys, codes and placeholders. The source is read as text, without comments and
//! unit tests.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::code::{Literal, arguments, literals, names, pieces, without_comments, without_items_of_the_server};

type Sentences = BTreeMap<String, String>;

/// One file: its path below `src/`, and its code.
struct File {
    name: String,
    code: String,
}

/// A call that uses a sentence with a literal key.
pub struct Call {
    pub file: String,
    pub key: String,
    pub given: Vec<String>,
}

/// A key with parts that are filled in at run time.
pub struct Pattern(Vec<String>);

impl Pattern {
    /// Returns whether this pattern can produce the key.
    pub fn fits(&self, key: &str) -> bool {
        let Some((first, rest)) = self.0.split_first() else { return false };
        let Some(mut key) = key.strip_prefix(first.as_str()) else {
            return false;
        };
        for (i, part) in rest.iter().enumerate() {
            let word = key.len() - key.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len();
            if word == 0 {
                return false;
            }
            key = &key[word..];
            let Some(after) = key.strip_prefix(part.as_str()) else {
                return false;
            };
            key = after;
            if i + 1 == rest.len() {
                return key.is_empty();
            }
        }
        key.is_empty()
    }
}

/// All Rust code of the program: `src/` and `crates/`.
pub struct Source(Vec<File>);

impl Source {
    pub fn read() -> Self {
        let mut files = Vec::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        gather(&root.join("src"), "", &mut files);
        gather(&root.join("crates"), "crates/", &mut files);
        assert!(files.len() > 50, "too few source files were found");
        Self(files)
    }

    /// Keeps the files that are compiled for the browser, without those of the `other` Wasm: the feature `form` or `portal`.
    pub fn of_the_browser(self, other: &str) -> Self {
        let server: Vec<String> = self
            .0
            .iter()
            .flat_map(|file| modules_of_the_server(&file.name, &file.code, other))
            .collect();
        let is_server = |name: &str| {
            let crate_name = name.strip_prefix("crates/").and_then(|rest| rest.split('/').next());
            if crate_name.is_some_and(|name| ["record", "evidence", "notify", "service"].contains(&name)) {
                return true;
            }
            // The lists of keys themselves.
            if name == "crates/text/src/browser_part.rs" {
                return true;
            }
            // Which rights a document gives, and what a claim waits for, reach the browser as sentences in the server's answers.
            if name.starts_with("crates/complaint/src/case/representation/") {
                return true;
            }
            server.iter().any(|path| {
                name.strip_prefix(path.as_str())
                    .is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
            })
        };
        let files = self.0.into_iter().filter(|file| file.name != "main.rs" && !is_server(&file.name));
        Self(
            files
                .map(|file| File {
                    code: without_items_of_the_server(&file.code, other),
                    ..file
                })
                .collect(),
        )
    }

    fn literals(&self) -> impl Iterator<Item = (&File, Literal<'_>)> {
        self.0
            .iter()
            .flat_map(|file| literals(&file.code).into_iter().map(move |l| (file, l)))
    }

    /// Returns all literals that look like a key of `locales/`: words with dots whose first is a part of it.
    pub fn keys(&self, sentences: &Sentences) -> BTreeSet<(String, String)> {
        let tops: BTreeSet<&str> = sentences.keys().filter_map(|key| key.split('.').next()).collect();
        let is_key = |text: &str| {
            text.split_once('.').is_some_and(|(top, _)| tops.contains(top))
                && text
                    .split('.')
                    .all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
                && ![".md", ".rs", ".css", ".html", ".js"].iter().any(|end| text.ends_with(end))
        };
        self.literals()
            .filter(|(_, l)| is_key(l.text))
            .map(|(file, l)| (file.name.clone(), l.text.to_owned()))
            .collect()
    }

    /// Returns the keys that are built at run time. Their first part may be a literal elsewhere.
    pub fn patterns(&self, sentences: &Sentences) -> Vec<Pattern> {
        let tops: BTreeSet<&str> = sentences.keys().filter_map(|key| key.split('.').next()).collect();
        let parts: Vec<String> = self
            .keys(sentences)
            .into_iter()
            .map(|(_, key)| key)
            .filter(|key| !sentences.contains_key(key))
            .collect();
        let mut patterns = Vec::new();
        for (_, literal) in self.literals() {
            let mut pieces = pieces(literal.text);
            if pieces.len() < 2 || !literal.text.contains('.') || literal.text.contains(' ') {
                continue;
            }
            if pieces[0].is_empty() && pieces[1].starts_with('.') {
                let rest = pieces.split_off(1);
                for part in &parts {
                    let mut whole = rest.clone();
                    whole[0] = format!("{part}{}", whole[0]);
                    patterns.push(Pattern(whole));
                }
            } else if pieces[0].split('.').next().is_some_and(|top| tops.contains(top)) {
                patterns.push(Pattern(pieces));
            }
        }
        patterns
    }

    /// Returns whether the word occurs as a literal.
    pub fn mentions(&self, word: &str) -> bool {
        self.literals().any(|(_, l)| l.text == word)
    }

    /// Returns the error codes that the rules, the page handlers and the services produce, taken from the calls that build
    /// errors.
    pub fn error_codes(&self) -> BTreeSet<(String, String)> {
        let mut found = BTreeSet::new();
        for file in self.0.iter().filter(|f| {
            ["crates/complaint/", "crates/service/", "http/"]
                .iter()
                .any(|part| f.name.starts_with(part))
        }) {
            for (call, from) in [("FieldError::new(", 1), (".required(", 0)] {
                for arguments in arguments(&file.code, call) {
                    let codes = literals(arguments)
                        .into_iter()
                        .skip(from)
                        .map(|l| (file.name.clone(), l.text.to_owned()));
                    found.extend(codes.filter(|(_, code)| code.contains('_')));
                }
            }
        }
        assert!(found.len() > 20, "too few calls were found: {found:?}");
        found
    }

    /// Returns the calls that use a sentence with a literal key, with the names of their placeholders.
    pub fn calls(&self, sentences: &Sentences) -> Vec<Call> {
        let mut calls = Vec::new();
        for file in &self.0 {
            for (start, with) in [("say(", false), ("say_with(", true)] {
                for arguments in arguments(&file.code, start) {
                    let literals = literals(arguments);
                    let Some(key) = literals.first().filter(|l| arguments[..l.at - 1].trim().is_empty()) else {
                        continue;
                    };
                    if !sentences.contains_key(key.text) {
                        continue;
                    }
                    let given = if with { names(arguments, &file.code) } else { Vec::new() };
                    calls.push(Call {
                        file: file.name.clone(),
                        key: key.text.to_owned(),
                        given,
                    });
                }
            }
        }
        assert!(calls.len() > 80, "too few calls were found: {}", calls.len());
        calls
    }

    /// Returns literals in `app/` that read like text for people. The gallery has made-up cases, and no person but us reads it.
    pub fn sentences_in_screens(&self) -> Vec<String> {
        let spoken = ["aria-label", "title", "alt", "placeholder", "label", "legend", "hint", "text"];
        let mut found = Vec::new();
        for file in self
            .0
            .iter()
            .filter(|f| f.name.starts_with("app/") && !f.name.ends_with("/gallery.rs"))
        {
            for Literal { at, text } in literals(&file.code) {
                let before = &file.code[..at - 1];
                let shown = if let Some(attribute) = before.strip_suffix('=') {
                    let name = attribute
                        .rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '-')
                        .next()
                        .unwrap_or("");
                    spoken.contains(&name)
                } else {
                    // Text for programmers: reasons, panics, HTTP headers and methods.
                    let line = before.rsplit('\n').next().unwrap_or("").trim_end();
                    !line.ends_with("reason =")
                        && !line.ends_with("expect(")
                        && !line.ends_with("error(")
                        && !line.contains("header(")
                        && !line.contains("open(")
                };
                if shown && is_for_people(text) {
                    found.push(format!("{}: {text:?}", file.name));
                }
            }
        }
        found
    }
}

/// Returns whether a literal has two words in a row, or one word with a capital followed by small letters.
fn is_for_people(text: &str) -> bool {
    let plain = |w: &&str| w.len() > 1 && w.chars().all(|c| c.is_alphabetic() || ",.!?'".contains(c));
    let words: Vec<&str> = text.split(' ').filter(plain).collect();
    let is_class = text.split(' ').all(|w| w.is_empty() || w.contains('-') || w.contains('{'));
    let named = |w: &&str| w.starts_with(|c: char| c.is_uppercase()) && w.chars().skip(1).all(|c| c.is_lowercase() || ",.!?'".contains(c));
    !is_class && (words.len() > 1 || words.iter().any(named))
}

/// Returns the paths of modules that only the server has, without their extensions.
fn modules_of_the_server(file: &str, code: &str, other: &str) -> Vec<String> {
    let folder = match file.trim_end_matches(".rs") {
        "lib" | "main" => String::new(),
        root if root.ends_with("/src/lib") => root.trim_end_matches("lib").to_owned(),
        path => format!("{path}/"),
    };
    let after = code.split("#[cfg(feature = \"").filter(|rest| {
        let feature = rest.split('"').next().unwrap_or_default();
        ["ssr", "server", "openapi", other].contains(&feature)
    });
    let declared = after.filter_map(|rest| {
        let item = rest.split_once("]\n")?.1.trim_start();
        item.trim_start_matches("pub(crate) ")
            .trim_start_matches("pub ")
            .strip_prefix("mod ")?
            .split_once(';')
    });
    declared.map(|(module, _)| format!("{folder}{module}")).collect()
}

fn gather(folder: &Path, below: &str, files: &mut Vec<File>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = format!("{below}{}", path.file_name().and_then(|n| n.to_str()).unwrap_or_default());
        if path.is_dir() {
            gather(&path, &format!("{name}/"), files);
        } else if path.extension().is_some_and(|e| e == "rs") && path.file_stem().is_none_or(|stem| stem != "tests") {
            let text = std::fs::read_to_string(&path).expect("text");
            let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
            files.push(File {
                name,
                code: without_comments(text),
            });
        }
    }
}
