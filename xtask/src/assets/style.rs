//! The style sheets: `style/main.scss` and `style/first.scss` through npm's sass, and each again for languages written from
//! right to left, mirrored by npm's rtlcss.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::paths;
use crate::process::run_quietly;
use crate::stamp::{Inputs, once};
use crate::step::step;

/// Where the compiled sheets lie before they are hashed.
pub const MADE: &str = "target/xtask/style";

/// The sheets: the whole journey's, and the part of it that a first page carries inside itself.
const SHEETS: [&str; 2] = ["main", "first"];

/// Compiles the sheets when something under `style/` or an npm package has changed.
///
/// # Errors
/// When sass finds a fault; the message holds what it says.
pub fn build() -> Result<()> {
    let mut inputs = Inputs::new("sass compressed, rtlcss");
    inputs.folder(Path::new("style"))?;
    inputs.file(Path::new("package-lock.json"))?;
    once("style", inputs, &[Path::new(MADE)], || {
        step("Compile the style sheets", || {
            run_quietly(
                Command::new("node_modules/.bin/sass")
                    .args(["--style=compressed", "--no-source-map", "--quiet-deps", "--no-charset"])
                    .arg("--load-path=node_modules")
                    .args(SHEETS.map(|sheet| format!("style/{sheet}.scss:{}/{sheet}.css", paths::kept("style").display()))),
            )?;
            SHEETS.iter().try_for_each(|sheet| mirror(sheet))
        })
    })
    .map(|_| ())
}

/// Sheets name their sides left and right, as govuk-frontend does, and not start and end: a phone too old for that would draw
/// radio buttons beside themselves. So what is right for one direction is mirrored for the other.
fn mirror(sheet: &str) -> Result<()> {
    let path = |ending: &str| paths::kept("style").join(format!("{sheet}{ending}"));
    run_quietly(Command::new("node_modules/.bin/rtlcss").args([path(".css"), path("-rtl.css")]))
}
