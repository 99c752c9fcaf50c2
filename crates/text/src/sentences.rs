//! Parses a file of `locales/`, which uses a small part of YAML.
//!
//! It contains nested keys, indented by two spaces for each level, sentences in double quotes, comments, and nothing else.

use std::collections::BTreeMap;
use std::fmt;

/// Sentences by their keys.
pub type Sentences = BTreeMap<String, String>;

/// A line that such a file must not contain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// The line number, from 1.
    pub number: usize,
    pub what: &'static str,
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.number, self.what)
    }
}

impl std::error::Error for BadLine {}

/// Adds the sentences of a file to `into`.
///
/// Fails at the first line that is neither a key, a key with a sentence, a comment nor empty, or that repeats a key.
pub fn read(file: &str, into: &mut Sentences) -> Result<(), BadLine> {
    let mut path: Vec<&str> = Vec::new();
    for (at, line) in file.lines().enumerate() {
        let bad = |what| BadLine { number: at + 1, what };
        let text = line.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let depth = (line.len() - line.trim_start().len()) / 2;
        let (key, sentence) = text.split_once(':').ok_or_else(|| bad("the line has no key"))?;
        if depth > path.len() {
            return Err(bad("the line is indented too far"));
        }
        path.truncate(depth);
        path.push(key.trim_matches('"'));
        if sentence.trim().is_empty() {
            continue;
        }
        let sentence = serde_json::from_str(sentence).map_err(|_| bad("the sentence is not in double quotes"))?;
        if into.insert(path.join("."), sentence).is_some() {
            return Err(bad("the key is repeated"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_paths() {
        let mut found = Sentences::new();
        read(
            "# For people.\na:\n  b: \"One: \\\"two\\\"\"\n  \"1\":\n    c: \"Three\"\nd: \"Four\"\n",
            &mut found,
        )
        .unwrap();
        let expected = [("a.1.c", "Three"), ("a.b", "One: \"two\""), ("d", "Four")];
        assert!(found.iter().map(|(key, said)| (key.as_str(), said.as_str())).eq(expected));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (file, number) in [
            ("a", 1),
            ("a:\n    b: \"x\"", 2),
            ("a: x", 1),
            ("a: \"x\"\nb: \"y\"\na: \"z\"", 3),
            ("a: \"x\" # why", 1),
        ] {
            assert_eq!(read(file, &mut Sentences::new()).unwrap_err().number, number, "{file}");
        }
    }
}
