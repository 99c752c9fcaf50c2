//! The log, on standard error.

mod lines;

use std::io::{IsTerminal, stderr};
use std::panic::PanicHookInfo;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::TryInitError;

use super::config::{Log, LogFormat};

pub use lines::Lines;

/// Why there is no log.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error("log.level: {0}")]
    Level(#[from] tracing_subscriber::filter::ParseError),
    #[error("the thread that writes the log does not start: {0}")]
    Thread(#[from] std::io::Error),
    #[error(transparent)]
    Twice(#[from] TryInitError),
}

/// Starts the log. Lines hold routes, statuses and ids of ours; never what a person typed, and no address of theirs. Panics are
/// lines too, by their place in the source alone: a panic's message may hold what a person typed.
///
/// The log ends once [`Lines::finish`] is called on what this returns.
///
/// # Errors
/// [`LogError`] when the level is not one, or a log was started before.
pub fn start(log: &Log) -> Result<Lines, LogError> {
    use tracing_subscriber::util::SubscriberInitExt;
    let filter = EnvFilter::try_new(&log.level)?;
    let written = Lines::start(stderr())?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(written.clone())
        // Would be printed to standard error, which panics when that is closed.
        .log_internal_errors(false);
    match log.format {
        LogFormat::Text => lines.with_ansi(stderr().is_terminal()).finish().try_init()?,
        LogFormat::Json => lines.json().flatten_event(true).finish().try_init()?,
    }
    std::panic::set_hook(Box::new(note_panic));
    Ok(written)
}

fn note_panic(panic: &PanicHookInfo) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(place, "a panic");
}
