//! `onrecord record …`: verifies the record of events and lists who accessed cases.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use record::clock::SystemClock;
use record::entropy::SystemEntropy;
use record::log::LogVerdict;
use record::verification::{VerificationResult, verify_log};
use service::Services;
use service::cases::desk;
use service::record::verification::{Extent, Finding, verify_all_to, verify_to};
use service::record::{log, log_keys::LogKeys, receipts};

#[derive(Subcommand)]
pub enum Record {
    /// Verify one case, or all cases and the log; exits with 1 if anything was altered
    Verify {
        reference: Option<String>,
        /// Also read every file, and compare it with the hash in the chain
        #[arg(long)]
        files: bool,
        /// Instead, check the receipt in this file, and compare the record with it
        #[arg(long, value_name = "FILE", conflicts_with_all = ["reference", "files"])]
        receipt: Option<PathBuf>,
    },
    /// Replace the key that signs the log; servers use the new one after a restart
    NewKey,
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
///
/// `keys` is the file with the keys that sign the log.
pub async fn run(services: Services, keys: PathBuf, command: Record) -> Result<ExitCode> {
    let (reference, files) = match command {
        Record::Verify { receipt: Some(file), .. } => return check_receipt(&services, &file).await,
        Record::Verify { reference, files, .. } => (reference, files),
        Record::NewKey => return new_key(&keys),
        Record::Calls {
            reference,
            caller,
            since,
            limit,
        } => return calls(&services, reference.as_deref(), caller, since, limit).await,
    };
    let extent = if files { Extent::WithFiles } else { Extent::Database };
    let (mut cases, mut wrong, mut is_log_intact) = (0, 0, true);
    let mut note = |finding: Finding| {
        cases += 1;
        if !say(&finding) {
            wrong += 1;
        }
    };
    if let Some(reference) = reference {
        match verify_to(&services, &reference, extent).await? {
            Some(finding) => note(finding),
            None => bail!("no such case"),
        }
    } else {
        verify_all_to(&services, extent, note).await?;
        is_log_intact = say_log(&services, verify_log(services.store()).await?);
    }
    println!("{cases} cases checked, {wrong} altered");
    Ok(exit_code(wrong == 0 && is_log_intact))
}

fn new_key(file: &Path) -> Result<ExitCode> {
    let keys = LogKeys::replace(file, &SystemEntropy, &SystemClock)?;
    println!("{} has a new key, and {} earlier ones", file.display(), keys.earlier.len());
    println!("copy the file to every server of this database, and restart them");
    Ok(ExitCode::SUCCESS)
}

fn exit_code(is_good: bool) -> ExitCode {
    if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Prints what was found out about the log, with its signed checkpoint; returns true if it is intact.
fn say_log(services: &Services, verdict: LogVerdict) -> bool {
    match verdict {
        LogVerdict::Intact(checkpoint) => {
            println!("the log  intact  {} leaves", checkpoint.size);
            print!("{}", log::sign(services, &checkpoint));
            return true;
        }
        LogVerdict::NoLeaf { case_id, n } => println!("the log  BROKEN: event {n} of case {case_id} has no leaf"),
        LogVerdict::NoEvent { index } => println!("the log  BROKEN: the leaf at place {index} belongs to no event"),
        LogVerdict::Gap { index } => println!("the log  BROKEN: there is no leaf at place {index}"),
        LogVerdict::WrongHash { level, position } => println!("the log  BROKEN: wrong hash {position} of level {level}"),
    }
    false
}

/// Checks a receipt, and prints each way in which the record differs from it.
async fn check_receipt(services: &Services, file: &Path) -> Result<ExitCode> {
    let signed = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let (receipt, faults) = match receipts::check(services, &signed).await? {
        Ok(checked) => checked,
        Err(error) => {
            println!("not a receipt of this server: {error}");
            return Ok(ExitCode::FAILURE);
        }
    };
    println!("the signature and the proof are good");
    println!("{}  {}  {}", receipt.reference, receipt.kind, receipt.at);
    for fault in &faults {
        println!("BROKEN: {fault}");
    }
    if faults.is_empty() {
        println!("the record and the log still contain the event");
    }
    Ok(exit_code(faults.is_empty()))
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
