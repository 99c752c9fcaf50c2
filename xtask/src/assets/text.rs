//! Builds the sentences for the browser from `locales/`: `text-<language>.json`, one for each language.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};

use super::Site;
use crate::paths;
use text::browser_part;
use text::languages::{About, LANGUAGES};
use text::sentences::{self, Sentences};

/// Returns the languages of a site. Only the production site has no pseudo-languages.
pub fn languages(site: Site) -> impl Iterator<Item = &'static About> {
    LANGUAGES
        .iter()
        .filter(move |about| site != Site::Production || about.generate.is_none())
}

/// The tags of the pseudo-languages, which a production build must not contain.
const PSEUDO_LANGUAGES: [&str; 2] = ["en-XA", "ar-XB"];

/// Returns the tag of a pseudo-language that a built file contains, if there is one.
pub fn pseudo_language_in(file: &[u8]) -> Option<&'static str> {
    PSEUDO_LANGUAGES
        .into_iter()
        .find(|tag| file.windows(tag.len()).any(|part| part == tag.as_bytes()))
}

/// Returns the plain name and the content of each language's files. A sentence without a translation stays in English.
pub fn made(site: Site) -> Result<Vec<(String, String)>> {
    let named = |(tag, all): (&str, Sentences)| {
        let file = |name: &str, keys| (format!("{name}-{tag}.json"), browser_part::json(&all, keys));
        [file("text", browser_part::FORM), file("portal-text", browser_part::PORTAL)]
    };
    Ok(all(site)?.into_iter().flat_map(named).collect())
}

/// Returns, for each language, the plain name of the script that sends files, and its sentences by key as JSON.
pub fn of_uploads(site: Site) -> Result<Vec<(String, String)>> {
    let named = |(tag, all): (&str, Sentences)| {
        let said: BTreeMap<&String, &String> = all
            .iter()
            .filter(|(key, _)| key.starts_with("upload_progress.") || ["files.megabytes", "files.kilobytes"].contains(&key.as_str()))
            .collect();
        Ok((format!("uploads-{tag}.js"), serde_json::to_string(&said)?))
    };
    all(site)?.into_iter().map(named).collect()
}

/// Returns all sentences of each language of a site.
fn all(site: Site) -> Result<Vec<(&'static str, Sentences)>> {
    let english = written(LANGUAGES[0].tag)?;
    let language = |about: &'static About| {
        let mut all = match about.generate {
            Some(make) => english.iter().map(|(key, said)| (key.clone(), make(said))).collect(),
            None => english.clone(),
        };
        all.extend(written(about.tag)?);
        Ok((about.tag, all))
    };
    languages(site).map(language).collect()
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
