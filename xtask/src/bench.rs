//! `cargo xtask bench`: the release build, measured by `benches/bench.mjs`, which prints the figures.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::paths::{self, RELEASE_SERVER, SITE};
use crate::process::run;
use crate::server::{self, Server};
use crate::stamp::{Inputs, once};
use crate::step::step;
use crate::{assets, tools};

/// The load tool's source.
const LOAD: &str = "benches/load";

/// The part that sends files larger than people may.
const UPLOADS: &str = "uploads";

/// What the server is told for it.
const LARGE_FILES: &str = "\n[service.evidence]\nfile_bytes = 4_000_000_000\nrecording_bytes = 4_000_000_000\n\
                           total_bytes = 8_000_000_000\n";

/// Builds, starts the server on a free port with data of its own, and measures it: all of it, or the parts that are named.
///
/// The script finds what it needs in its environment: `ONRECORD_URL`, `ONRECORD_PID` (for memory), `ONRECORD_DATA`,
/// `ONRECORD_SITE`, `ONRECORD_CHROMIUM` and `ONRECORD_LOAD` (the load tool).
///
/// # Errors
/// When something does not build, start or measure.
pub fn bench(parts: &[String]) -> Result<ExitCode> {
    assets::build()?;
    server::build_release()?;
    let chromium = tools::chromium()?;
    let load = load_tool()?;
    let mut config = server::without_limits()?;
    if parts.iter().any(|part| part == UPLOADS) {
        config.push_str(LARGE_FILES);
    }
    let server = Server::start(RELEASE_SERVER, &config)?;
    let mut command = Command::new("node");
    command
        .arg("benches/bench.mjs")
        .args(parts)
        .env("ONRECORD_URL", &server.url)
        .env("ONRECORD_PID", server.process_id().to_string())
        .env("ONRECORD_DATA", server.data())
        .env("ONRECORD_SITE", std::path::absolute(SITE)?)
        .env("ONRECORD_LOAD", std::path::absolute(load)?);
    if let Some(path) = chromium {
        command.env("ONRECORD_CHROMIUM", path);
    }
    let status = command.status().context("cannot start node")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Our own load tool, by rustc alone: it is small, needs no crate, and so shares none with the server it measures. (`oha` is
/// three hundred crates, and cannot send a journey whose calls depend on the answers before.)
fn load_tool() -> Result<PathBuf> {
    let made = paths::kept("load");
    let mut inputs = Inputs::new("rustc -O, edition 2024");
    inputs.folder(Path::new(LOAD))?;
    once("load", inputs, &[&made], || {
        step("Compile the load tool", || {
            run(Command::new("rustc")
                .args(["--edition", "2024", "-O", "-o"])
                .args([made.as_path(), &Path::new(LOAD).join("load.rs")]))
        })
    })?;
    Ok(made)
}
