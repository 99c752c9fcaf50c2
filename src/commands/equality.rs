//! `onrecord equality …`: the totals of the equality questions.

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;
use service::cases::desk::Caller;
use service::{Services, cases::equality};

#[derive(Subcommand)]
pub enum Equality {
    /// Print how often each answer was given in a month that has ended
    Totals {
        /// The month, such as 2026-10
        month: String,
    },
}

/// Runs the command.
pub async fn run(services: Services, caller: Caller, command: Equality) -> Result<ExitCode> {
    let Equality::Totals { month } = command;
    let totals = equality::totals(&services, &caller, &month).await?;
    for question in totals.questions {
        println!("{}", question.question);
        for answer in question.answers {
            let total = answer
                .total
                .map_or_else(|| format!("fewer than {}", totals.smallest_total), |n| n.to_string());
            println!("  {}  {total}", answer.answer);
        }
    }
    Ok(ExitCode::SUCCESS)
}
