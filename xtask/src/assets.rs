//! What the browser gets: the Wasm and its glue, the style sheets and the files of `public/`, hashed and compressed.
//!
//! Every part is skipped when what goes into it has not changed since it was last made.

mod name;
mod prune;
mod publish;
mod style;
mod wasm;

use anyhow::Result;

use crate::tools;

pub use publish::published;

/// Builds everything the server serves into `target/site`.
///
/// # Errors
/// When a tool is missing or a step fails; the message says which.
pub fn build() -> Result<()> {
    tools::wasm_target()?;
    tools::npm_packages()?;
    wasm::build()?;
    style::build()?;
    publish::publish()
}
