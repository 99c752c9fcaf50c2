//! Checks with cargo: formatting, lints, and every Rust test.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::tally::Tally;
use crate::assets::Module;
use crate::postgres::Postgres;
use crate::process;
use crate::server;
use crate::step::step;
use crate::tools::{self, WASM_TARGET};

/// Names the `PostgreSQL` that tests may use. If it is set, none is started.
const POSTGRES: &str = "ONRECORD_TEST_POSTGRES";

/// Names the Python with an independent tus client.
const PYTHON: &str = "ONRECORD_TEST_PYTHON";
/// Names the `ClamAV` daemon that tests may start. If it is set, none is searched for.
const CLAMD: &str = "ONRECORD_TEST_CLAMD";

/// The variable with the number of tests that one test program runs at the same time.
const THREADS: &str = "RUST_TEST_THREADS";

/// The packages that make up the server. xtask and the rules in Wasm have stages of their own.
const SERVER_PACKAGES: [&str; 5] = ["--workspace", "--exclude", "xtask", "--exclude", "rules-in-wasm"];

/// Runs `cargo fmt --check` on all packages.
pub fn formatting() -> Result<Tally> {
    passes(process::cargo().args(["fmt", "--all", "--check"]))
}

/// Runs Clippy on the server, its binary and its tests; and on the sentences as a release contains them, which no test compiles.
pub fn lints_server() -> Result<Tally> {
    let mut tally =
        passes(
            process::cargo()
                .args(["clippy", "--quiet"])
                .args(SERVER_PACKAGES)
                .args(["--all-targets", "--", "-D", "warnings"]),
        )?;
    tally += passes(process::cargo().args([
        "clippy",
        "--quiet",
        "--release",
        "--package",
        "text",
        "--features",
        "server",
        "--",
        "-D",
        "warnings",
    ]))?;
    Ok(tally)
}

/// Runs Clippy on the browser's part.
pub fn lints_browser() -> Result<Tally> {
    tools::wasm_target()?;
    let mut tally = Tally::default();
    for module in Module::ALL {
        let options = [
            "clippy",
            "--quiet",
            "--lib",
            "--no-default-features",
            "--features",
            module.features(),
        ];
        tally += passes(
            process::cargo()
                .args(options)
                .args(["--target", WASM_TARGET, "--", "-D", "warnings"]),
        )?;
    }
    Ok(tally)
}

/// Runs Clippy on xtask.
pub fn lints_xtask() -> Result<Tally> {
    passes(process::cargo().args(["clippy", "--quiet", "--package", "xtask", "--all-targets", "--", "-D", "warnings"]))
}

/// Runs the unit, property and integration tests of the server, on `SQLite` and on `PostgreSQL`.
pub fn tests() -> Result<Tally> {
    tools::npm_packages()?;
    let mut command = process::cargo();
    command.args(["test", "--no-fail-fast"]).args(SERVER_PACKAGES);
    if std::env::var_os(THREADS).is_none() {
        // Many tests wait for a disk, a process or a delay, so more of them run than there are processors.
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        command.env(THREADS, (processors + processors.div_ceil(2)).to_string());
    }
    if std::env::var_os(PYTHON).is_none() {
        command.env(PYTHON, tools::python()?.join("python"));
    }
    if std::env::var_os(CLAMD).is_none() {
        command.env(CLAMD, tools::clamd()?);
    }
    tools::pgbouncer()?;
    if std::env::var_os(POSTGRES).is_some() {
        return counted(&mut command);
    }
    // Compiled first, so that PostgreSQL does not run idle for minutes.
    server::build_for_tests()?;
    let postgres = step("Start PostgreSQL", Postgres::start)?;
    counted(command.env(POSTGRES, &postgres.url))
}

/// Runs the unit tests of all crates, and the rules about source and documentation. They need no database.
pub fn unit_tests() -> Result<Tally> {
    let tests = ["--lib", "--test", "layering", "--test", "docs"];
    counted(
        process::cargo()
            .args(["test", "--quiet", "--no-fail-fast"])
            .args(SERVER_PACKAGES)
            .args(tests),
    )
}

/// Runs xtask's own unit tests.
pub fn tests_xtask() -> Result<Tally> {
    tools::npm_packages()?;
    counted(process::cargo().args(["test", "--package", "xtask"]))
}

/// Counts a command as one check.
fn passes(command: &mut Command) -> Result<Tally> {
    let status = command.status().context("cannot start cargo")?;
    Ok(Tally::from_check(status.success()))
}

/// Runs a `cargo test`, shows its output as it comes, and counts the results.
fn counted(command: &mut Command) -> Result<Tally> {
    let mut child = command.stdout(Stdio::piped()).spawn().context("cannot start cargo")?;
    let mut output = String::new();
    if let Some(pipe) = child.stdout.take() {
        for line in BufReader::new(pipe).lines() {
            let line = line?;
            writeln!(std::io::stdout(), "{line}")?;
            output.push_str(&line);
            output.push('\n');
        }
    }
    let status = child.wait()?;
    let mut tally = Tally::from_cargo(&output);
    // A test binary that does not compile has no result line.
    if !status.success() && tally.failed == 0 {
        tally.failed = 1;
    }
    Ok(tally)
}
