//! `onrecord evidence …`: files that wait for the scanner, decisions about suspected files, and the check of the storage.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Subcommand, ValueEnum};
use complaint::fields::form::Choice;
use evidence::check::Findings;
use service::cases::desk::{Caller, FileDecision, decide_file_by_id};
use service::files::check::compare;
use service::{Services, files::scanning};
use uuid::Uuid;

#[derive(Subcommand)]
pub enum Evidence {
    /// List files by id; names are not printed, to keep them out of terminals and their logs
    List {
        /// Files that wait for the virus scan, longest waiting first, and why they wait
        #[arg(long, required = true)]
        waiting: bool,
    },
    /// Release or refuse a file that the virus scanner suspects
    Decide {
        /// The file's id
        file: Uuid,
        decision: Decision,
    },
    /// Compare storage and database in both directions; exits with 1 if they differ
    Check {
        /// Remove stored objects that are older than an hour and belong to no file in the database
        #[arg(long)]
        remove: bool,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Decision {
    /// The file may be opened
    Release,
    /// The file is refused, like one with a virus
    Refuse,
}

/// Runs the command.
pub async fn run(services: Services, caller: Caller, command: Evidence) -> Result<ExitCode> {
    match command {
        Evidence::List { .. } => list(services).await,
        Evidence::Decide { file, decision } => {
            let decision = match decision {
                Decision::Release => FileDecision::Release,
                Decision::Refuse => FileDecision::Refuse,
            };
            let file = decide_file_by_id(&services, &caller, file, decision).await?;
            println!("{}  {}", file.id, file.state.code());
            Ok(ExitCode::SUCCESS)
        }
        Evidence::Check { remove } => check(services, remove).await,
    }
}

async fn list(services: Services) -> Result<ExitCode> {
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
    println!("{} files wait for the virus scan", files.len());
    Ok(ExitCode::SUCCESS)
}

async fn check(services: Services, remove: bool) -> Result<ExitCode> {
    let Findings {
        files,
        orphans: litter,
        foreign_keys: strange,
        missing,
    } = compare(&services, remove).await?;
    for id in &missing {
        println!("{id}  MISSING: in the database, but not completely in storage");
    }
    let word = if remove { "removed" } else { "LITTER" };
    for (key, bytes) in &litter {
        println!("{key}  {word}: {bytes} bytes that belong to no file in the database");
    }
    for key in &strange {
        println!("{key}  not made by On Record, ignored");
    }
    println!(
        "{files} files checked, {} missing, {} {}",
        missing.len(),
        litter.len(),
        if remove {
            "removed from storage"
        } else {
            "in storage without a file"
        }
    );
    let fits = missing.is_empty() && (litter.is_empty() || remove);
    Ok(if fits { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
