//! The server's entry point: command line, configuration, server.

mod commands;

use std::process::ExitCode;

use clap::Parser;

/// A third of the time of drawing a page went to the system's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match commands::run(commands::CommandLine::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("onrecord: {error:#}");
            ExitCode::FAILURE
        }
    }
}
