//! `onrecord case …`: the organisation's side at the command line.

use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};
use clap::Subcommand;
use onrecord::complaint::Status;
use onrecord::complaint::event::EventBody;
use onrecord::complaint::fields::iso_date;
use onrecord::complaint::form::Choice;
use onrecord::complaint::status::ClosedReason;
use onrecord::service::Services;
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
    /// Show where a case stands and what has happened
    Show { reference: String },
    /// Give somebody another access code; the one before and all their sign-ins end
    ///
    /// The code is shown this once. Read it out, or send it by a way that is safe for the person.
    NewCode {
        reference: String,
        /// Their number on the case: 1 is who sent the complaint
        #[arg(long, default_value_t = 1)]
        person: u8,
    },
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
        Case::NewCode { reference, person } => {
            let made = desk::new_code(&services, &caller, &reference, person).await.map_err(told)?;
            println!("{}", made.access_code);
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
    println!("undelivered {}", case.undelivered.len());
    for message in case.undelivered {
        let way = message.way.as_deref().unwrap_or("-");
        println!(
            "  person {}  by {way}  {}  given up {}",
            message.person, message.reason, message.given_up_at
        );
    }
    for event in case.events {
        let what = match &event.body {
            EventBody::StatusChanged { status, .. } => format!("status_changed {}", status.code()),
            body => body.kind().to_owned(),
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
