//! The log, on standard error.

mod lines;

use std::io::{IsTerminal, stderr};
use std::panic::PanicHookInfo;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::TryInitError;

use super::config::{Log, LogFormat};

pub use lines::LogWriter;

/// A reason why the log cannot start.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error("log.level: {0}")]
    Level(#[from] tracing_subscriber::filter::ParseError),
    #[error("the thread that writes the log does not start: {0}")]
    Thread(#[from] std::io::Error),
    #[error(transparent)]
    Twice(#[from] TryInitError),
}

/// Starts the log on standard error.
///
/// Log lines contain routes, statuses and our own ids, never what a person typed nor their address. A panic is logged with its place
/// in the source only, because its message may contain what a person typed.
///
/// Call [`LogWriter::finish`] on the returned value before the program ends.
pub fn start(log: &Log) -> Result<LogWriter, LogError> {
    use tracing_subscriber::util::SubscriberInitExt;
    let filter = EnvFilter::try_new(&log.level)?;
    let written = LogWriter::start(stderr())?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(written.clone())
        // tracing-subscriber prints its own errors to standard error, which panics if that is closed.
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
    tracing::error!(place, "panic");
}
