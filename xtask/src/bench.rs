//! `cargo xtask bench`: measures the release build with `benches/bench.mjs`, which prints the figures.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};

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

/// The option with the address of another program that serves the same pages.
const PEER: &str = "--peer";

/// The server's configuration for that part.
const LARGE_FILES: &str = "\n[service.evidence]\nfile_bytes = 4_000_000_000\nrecording_bytes = 4_000_000_000\n\
                           total_bytes = 8_000_000_000\n";

/// Builds, starts the server on a free port with data of its own, and measures all parts or the named ones.
///
/// The script reads its environment: `ONRECORD_URL`, `ONRECORD_PID` (for memory), `ONRECORD_DATA`, `ONRECORD_SITE`,
/// `ONRECORD_CHROMIUM`, `ONRECORD_LOAD` (the load tool) and `ONRECORD_PEER`.
pub fn bench(arguments: &[String]) -> Result<ExitCode> {
    let (parts, peer) = split(arguments)?;
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
        .args(&parts)
        .env("ONRECORD_URL", &server.url)
        .env("ONRECORD_PID", server.process_id().to_string())
        .env("ONRECORD_DATA", server.data())
        .env("ONRECORD_SITE", std::path::absolute(SITE)?)
        .env("ONRECORD_LOAD", std::path::absolute(load)?);
    if let Some(path) = chromium {
        command.env("ONRECORD_CHROMIUM", path);
    }
    if let Some(peer) = peer {
        command.env("ONRECORD_PEER", peer);
    }
    let status = command.status().context("cannot start node")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Returns the names of parts and the address of a peer, which must be on this machine: nothing else is put under load.
fn split(arguments: &[String]) -> Result<(Vec<String>, Option<String>)> {
    let mut parts = arguments.to_vec();
    let Some(at) = parts.iter().position(|argument| argument == PEER) else {
        return Ok((parts, None));
    };
    let address = parts.get(at + 1).context("--peer needs an address such as http://127.0.0.1:8001")?;
    let peer = address.trim_end_matches('/').to_owned();
    let authority = peer
        .strip_prefix("http://")
        .context("--peer: the address must begin with http://")?;
    let is_here = authority.parse::<SocketAddr>().is_ok_and(|address| address.ip().is_loopback());
    ensure!(
        is_here,
        "--peer: {address} is not a loopback address with a port, such as http://127.0.0.1:8001"
    );
    parts.drain(at..=at + 1);
    Ok((parts, Some(peer)))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_is_on_this_machine() {
        let split = |line: &str| split(&line.split_whitespace().map(ToOwned::to_owned).collect::<Vec<_>>());
        assert_eq!(split("pages steps").unwrap(), (vec!["pages".into(), "steps".into()], None));
        assert_eq!(
            split("pages --peer http://127.0.0.1:8001/").unwrap(),
            (vec!["pages".into()], Some("http://127.0.0.1:8001".into()))
        );
        assert!(split("--peer http://[::1]:8001").is_ok());
        for wrong in [
            "--peer",
            "--peer 127.0.0.1:1",
            "--peer http://192.0.2.1:80",
            "--peer http://127.0.0.1",
            "--peer https://127.0.0.1:1",
        ] {
            assert!(split(wrong).is_err(), "{wrong}");
        }
    }
}
