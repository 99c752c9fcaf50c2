//! Tests in a real browser: all of `e2e/`, with Playwright.

use std::process::Command;

use anyhow::{Context, Result};

use super::tally::Tally;
use crate::{assets, server, tools};

/// The report that `playwright.config.ts` makes Playwright write.
const REPORT: &str = "target/playwright.json";

/// Runs every test of `e2e/`. Each worker starts a server of its own.
pub fn check() -> Result<Tally> {
    assets::build(assets::Site::Test)?;
    server::build_for_tests()?;
    let chromium = tools::chromium()?;
    let _ = std::fs::remove_file(REPORT);
    let mut command = Command::new("node_modules/.bin/playwright");
    command.arg("test");
    if let Some(path) = chromium {
        command.env("ONRECORD_CHROMIUM", path);
    }
    let status = command.status().context("cannot start Playwright")?;
    let mut tally = Tally::from_playwright(&std::fs::read_to_string(REPORT).context("Playwright wrote no report")?)?;
    if !status.success() && tally.failed == 0 {
        tally.failed = 1;
    }
    Ok(tally)
}
