//! Reading `locales/en`. Its files are nested keys with quoted sentences and nothing else, which a few lines can read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Every sentence by its key.
///
/// # Panics
/// On a line that is neither a key, a key with a quoted sentence, a comment nor empty.
pub fn sentences() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales/en");
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("locales/en") {
        let file = entry.expect("a file").path();
        let text = std::fs::read_to_string(&file).expect("text");
        let mut path: Vec<String> = Vec::new();
        for line in text.lines().filter(|l| !l.trim().is_empty() && !l.trim_start().starts_with('#')) {
            let indent = line.len() - line.trim_start().len();
            let (key, rest) = line.trim().split_once(':').unwrap_or_else(|| panic!("{}: {line}", file.display()));
            path.truncate(indent / 2);
            path.push(key.trim_matches('"').to_owned());
            let rest = rest.trim();
            if !rest.is_empty() {
                let sentence: String = serde_json::from_str(rest).unwrap_or_else(|e| panic!("{}: {line}: {e}", file.display()));
                let before = found.insert(path.join("."), sentence);
                assert_eq!(before, None, "{} stands twice", path.join("."));
            }
        }
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
