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

pub use publish::published;

/// For whom a site is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Site {
    /// What tests measure and what is deployed: small Wasm, compressed files.
    Production,
    /// What `cargo xtask run` serves: Wasm that compiles quickly, no compression.
    Development,
    /// What `cargo xtask dev` serves: the same, with a script by which open pages reload.
    Watched,
}

impl Site {
    /// Returns the folder that the server serves.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Production => paths::SITE,
            Self::Development => paths::DEVELOPMENT_SITE,
            Self::Watched => paths::WATCHED_SITE,
        }
    }
}

/// Builds everything the server serves into the site's folder.
pub fn build(site: Site) -> Result<()> {
    let _alone = alone()?;
    tools::wasm_target()?;
    tools::npm_packages()?;
    wasm::build(site)?;
    style::build()?;
    publish::publish(site)
}

/// Takes the lock that is held while the site is built: two builds at once would delete each other's files.
fn alone() -> Result<File> {
    std::fs::create_dir_all(paths::KEPT)?;
    let lock = File::create(paths::kept("site.lock"))?;
    if lock.try_lock().is_err() {
        println!("- Wait for another `cargo xtask` that builds the same files");
        lock.lock().context("cannot wait for the other `cargo xtask`")?;
    }
    Ok(lock)
}
