//! Checks the dependencies with cargo-deny (`deny.toml`): licences, refused crates and sources, which need no network; advisories where
//! their database can be reached.

use std::path::Path;
use std::process::{Command, Output};

use anyhow::{Context, Result};

use super::tally::Tally;
use crate::tools;

/// What needs nothing but Cargo.lock.
const HERE: [&str; 3] = ["licenses", "bans", "sources"];

/// One check for each kind. Advisories count only where their database could be fetched.
pub fn check() -> Result<Tally> {
    let program = tools::cargo_deny()?;
    let mut tally = Tally::default();
    for kind in HERE {
        let output = deny(&program, kind)?;
        show(kind, &output);
        tally += Tally::one(output.status.success());
    }
    let output = deny(&program, "advisories")?;
    if said(&output).contains("failed to fetch advisory database") {
        println!("advisories: not checked, their database cannot be reached");
    } else {
        show("advisories", &output);
        tally += Tally::one(output.status.success());
    }
    Ok(tally)
}

fn deny(program: &Path, kind: &str) -> Result<Output> {
    let mut command = Command::new(program);
    command
        .args(["--log-level", "error"])
        .args(["check", "--hide-inclusion-graph", kind]);
    command.output().context("cargo-deny does not start")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout)
}

fn show(kind: &str, output: &Output) {
    if output.status.success() {
        println!("{kind}: ok");
    } else {
        println!("{kind}:\n{}", said(output));
    }
}
