//! `cargo xtask bench`: the release build, measured by `benches/bench.mjs`, which prints the figures.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::paths::{self, RELEASE_SERVER, SITE};
use crate::process::{self, run};
use crate::server::{self, Server};
use crate::step::step;
use crate::{assets, tools};

/// The load tool's version: figures of two runs compare only when it is the same.
const OHA: &str = "1.16.0";

/// Builds, starts the server on a free port with data of its own, and measures it.
///
/// The script finds what it needs in its environment: `ONRECORD_URL`, `ONRECORD_PID` (for memory), `ONRECORD_SERVER` (the
/// binary, to start others), `ONRECORD_SITE`, `ONRECORD_CONFIG` (limits off), `ONRECORD_CHROMIUM` and `OHA` (paths).
///
/// # Errors
/// When something does not build, start or measure.
pub fn bench(arguments: &[String]) -> Result<ExitCode> {
    assets::build()?;
    server::build_release()?;
    let chromium = tools::chromium()?;
    let oha = load_tool()?;
    let server = Server::start(RELEASE_SERVER, &server::without_limits()?)?;
    let mut command = Command::new("node");
    command
        .arg("benches/bench.mjs")
        .args(arguments)
        .env("ONRECORD_URL", &server.url)
        .env("ONRECORD_PID", server.process_id().to_string())
        .env("ONRECORD_SERVER", std::path::absolute(RELEASE_SERVER)?)
        .env("ONRECORD_SITE", std::path::absolute(SITE)?)
        .env("ONRECORD_CONFIG", std::path::absolute("xtask/unlimited.toml")?)
        .env("OHA", oha);
    if let Some(path) = chromium {
        command.env("ONRECORD_CHROMIUM", path);
    }
    let status = command.status().context("cannot start node")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// `oha` from crates.io, compiled once into `target/tools`. It is not needed with TLS, but does not compile without.
fn load_tool() -> Result<PathBuf> {
    if let Some(path) = process::find("oha") {
        return Ok(path);
    }
    let path = paths::root().join("target/tools/bin/oha");
    if !path.exists() {
        step("Compile the load tool (once)", || {
            run(process::cargo()
                .args(["install", "--quiet", "oha", "--locked", "--version", OHA, "--root"])
                .arg(Path::new("target/tools"))
                // Its own release profile optimises across all crates, which costs minutes and shows in no figure here.
                .env("CARGO_PROFILE_RELEASE_LTO", "off")
                .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"))
        })?;
    }
    Ok(path)
}
