//! `onrecord evidence …`: whether the files are all there.

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;
use onrecord::evidence::check::Findings;
use onrecord::service::Services;
use onrecord::service::evidence::check::compare;

#[derive(Subcommand)]
pub enum Evidence {
    /// Compare storage and record, both ways; the exit code is 1 when they do not fit together
    Check {
        /// Remove what is in storage, is older than an hour, and belongs to no file on the record
        #[arg(long)]
        remove: bool,
    },
}

/// Does it.
///
/// # Errors
/// When the storage or the database does not answer.
pub async fn run(services: Services, command: Evidence) -> Result<ExitCode> {
    let Evidence::Check { remove } = command;
    let Findings {
        files,
        litter,
        strange,
        missing,
    } = compare(&services, remove).await?;
    for id in &missing {
        println!("{id}  MISSING: on the record, and not all in storage");
    }
    let word = if remove { "removed" } else { "LITTER" };
    for (key, bytes) in &litter {
        println!("{key}  {word}: {bytes} bytes that belong to no file on the record");
    }
    for key in &strange {
        println!("{key}  not ours, left alone");
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
