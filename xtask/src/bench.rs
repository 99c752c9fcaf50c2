//! `cargo xtask bench`: measures the release build with `benches/bench.mjs`, which prints the figures.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::paths::{self, RELEASE_SERVER, SITE};
use crate::process::run;
use crate::server::{self, Server};
use crate::stamp::{Inputs, run_if_changed};
use crate::step::step;
use crate::{assets, tools};

/// The load tool's source.
const LOAD: &str = "benches/load";

/// The part that sends files larger than residents may.
const UPLOADS: &str = "uploads";

/// The server's configuration for that part.
const LARGE_FILES: &str = "\n[service.evidence]\nfile_bytes = 4_000_000_000\nrecording_bytes = 4_000_000_000\n\
                           total_bytes = 8_000_000_000\n";

/// Builds, starts the server on a free port with data of its own, and measures all parts or the named ones.
///
/// The script reads its environment: `ONRECORD_URL`, `ONRECORD_PID` (for memory), `ONRECORD_DATA`, `ONRECORD_SITE`,
/// `ONRECORD_CHROMIUM` and `ONRECORD_LOAD` (the load tool).
pub fn bench(parts: &[String]) -> Result<ExitCode> {
    assets::build(assets::Site::Production)?;
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

/// Compiles our own load tool with rustc alone: it is small and shares no crate with the server it measures. `oha` has three
/// hundred crates and cannot send a complaint, in which each call depends on the response before.
fn load_tool() -> Result<PathBuf> {
    let made = paths::kept("load");
    let mut inputs = Inputs::new("rustc -O, edition 2024");
    inputs.folder(Path::new(LOAD))?;
    run_if_changed("load", inputs, &[&made], || {
        step("Compile the load tool", || {
            run(Command::new("rustc")
                .args(["--edition", "2024", "-O", "-o"])
                .args([made.as_path(), &Path::new(LOAD).join("load.rs")]))
        })
    })?;
    Ok(made)
}
