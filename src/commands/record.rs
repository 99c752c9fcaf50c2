//! `onrecord record …`: showing that the record is what was written.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Subcommand;
use onrecord::record::events::Verdict;
use onrecord::service::Services;
use onrecord::service::record::{Finding, verify, verify_all};

#[derive(Subcommand)]
pub enum Record {
    /// Check the chain of events of one case, or of all; the exit code is 1 when anything is not as it was written
    Verify { reference: Option<String> },
}

/// Does it.
///
/// # Errors
/// When there is no such case.
pub async fn run(services: Services, command: Record) -> Result<ExitCode> {
    let Record::Verify { reference } = command;
    let (mut cases, mut wrong) = (0, 0);
    let mut note = |finding: Finding| {
        cases += 1;
        if !say(&finding) {
            wrong += 1;
        }
    };
    match reference {
        Some(reference) => match verify(&services, &reference).await? {
            Some(finding) => note(finding),
            None => bail!("no such case"),
        },
        None => {
            verify_all(&services, note).await?;
        }
    }
    println!("{cases} cases checked, {wrong} not as they were written");
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Prints a finding; whether it is a good one.
fn say(Finding { reference, verdict }: &Finding) -> bool {
    match verdict {
        Verdict::Intact { events, head } => println!("{reference}  intact  {events} events, the newest {head}"),
        Verdict::BrokenChain { n } => println!("{reference}  BROKEN at event {n}"),
        Verdict::WrongProjection => println!("{reference}  BROKEN: the case does not say what its events say"),
    }
    matches!(verdict, Verdict::Intact { .. })
}
