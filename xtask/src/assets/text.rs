//! Builds the sentences for the browser from `locales/`: `text-<language>.json`, one for each language.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};

use crate::paths;
use text::sentences::{self, Sentences};
use text::{browser_part, languages, pseudo};

/// Returns the plain name and the content of each language's file. A sentence without a translation stays in English.
pub fn made() -> Result<Vec<(String, String)>> {
    let named = |(tag, all)| (format!("text-{tag}.json"), browser_part::json(&all));
    Ok(all()?.into_iter().map(named).collect())
}

/// Returns, for each language, the plain name of the script that sends files, and its sentences by key as JSON.
pub fn of_uploads() -> Result<Vec<(String, String)>> {
    let named = |(tag, all): (&str, Sentences)| {
        let said: BTreeMap<&String, &String> = all
            .iter()
            .filter(|(key, _)| key.starts_with("queue.") || ["files.megabytes", "files.kilobytes"].contains(&key.as_str()))
            .collect();
        Ok((format!("uploads-{tag}.js"), serde_json::to_string(&said)?))
    };
    all()?.into_iter().map(named).collect()
}

/// Returns all sentences of each language.
fn all() -> Result<Vec<(&'static str, Sentences)>> {
    let english = written(languages::LANGUAGES[0].tag)?;
    let language = |tag: &'static str| {
        let mut all = match pseudo::maker(tag) {
            Some(make) => english.iter().map(|(key, said)| (key.clone(), make(said))).collect(),
            None => english.clone(),
        };
        all.extend(written(tag)?);
        Ok((tag, all))
    };
    languages::LANGUAGES.iter().map(|about| language(about.tag)).collect()
}

/// Returns the written sentences of a language; none for a language that is generated.
fn written(tag: &str) -> Result<Sentences> {
    let folder = Path::new("locales").join(tag);
    let mut found = Sentences::new();
    if folder.is_dir() {
        for file in paths::files_under(&folder)? {
            let text = std::fs::read_to_string(&file)?;
            sentences::read(&text, &mut found).with_context(|| file.display().to_string())?;
        }
    }
    Ok(found)
}
