//! Builds what the browser downloads: the Wasm and its glue, the sentences of each language, the style sheets and the files
//! of `public/`. All of it is hashed and compressed.
//!
//! A part is skipped when its inputs have not changed since it was last built.

mod name;
mod prune;
mod publish;
mod style;
mod text;
mod wasm;

use std::fs::File;

use anyhow::{Context, Result};

use crate::{paths, tools};

pub use self::text::{languages, pseudo_language_in};
pub use self::wasm::Module;
pub use publish::published;

/// For whom a site is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Site {
    /// The deployed site, which budgets measure: small Wasm, compressed files.
    Production,
    /// The site of the browser tests: the files of production, and those of the pseudo-languages.
    Test,
    /// The site of `cargo xtask run`: Wasm that compiles quickly, no compression.
    Development,
    /// The site of `cargo xtask dev`: the same, with a script by which open pages reload.
    Watched,
}

impl Site {
    /// Returns the folder that the server serves.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Production => paths::SITE,
            Self::Test => paths::TEST_SITE,
            Self::Development => paths::DEVELOPMENT_SITE,
            Self::Watched => paths::WATCHED_SITE,
        }
    }

    /// Returns whether the files are as small as they can be, and compressed.
    fn is_small(self) -> bool {
        matches!(self, Self::Production | Self::Test)
    }
}

/// Builds everything the server serves into the site's folder.
pub fn build(site: Site) -> Result<()> {
    let _alone = lock_build()?;
    tools::wasm_target()?;
    tools::npm_packages()?;
    wasm::build(site)?;
    style::build()?;
    publish::publish(site)
}

/// Takes the lock that is held while the site is built: two builds at once would delete each other's files.
fn lock_build() -> Result<File> {
    std::fs::create_dir_all(paths::WORK_FOLDER)?;
    let lock = File::create(paths::kept("site.lock"))?;
    if lock.try_lock().is_err() {
        println!("- Wait for another `cargo xtask` that builds the same files");
        lock.lock().context("cannot wait for the other `cargo xtask`")?;
    }
    Ok(lock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_production_site_has_no_pseudo_languages() {
        assert!(languages(Site::Production).all(|about| about.generate.is_none()));
        for site in [Site::Test, Site::Development, Site::Watched] {
            assert!(languages(site).any(|about| about.tag == "en-XA"), "{site:?}");
            assert!(languages(site).any(|about| about.tag == "ar-XB"), "{site:?}");
        }
    }

    #[test]
    fn style_sheets_are_mirrored_for_right_to_left_languages_alone() {
        let is_mirrored = |site| style::sheets(site).iter().any(|sheet| sheet.ends_with("main-rtl.css"));
        assert!(is_mirrored(Site::Test));
        assert_eq!(
            is_mirrored(Site::Production),
            languages(Site::Production).any(|about| about.direction == "rtl")
        );
    }
}
