//! Compiles the style sheets `style/main.scss` and `style/first.scss` with npm's sass. npm's rtlcss mirrors each for
//! languages that are written from right to left.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::paths;
use crate::process::run_quietly;
use crate::stamp::{Inputs, once};
use crate::step::step;

/// The folder of the compiled sheets before they are hashed.
pub const MADE: &str = "target/xtask/style";

/// The sheets: all styles, and the part that the first page of a visit contains inline.
const SHEETS: [&str; 2] = ["main", "first"];

/// Compiles the sheets when something under `style/` or an npm package has changed.
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

/// Mirrors a sheet. Sheets say left and right, as govuk-frontend does, and not start and end. Phones too old for those would
/// draw radio buttons in the wrong place.
fn mirror(sheet: &str) -> Result<()> {
    let path = |ending: &str| paths::kept("style").join(format!("{sheet}{ending}"));
    run_quietly(Command::new("node_modules/.bin/rtlcss").args([path(".css"), path("-rtl.css")]))
}
