//! Checks the REST contract against the running server. The description must be valid, and a client generated from it must
//! work.
//!
//! schemathesis checks that requests the description allows are answered as described, and others are refused as described.

mod clients;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::tally::Tally;
use crate::paths::{self, SERVER};
use crate::process::stdout_of;
use crate::server::{self, Server};
use crate::{assets, tools};

/// A fixed seed, so that a failure can be reproduced.
const SEED: &str = "20250401";

/// Examples for each operation in each phase: enough to find the usual mistakes, few enough for every commit.
const EXAMPLES: &str = "25";

/// Validates the description, uses a client generated from it, and runs every check that schemathesis has.
pub fn check() -> Result<Tally> {
    let bin = tools::python()?;
    assets::build(assets::Site::Production)?;
    server::build_for_tests()?;
    let server = Server::start(SERVER, &server::without_limits()?)?;
    // The new key is the last word that the command prints.
    let printed = server.command(&["keys", "add", "--name", "contract", "--scope", "desk", "--scope", "equality"])?;
    let key = printed
        .split_whitespace()
        .next_back()
        .context("`onrecord keys add` printed no key")?;
    let prepared = stdout_of(bin.join("python").to_string_lossy().as_ref(), &["xtask/contract.py", &server.url])
        .context("xtask/contract.py could not make a draft and a case")?;
    let clients = clients::check(&bin, &server.url, key)?;
    let report = std::path::absolute(paths::kept("contract.xml"))?;
    let _ = std::fs::remove_file(&report);
    let status = Command::new(bin.join("schemathesis"))
        .arg("--config-file")
        .arg(paths::root().join("xtask/schemathesis.toml"))
        .args(["run", &format!("{}/api/v1/openapi.json", server.url)])
        .args([
            "--checks",
            "all",
            "--seed",
            SEED,
            "--max-examples",
            EXAMPLES,
            "--continue-on-failure",
        ])
        // One worker: Python's own parser fails occasionally when two threads use it.
        .args(["--workers", "1", "--request-timeout", "20", "--generation-database", "none"])
        .arg("--report-junit-path")
        .arg(&report)
        .env("ONRECORD_DESK_KEY", key)
        .envs(prepared.lines().filter_map(|line| line.split_once('=')))
        .env("SCHEMATHESIS_HOOKS", "schemathesis_hooks")
        .env("PYTHONPATH", paths::root().join("xtask"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        // schemathesis writes files to its working directory.
        .current_dir(paths::WORK_FOLDER)
        .status()
        .context("cannot start schemathesis")?;
    let mut tally = read(&report)?;
    if !status.success() && tally.failed == 0 {
        bail!("schemathesis ended with {status}\n{}", server.log());
    }
    if status.success() && tally.passed == 0 {
        bail!("schemathesis found nothing to check");
    }
    tally += clients;
    Ok(tally)
}

fn read(report: &Path) -> Result<Tally> {
    Tally::from_junit(&std::fs::read_to_string(report).context("schemathesis wrote no report")?)
}
