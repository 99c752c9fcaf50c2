//! `onrecord record …`: verifies the record of events and lists who accessed cases.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Subcommand;
use record::verification::VerificationResult;
use service::Services;
use service::cases::desk;
use service::record::verification::{Extent, Finding, verify_all_to, verify_to};

#[derive(Subcommand)]
pub enum Record {
    /// Verify the event chain of one case, or of all cases; exits with 1 if anything was altered
    Verify {
        reference: Option<String>,
        /// Also read every file, and compare it with the hash in the chain
        #[arg(long)]
        files: bool,
    },
    /// List the organisation's access to cases, newest first: time, caller, action, case
    Calls {
        /// Only calls about this case
        #[arg(long)]
        reference: Option<String>,
        /// Only calls by this caller: the name of an API key, or `command line: ` and the operator's name
        #[arg(long)]
        caller: Option<String>,
        /// Only calls since the start of this day in London, YYYY-MM-DD
        #[arg(long, value_parser = super::case::date)]
        since: Option<time::Date>,
        /// The largest number of calls to print
        #[arg(long, default_value_t = 1000)]
        limit: u64,
    },
}

/// Runs the command.
pub async fn run(services: Services, command: Record) -> Result<ExitCode> {
    let (reference, files) = match command {
        Record::Verify { reference, files } => (reference, files),
        Record::Calls {
            reference,
            caller,
            since,
            limit,
        } => return calls(&services, reference.as_deref(), caller, since, limit).await,
    };
    let extent = if files { Extent::WithFiles } else { Extent::Database };
    let (mut cases, mut wrong) = (0, 0);
    let mut note = |finding: Finding| {
        cases += 1;
        if !say(&finding) {
            wrong += 1;
        }
    };
    match reference {
        Some(reference) => match verify_to(&services, &reference, extent).await? {
            Some(finding) => note(finding),
            None => bail!("no such case"),
        },
        None => {
            verify_all_to(&services, extent, note).await?;
        }
    }
    println!("{cases} cases checked, {wrong} altered");
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn calls(
    services: &Services,
    reference: Option<&str>,
    caller: Option<String>,
    since: Option<time::Date>,
    limit: u64,
) -> Result<ExitCode> {
    let calls = desk::calls(services, reference, caller, since, limit).await?;
    for call in &calls {
        let case = call.case_reference.as_deref().unwrap_or("-");
        println!("{}  {}  {}  {case}", call.at.rfc3339(), call.key_name, call.action);
    }
    println!("{} calls", calls.len());
    Ok(ExitCode::SUCCESS)
}

/// Prints a finding; returns true if the case is intact.
fn say(Finding { reference, verdict }: &Finding) -> bool {
    match verdict {
        VerificationResult::Intact { events, head, bound_from } => {
            let bound = match bound_from {
                Some(1) => String::new(),
                Some(n) => format!("; answers and files are bound from event {n} on"),
                None => "; answers and files are not bound yet: run `onrecord migrate`".to_owned(),
            };
            println!("{reference}  intact  {events} events, the newest {head}{bound}");
        }
        VerificationResult::BrokenChain { n } => println!("{reference}  BROKEN at event {n}"),
        VerificationResult::Changed { n, item } => println!("{reference}  BROKEN: {item} differs from event {n}"),
        VerificationResult::Unbound { item } => println!("{reference}  BROKEN: no event contains {item}"),
        VerificationResult::WrongBytes { file } => {
            println!("{reference}  BROKEN: the bytes of file/{file} differ from those that were received");
        }
        VerificationResult::Unreadable { why } => println!("{reference}  BROKEN: {why}"),
        VerificationResult::NoCase => println!("{reference}  BROKEN: the case has events, but its row is missing"),
        VerificationResult::WrongProjection { table, column } => {
            println!("{reference}  BROKEN: {column} of {table} differs from the events");
        }
    }
    matches!(verdict, VerificationResult::Intact { .. })
}
