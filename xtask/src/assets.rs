//! What the browser gets: the Wasm and its glue, the sentences of each language, the style sheets and the files of `public/`, hashed and compressed.
//!
//! Every part is skipped when what goes into it has not changed since it was last made.

mod name;
mod prune;
mod publish;
mod style;
mod text;
mod wasm;

use std::fs::File;

use anyhow::{Context, Result};

use crate::{paths, tools};

pub use publish::{PARTS, part_name, published};

/// Builds everything the server serves into `target/site`.
///
/// # Errors
/// When a tool is missing or a step fails; the message says which.
pub fn build() -> Result<()> {
    let _alone = alone()?;
    tools::wasm_target()?;
    tools::npm_packages()?;
    wasm::build()?;
    style::build()?;
    publish::publish()
}

/// Held while the site is built: two of us at once would take each other's files away half-way.
fn alone() -> Result<File> {
    std::fs::create_dir_all(paths::KEPT)?;
    let lock = File::create(paths::kept("site.lock"))?;
    if lock.try_lock().is_err() {
        println!("- Wait for another `cargo xtask` that builds the same files");
        lock.lock().context("cannot wait for the other one")?;
    }
    Ok(lock)
}
