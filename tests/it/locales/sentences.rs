//! The files of `locales/`, read as the server reads them, but with a panic where it would go on.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use onrecord::text::sentences::{Sentences, read};

/// The folders of languages.
fn locales() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("locales")
}

/// The tags of the languages that people write, which are the names of the folders.
pub fn folders() -> BTreeSet<String> {
    let folders = std::fs::read_dir(locales()).expect("locales");
    folders
        .map(|folder| folder.expect("a folder").file_name().to_string_lossy().into_owned())
        .collect()
}

/// Every English sentence by its key.
pub fn sentences() -> Sentences {
    written("en")
}

/// Every sentence that is written in a language, by its key.
///
/// # Panics
/// On a line that is neither a key, a key with a quoted sentence, a comment nor empty, and on a key that stands twice.
pub fn written(tag: &str) -> Sentences {
    let mut found = Sentences::new();
    for entry in std::fs::read_dir(locales().join(tag)).expect("a folder of sentences") {
        let file = entry.expect("a file").path();
        let text = std::fs::read_to_string(&file).expect("text");
        read(&text, &mut found).unwrap_or_else(|line| panic!("{}: {line}", file.display()));
    }
    found
}

/// The names in `%{name}`.
pub fn placeholders(sentence: &str) -> BTreeSet<&str> {
    sentence
        .split("%{")
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
        .collect()
}
