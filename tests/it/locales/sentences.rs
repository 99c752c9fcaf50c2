//! Reads the files of `locales/` as the server does, but panics where the server would continue.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use text::sentences::{Sentences, read};

/// The folder with the folders of all languages.
fn locales() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("locales")
}

/// Returns the tags of the translated languages, which are the names of the folders.
pub fn folders() -> BTreeSet<String> {
    let folders = std::fs::read_dir(locales()).expect("locales");
    folders
        .map(|folder| folder.expect("a folder").file_name().to_string_lossy().into_owned())
        .collect()
}

/// Returns every English sentence by its key.
pub fn sentences() -> Sentences {
    written("en")
}

/// Returns every sentence of a translated language, by its key.
///
/// # Panics
/// On a line that is neither a key, a key with a quoted sentence, a comment nor empty, and on a duplicate key.
pub fn written(tag: &str) -> Sentences {
    let mut found = Sentences::new();
    for entry in std::fs::read_dir(locales().join(tag)).expect("a folder of sentences") {
        let file = entry.expect("a file").path();
        let text = std::fs::read_to_string(&file).expect("text");
        read(&text, &mut found).unwrap_or_else(|line| panic!("{}: {line}", file.display()));
    }
    found
}

/// Returns the names in `%{name}`.
pub fn placeholders(sentence: &str) -> BTreeSet<&str> {
    sentence
        .split("%{")
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
        .collect()
}
