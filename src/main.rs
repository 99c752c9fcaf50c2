//! The entry point of the server and its command line.

mod commands;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use onrecord::server::{check::causes, config::without_password};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Every file that this process creates holds residents' data or the key, so other users must not read it.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    match commands::run(commands::CommandLine::parse()) {
        Ok(code) => code,
        Err(error) => {
            // If standard error is closed the message is lost; the exit code still reports the failure.
            let said = without_password(&causes(error.as_ref()));
            let _ = writeln!(std::io::stderr(), "onrecord: {said}");
            ExitCode::FAILURE
        }
    }
}
