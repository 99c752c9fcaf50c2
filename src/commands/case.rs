//! `onrecord case …`: the organisation's side at the command line.

use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};
use clap::Subcommand;
use onrecord::complaint::Status;
use onrecord::complaint::authority::{Basis, GivenBy, Scope};
use onrecord::complaint::event::EventBody;
use onrecord::complaint::fields::iso_date;
use onrecord::complaint::form::Choice;
use onrecord::complaint::status::ClosedReason;
use onrecord::service::Services;
use onrecord::service::consent::desk::{self as authority, Found};
use onrecord::service::desk::{self, Caller, DeskError, Filter};

#[derive(Subcommand)]
pub enum Case {
    /// Move a case on; the person sees it at once
    Status {
        /// Such as RC-7K3M-92QF
        reference: String,
        /// Such as assessment; `onrecord case show` lists those a case may have next
        #[arg(value_parser = status)]
        status: Status,
        /// By when the next thing happens, YYYY-MM-DD
        #[arg(long, value_parser = date)]
        due: Option<time::Date>,
        /// What the person reads about it
        #[arg(long)]
        message: Option<String>,
        /// Why it is closed: complied, withdrawn, `outside_remit`, resolved or `no_response`
        #[arg(long, value_parser = reason)]
        reason: Option<ClosedReason>,
    },
    /// Record from a paper that somebody may act for the tenant; the case goes on when it waited for that
    Authority {
        reference: String,
        /// Their number on the case; whoever sent it is 1
        #[arg(long, default_value_t = 1)]
        person: u8,
        /// By what right: permission, attorney, deputy, appointee, executor, administrator, `next_of_kin`, parent, councillor, adviser or other
        #[arg(long, value_parser = basis)]
        basis: Basis,
        /// What they may do: see, speak, letters, decide; parted by commas
        #[arg(long, value_parser = scope, value_delimiter = ',', required = true)]
        scope: Vec<Scope>,
        /// The last day of it, YYYY-MM-DD
        #[arg(long, value_parser = date)]
        until: Option<time::Date>,
    },
    /// Show where a case stands and what has happened
    Show { reference: String },
    /// List cases, the least recently changed first
    List {
        /// Only those with this status
        #[arg(long, value_parser = status)]
        status: Option<Status>,
    },
}

fn status(text: &str) -> Result<Status, String> {
    Status::parse(text).ok_or_else(|| format!("one of {}", codes::<Status>()))
}

fn basis(text: &str) -> Result<Basis, String> {
    Basis::parse(text).ok_or_else(|| format!("one of {}", codes::<Basis>()))
}

fn scope(text: &str) -> Result<Scope, String> {
    Scope::parse(text).ok_or_else(|| format!("one of {}", codes::<Scope>()))
}

fn reason(text: &str) -> Result<ClosedReason, String> {
    ClosedReason::parse(text).ok_or_else(|| format!("one of {}", codes::<ClosedReason>()))
}

fn date(text: &str) -> Result<time::Date, String> {
    iso_date::parse(text).ok_or_else(|| "a date such as 2027-03-31".to_owned())
}

fn codes<C: Choice>() -> String {
    C::ALL.iter().map(|choice| choice.code()).collect::<Vec<_>>().join(", ")
}

/// Does it.
///
/// # Errors
/// When there is no such case, or it cannot be moved there.
pub async fn run(services: Services, command: Case) -> Result<ExitCode> {
    let caller = Caller::command_line();
    match command {
        Case::Status {
            reference,
            status,
            due,
            message,
            reason,
        } => {
            let event = EventBody::StatusChanged {
                status,
                due,
                reason,
                message,
            };
            desk::add_event(&services, &caller, &reference, event, None).await.map_err(told)?;
            println!("{reference} is now {}", status.code());
        }
        Case::Authority {
            reference,
            person,
            basis,
            scope,
            until,
        } => {
            let found = Found {
                person,
                basis,
                by: GivenBy::Paper,
                scopes: scope,
                until,
                code: None,
            };
            authority::give(&services, &caller, &reference, &found, None).await.map_err(told)?;
            println!("person {person} may act on {reference}");
        }
        Case::Show { reference } => show(&services, &caller, &reference).await?,
        Case::List { status } => list(&services, &caller, status).await?,
    }
    Ok(ExitCode::SUCCESS)
}

fn told(error: DeskError) -> anyhow::Error {
    match error {
        DeskError::Invalid(errors) => {
            let codes: Vec<&str> = errors.iter().map(|e| &*e.code).collect();
            anyhow!("not acceptable: {}", codes.join(", "))
        }
        error => error.into(),
    }
}

async fn show(services: &Services, caller: &Caller, reference: &str) -> Result<()> {
    let Some(case) = desk::case(services, caller, reference).await? else {
        bail!("no such case");
    };
    let due = case.due.map_or_else(|| "-".to_owned(), iso_date::format);
    let may_become: Vec<&str> = case.may_become.iter().map(|status| status.code()).collect();
    println!("{}  sent {}", case.reference, case.submitted.at);
    println!("status      {}", case.status.code());
    println!("due         {due}");
    println!("may become  {}", may_become.join(", "));
    println!("files       {}", case.files.len());
    for event in case.events {
        let what = match &event.body {
            EventBody::StatusChanged { status, .. } => format!("status_changed {}", status.code()),
            body => authority::line(body).unwrap_or_else(|| body.kind().to_owned()),
        };
        let who = event.actor_name.as_deref().unwrap_or(event.actor_role.code());
        println!("{:>3}  {}  {what}  ({who})", event.n, event.at);
    }
    Ok(())
}

async fn list(services: &Services, caller: &Caller, status: Option<Status>) -> Result<()> {
    let mut filter = Filter {
        status,
        ..Filter::default()
    };
    loop {
        let page = desk::list(services, caller, filter.clone()).await.map_err(told)?;
        for case in page.cases {
            let due = case.due.map_or_else(|| "-".to_owned(), iso_date::format);
            println!(
                "{}  {:<19}  due {due:<10}  changed {}",
                case.reference,
                case.status.code(),
                case.updated_at
            );
        }
        match page.next_cursor {
            Some(cursor) => filter.cursor = Some(cursor),
            None => return Ok(()),
        }
    }
}
