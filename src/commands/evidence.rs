//! `onrecord evidence …`: files people sent.

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;
use onrecord::service::{Services, scanning};

#[derive(Subcommand)]
pub enum Evidence {
    /// List files, by their ids: people's own names for them stay out of terminals and their logs
    List {
        /// Those that wait to be checked for viruses, the longest waiting first, and why
        #[arg(long, required = true)]
        waiting: bool,
    },
}

/// Does it.
///
/// # Errors
/// When the database does not answer.
pub async fn run(services: Services, command: Evidence) -> Result<ExitCode> {
    let Evidence::List { .. } = command;
    if let Some(warning) = scanning::warning(&services) {
        println!("warning: {warning}");
    }
    let files = scanning::waiting(&services).await?;
    for file in &files {
        println!(
            "{}  {:<12}  received {}  {:>11} bytes  {:>3} tries  {}",
            file.upload,
            file.reference.as_deref().unwrap_or("not sent"),
            file.received_at.rfc3339(),
            file.bytes,
            file.attempts,
            file.last_error.as_deref().unwrap_or("-"),
        );
    }
    println!("{} waiting to be checked for viruses", files.len());
    Ok(ExitCode::SUCCESS)
}
