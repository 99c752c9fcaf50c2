//! Compiles the style sheets `style/main.scss` and `style/first.scss` with npm's sass. npm's rtlcss mirrors each for
//! languages that are written from right to left.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::{Site, text};
use crate::paths;
use crate::process::run_quietly;
use crate::stamp::{Inputs, run_if_changed};
use crate::step::step;

/// The folder of the compiled sheets before they are hashed.
pub const MADE: &str = "target/xtask/style";

/// The sheets: all styles, and the part that the first page of a visit contains inline.
const SHEETS: [&str; 2] = ["main", "first"];

/// Returns the compiled sheets of a site, with the mirrored ones if it has a right-to-left language.
pub fn sheets(site: Site) -> Vec<PathBuf> {
    let is_mirrored = text::languages(site).any(|about| about.direction == "rtl");
    let endings: &[&str] = if is_mirrored { &[".css", "-rtl.css"] } else { &[".css"] };
    SHEETS
        .iter()
        .flat_map(|sheet| endings.iter().map(move |ending| compiled(sheet, ending)))
        .collect()
}

fn compiled(sheet: &str, ending: &str) -> PathBuf {
    Path::new(MADE).join(format!("{sheet}{ending}"))
}

/// Compiles the sheets when something under `style/` or an npm package has changed.
pub fn build() -> Result<()> {
    let mut inputs = Inputs::new("sass compressed, rtlcss");
    inputs.folder(Path::new("style"))?;
    inputs.file(Path::new("package-lock.json"))?;
    run_if_changed("style", inputs, &[Path::new(MADE)], || {
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
    run_quietly(Command::new("node_modules/.bin/rtlcss").args([".css", "-rtl.css"].map(|ending| compiled(sheet, ending))))
}
