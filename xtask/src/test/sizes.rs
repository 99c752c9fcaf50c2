//! Budgets for what a phone downloads. Bytes are the same on every machine, so they may fail a test; times may not.
//!
//! The files must also contain nothing of the pseudo-languages, which are for tests.

use std::path::Path;

use anyhow::Result;

use super::tally::Tally;
use crate::assets::{self, Site, languages, pseudo_language_in, published};
use crate::paths;

/// The Wasm and its glue for the whole questionnaire, and the script that sends files, in brotli: 230 KB.
const APP: u64 = 230 * 1024;

/// The Wasm and its glue for the pages of sign-in and of cases, in brotli: 230 KB.
const PORTAL: u64 = 230 * 1024;

/// The scripts with which these pages work before their Wasm is there, in brotli.
const PORTAL_SCRIPTS: u64 = 9 * 1024;

/// The styles inside a first page, in brotli. With the page's own HTML they must fit in 20 KB. They should fit in the 14 KB
/// that a connection sends before it waits for an acknowledgement.
const FIRST_STYLES: u64 = 6 * 1024;

/// The whole style sheet, in brotli.
const STYLES: u64 = 13 * 1024;

/// Builds the site, compares its sizes with the budgets, and looks for pseudo-languages.
pub fn check() -> Result<Tally> {
    assets::build(Site::Production)?;
    let mut tally = Tally::default();
    tally += budget(
        "the app (Wasm, its glue, the script that sends files)",
        &["onrecord.wasm", "onrecord.js", "uploads-en.js"],
        APP,
    )?;
    tally += budget(
        "the portal (Wasm and its glue)",
        &["onrecord-portal.wasm", "onrecord-portal.js"],
        PORTAL,
    )?;
    tally += budget(
        "the scripts of the pages of a case",
        &["portal.js", "typed.js", "unsent.js"],
        PORTAL_SCRIPTS,
    )?;
    tally += budget("the styles of a first page", &["first.css"], FIRST_STYLES)?;
    tally += budget("all styles", &["main.css"], STYLES)?;
    tally += without_pseudo_languages()?;
    Ok(tally)
}

/// Checks that no file has a pseudo-language in its name or content, and that there are mirrored styles only for a right-to-left
/// language.
fn without_pseudo_languages() -> Result<Tally> {
    let is_mirrored = languages(Site::Production).any(|about| about.direction == "rtl");
    let mut is_without = true;
    for path in paths::files_under(Path::new(Site::Production.folder()))? {
        let name = path.to_string_lossy();
        let found = pseudo_language_in(name.as_bytes()).or(pseudo_language_in(&std::fs::read(&path)?));
        if let Some(what) = found.or_else(|| (name.contains("-rtl") && !is_mirrored).then_some("mirrored styles")) {
            println!("  {name}: {what}: ONLY FOR TESTS");
            is_without = false;
        }
    }
    Ok(Tally::from_check(is_without))
}

fn budget(what: &str, files: &[&str], limit: u64) -> Result<Tally> {
    let mut sum = 0;
    for file in files {
        let about = published(file)?;
        let brotli = about.brotli.unwrap_or(about.bytes);
        println!("  {file}: {} bytes, {brotli} in brotli", about.bytes);
        sum += brotli;
    }
    let fits = sum <= limit;
    println!("  {what}: {sum} of {limit} bytes{}", if fits { "" } else { ": TOO LARGE" });
    Ok(Tally::from_check(fits))
}
