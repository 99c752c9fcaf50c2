//! The log, on standard error.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::TryInitError;

use super::config::{Log, LogFormat};

/// Why there is no log.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error("log.level: {0}")]
    Level(#[from] tracing_subscriber::filter::ParseError),
    #[error(transparent)]
    Twice(#[from] TryInitError),
}

/// Starts the log. Lines hold routes, statuses and ids of ours; never what a person typed, and no address of theirs.
///
/// # Errors
/// [`LogError`] when the level is not one, or a log was started before.
pub fn start(log: &Log) -> Result<(), LogError> {
    use tracing_subscriber::util::SubscriberInitExt;
    let filter = EnvFilter::try_new(&log.level)?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match log.format {
        LogFormat::Text => lines
            .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
            .finish()
            .try_init()?,
        LogFormat::Json => lines.json().flatten_event(true).finish().try_init()?,
    }
    Ok(())
}
