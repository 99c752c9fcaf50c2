//! Budgets for what a phone downloads. Bytes are the same on every machine, so they may fail a test; times may not.

use anyhow::Result;

use super::tally::Tally;
use crate::assets::{self, published};

/// The Wasm and its glue for the whole questionnaire, and the script that sends files, in brotli: 260 KB.
const APP: u64 = 260 * 1024;

/// The styles inside a first page, in brotli. With the page's own HTML they must fit in 20 KB. They should fit in the 14 KB
/// that a connection sends before it waits for an acknowledgement.
const FIRST_STYLES: u64 = 6 * 1024;

/// The whole style sheet, in brotli.
const STYLES: u64 = 13 * 1024;

/// Builds the site and compares its sizes with the budgets.
pub fn check() -> Result<Tally> {
    assets::build(assets::Site::Production)?;
    let mut tally = Tally::default();
    tally += budget(
        "the app (Wasm, its glue, the script that sends files)",
        &["onrecord.wasm", "onrecord.js", "uploads-en.js"],
        APP,
    )?;
    tally += budget("the styles of a first page", &["first.css"], FIRST_STYLES)?;
    tally += budget("all styles", &["main.css"], STYLES)?;
    Ok(tally)
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
    Ok(Tally::one(fits))
}
