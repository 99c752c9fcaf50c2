//! The server's entry point: command line, configuration, server.

mod commands;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match commands::run(commands::CommandLine::parse()) {
        Ok(code) => code,
        Err(error) => {
            // With standard error closed there is no one to tell; the exit code says it too.
            let _ = writeln!(std::io::stderr(), "onrecord: {error:#}");
            ExitCode::FAILURE
        }
    }
}
