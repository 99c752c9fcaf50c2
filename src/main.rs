//! The server's entry point: command line, configuration, server.

mod commands;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use onrecord::server::{check::causes, config::without_password};

fn main() -> ExitCode {
    // Whatever is made here holds what people told: the database, files, mail, the key.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    match commands::run(commands::CommandLine::parse()) {
        Ok(code) => code,
        Err(error) => {
            // With standard error closed there is no one to tell; the exit code says it too.
            let said = without_password(&causes(error.as_ref()));
            let _ = writeln!(std::io::stderr(), "onrecord: {said}");
            ExitCode::FAILURE
        }
    }
}
