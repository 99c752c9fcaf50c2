//! The sentences on the server: all languages, read once.
//!
//! A release contains the files. A development build reads `locales/` when it starts, so that a changed sentence compiles nothing.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::languages::{About, LANGUAGES};
use crate::sentences::{self, Sentences};

// `FILES`: the tag of each folder in `locales/`, and the contents of its files.
#[cfg(not(debug_assertions))]
include!(concat!(env!("OUT_DIR"), "/locales.rs"));

/// Returns the contents of the files in a language's folder.
#[cfg(not(debug_assertions))]
fn files(tag: &str) -> impl Iterator<Item = String> {
    let folders = FILES.iter().filter(move |(folder, _)| *folder == tag);
    folders.flat_map(|(_, files)| files.iter().map(|file| (*file).to_owned()))
}

/// Returns the contents of the files in a language's folder.
#[cfg(debug_assertions)]
fn files(tag: &str) -> impl Iterator<Item = String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../locales").join(tag);
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yml"));
    files.filter_map(|path| std::fs::read_to_string(path).ok())
}

/// The sentences of each language, in the order of [`LANGUAGES`].
static TABLES: LazyLock<Vec<HashMap<String, String>>> = LazyLock::new(|| {
    let english = written(LANGUAGES[0].tag);
    let table = |about: &About| {
        let own = written(about.tag);
        // A sentence that is not translated yet is shown in English.
        let said = english.iter().map(|(key, said)| match (own.get(key), about.generate) {
            (Some(own), _) => (key.clone(), own.clone()),
            (None, Some(make)) => (key.clone(), make(said)),
            (None, None) => (key.clone(), said.clone()),
        });
        // Plural forms that English does not have.
        let more = own.iter().filter(|(key, _)| !english.contains_key(*key));
        said.chain(more.map(|(key, said)| (key.clone(), said.clone()))).collect()
    };
    LANGUAGES.iter().map(table).collect()
});

/// Returns the sentences in a language's folder. A test finds lines that cannot be parsed.
fn written(tag: &str) -> Sentences {
    let mut found = Sentences::new();
    for file in files(tag) {
        if let Err(line) = sentences::read(&file, &mut found) {
            tracing::error!(%line, tag, "a locale file cannot be read beyond this line");
        }
    }
    found
}

/// Returns the sentence of a key in the language with this index in [`LANGUAGES`].
pub(crate) fn find(language: u8, key: &str) -> Option<String> {
    TABLES.get(usize::from(language))?.get(key).cloned()
}
