//! The sentences for the browser: `text-<language>.json`, one for each language, from `locales/`.

use std::path::Path;

use anyhow::{Context, Result};

use crate::paths;

// The app's own code, which the server makes the same languages with.
#[path = "../../../src/text/browser_part.rs"]
mod browser_part;
#[expect(dead_code, reason = "only the tags matter here")]
#[path = "../../../src/text/languages.rs"]
mod languages;
#[expect(dead_code, reason = "the table of languages names its rules")]
#[path = "../../../src/text/plural.rs"]
mod plural;
#[path = "../../../src/text/pseudo.rs"]
mod pseudo;
#[path = "../../../src/text/sentences.rs"]
mod sentences;

use sentences::Sentences;

/// The plain name and the content of each language's file. A sentence that is not translated stays as it is in English.
///
/// # Errors
/// When a file of `locales/` cannot be read.
pub fn made() -> Result<Vec<(String, String)>> {
    let english = written(languages::LANGUAGES[0].tag)?;
    let language = |tag: &str| {
        let mut all = match pseudo::maker(tag) {
            Some(make) => english.iter().map(|(key, said)| (key.clone(), make(said))).collect(),
            None => english.clone(),
        };
        all.extend(written(tag)?);
        Ok((format!("text-{tag}.json"), browser_part::json(&all)))
    };
    languages::LANGUAGES.iter().map(|about| language(about.tag)).collect()
}

/// What people wrote in a language; nothing for one that is made by code.
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
