//! `onrecord case …`: the desk's work on cases.

mod show;

use std::process::ExitCode;

use anyhow::{Result, anyhow};
use clap::builder::TypedValueParser;
use clap::{Args, Subcommand};
use complaint::Status;
use complaint::case::contact_plan::{ContactMethod, ContactPlan};
use complaint::case::event::LearnedBy;
use complaint::case::outcome::{Finding, FindingKind, Order};
use complaint::case::person_number::{PersonNumber, SENDER, TENANT_BEHIND};
use complaint::case::recordable_event::RecordableEvent;
use complaint::case::representation::{Basis, ProofKind, Scope};
use complaint::case::status::ClosedReason;
use complaint::fields::form::Choice;
use complaint::fields::iso_date;
use service::Services;
use service::cases::desk::{self, Caller, DeskError, Filter};
use service::representation::desk::{self as authority, EstablishedAuthority};
use text::Language;

#[derive(Subcommand)]
pub enum Case {
    /// Change the status of a case; the people on the case see it at once
    Status {
        /// The reference of the case, such as RC-7K3M-92QF
        reference: String,
        /// The new status, such as assessment; `onrecord case show` lists the possible ones
        #[arg(value_parser = status)]
        status: Status,
        /// The last day for the next step, YYYY-MM-DD
        #[arg(long, value_parser = date)]
        due: Option<time::Date>,
        /// A message about it to the people on the case
        #[arg(long)]
        message: Option<String>,
        /// Why the case is closed, required for closed: complied, withdrawn, `outside_remit`, resolved or `no_response`
        #[arg(long, value_parser = reason)]
        reason: Option<ClosedReason>,
    },
    /// Change the last day for the next step, and tell the people on the case why; the status stays
    Due {
        reference: String,
        /// The new day, YYYY-MM-DD
        #[arg(value_parser = date)]
        due: time::Date,
        /// The reason, shown to the people on the case
        message: String,
        /// The number of the order whose day changes; the next step of the case when left out
        #[arg(long)]
        order: Option<u8>,
    },
    /// Resume a withdrawn complaint at the tenant's request, in the state it had before
    UndoWithdrawal {
        reference: String,
        /// How the tenant asked: phone, letter, `in_person`, `other_person` or other
        #[arg(long, value_parser = told_how)]
        how: LearnedBy,
    },
    /// Send a message to the people on the case
    Message {
        reference: String,
        /// The text of the message
        message: String,
    },
    /// Ask the people on the case for information; the case waits for the answers
    RequestInformation {
        reference: String,
        /// The last day to answer, YYYY-MM-DD
        #[arg(long, value_parser = date)]
        due: time::Date,
        /// The questions, each in quotes
        #[arg(required = true)]
        questions: Vec<String>,
    },
    /// Record the decision; the people on the case may then ask for a review
    Decide {
        reference: String,
        /// The text of the decision, shown to the people on the case
        message: String,
        /// The finding on one issue, such as `1=service_failure`; may be repeated
        #[arg(long, value_parser = finding)]
        finding: Vec<Finding>,
        /// The last day to ask for a review, YYYY-MM-DD; `service.review_days` from today when left out
        #[arg(long, value_parser = date)]
        review_until: Option<time::Date>,
    },
    /// Order the landlord to do something
    Order {
        reference: String,
        /// The order, in words for the people on the case
        what: String,
        /// The last day to do it, YYYY-MM-DD
        #[arg(long, value_parser = date)]
        due: time::Date,
    },
    /// Record what was done about a need; shown to the people on the case
    Need {
        reference: String,
        /// The code of the need, such as `large_print`; `onrecord case show` lists those of the case
        need: String,
        /// The action taken, shown to the people on the case
        what: String,
    },
    /// Record the contact details of a tenant for whom another person complained; what is left out is removed
    Contact {
        reference: String,
        /// The tenant's number on the case
        #[arg(long, value_parser = person(), default_value_t = TENANT_BEHIND)]
        person: PersonNumber,
        #[command(flatten)]
        ways: ContactMethodOptions,
    },
    /// Confirm a person's waiting contact change, after asking them by a contact method that was safe before
    ConfirmContact {
        reference: String,
        /// The number of the change, as `onrecord case show` prints it
        change: i32,
        /// The person's number on the case
        #[arg(long, value_parser = person(), default_value_t = SENDER)]
        person: PersonNumber,
    },
    /// Refuse a person's waiting contact change that you could not confirm; nothing changes
    RefuseContact {
        reference: String,
        /// The number of the change, as `onrecord case show` prints it
        change: i32,
        /// The reason and what to do next, shown to that person
        message: String,
        /// The person's number on the case
        #[arg(long, value_parser = person(), default_value_t = SENDER)]
        person: PersonNumber,
    },
    /// Record that you have informed a person whom the portal could not notify; the task `not_told` ends
    Told {
        reference: String,
        /// The person's number on the case
        #[arg(long, value_parser = person(), default_value_t = SENDER)]
        person: PersonNumber,
        /// How you informed them: phone, letter, `in_person`, `other_person` or other
        #[arg(long, value_parser = told_how)]
        how: LearnedBy,
        /// A note for your colleagues
        #[arg(long)]
        note: Option<String>,
    },
    /// Hand a case over to a colleague; not shown to the people on the case
    Handover {
        reference: String,
        /// The colleague who takes over
        to: String,
        /// A note for that colleague
        note: String,
    },
    /// Add an internal note; not shown to the people on the case
    Note { reference: String, note: String },
    /// Record a representative's authority, by a document or by the tenant's code; a case that waited for it resumes
    Authority {
        reference: String,
        /// The person's number on the case; the sender of the complaint is 1
        #[arg(long, value_parser = person(), default_value_t = SENDER)]
        person: PersonNumber,
        /// Basis: permission, attorney, deputy, appointee, executor, administrator, `next_of_kin`, parent, councillor, adviser or other
        #[arg(long, value_parser = basis)]
        basis: Basis,
        /// The rights: see, speak, letters, decide; separated by commas
        #[arg(long, value_parser = scope, value_delimiter = ',', required = true)]
        scope: Vec<Scope>,
        /// The last day of the authority, YYYY-MM-DD
        #[arg(long, value_parser = date)]
        until: Option<time::Date>,
        /// The consent code, as the tenant read it out on the phone
        #[arg(long)]
        code: Option<String>,
    },
    /// Record that a representative's authority has ended; takes effect at once
    EndAuthority {
        reference: String,
        /// The person's number on the case; the sender of the complaint is 1
        #[arg(long, value_parser = person(), default_value_t = SENDER)]
        person: PersonNumber,
        /// The reason
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Make a consent code to read out on the phone, with which the tenant agrees to a representative
    ConsentCode {
        reference: String,
        /// The representative's number on the case
        #[arg(long, value_parser = person(), default_value_t = SENDER)]
        person: PersonNumber,
    },
    /// Show a case: needs and risks first, then people, status and tasks, then the events
    Show { reference: String },
    /// Replace a person's access code; the previous code and all their sessions end
    ///
    /// The code is shown only once. Read it out, or send it by a contact method that is safe for the person.
    NewCode {
        reference: String,
        /// The person's number on the case: 1 is the sender of the complaint. A tenant for whom another person complained is 2, and gets
        /// access to the case with their first code
        #[arg(long, value_parser = person(), default_value_t = SENDER)]
        person: PersonNumber,
    },
    /// List cases, the least recently changed first
    List {
        /// Only cases with this status
        #[arg(long, value_parser = status)]
        status: Option<Status>,
    },
}

/// Contact methods, and which of them the person called safe.
#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "each field is a separate option")]
pub struct ContactMethodOptions {
    #[arg(long)]
    email: Option<String>,
    /// Emails are safe
    #[arg(long, requires = "email")]
    email_safe: bool,
    #[arg(long)]
    phone: Option<String>,
    /// Calls and texts are safe
    #[arg(long, requires = "phone")]
    phone_safe: bool,
    /// Leaving a voicemail message is safe
    #[arg(long, requires = "phone_safe")]
    voicemail_safe: bool,
    /// Letters are safe
    #[arg(long)]
    post_safe: bool,
    /// The preferred contact method: email, phone, text, post or online
    #[arg(long, value_parser = way)]
    way: ContactMethod,
}

impl From<ContactMethodOptions> for ContactPlan {
    fn from(ways: ContactMethodOptions) -> Self {
        Self {
            email: ways.email,
            email_safe: ways.email_safe,
            phone: ways.phone,
            phone_safe: ways.phone_safe,
            voicemail_safe: ways.voicemail_safe,
            post_safe: ways.post_safe,
            way: Some(ways.way),
            ..Self::default()
        }
    }
}

fn person() -> impl TypedValueParser<Value = PersonNumber> {
    clap::value_parser!(u8).map(PersonNumber)
}

fn way(text: &str) -> Result<ContactMethod, String> {
    ContactMethod::parse(text).ok_or_else(|| format!("one of {}", codes::<ContactMethod>()))
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

fn told_how(text: &str) -> Result<LearnedBy, String> {
    LearnedBy::parse(text).ok_or_else(|| format!("one of {}", codes::<LearnedBy>()))
}

fn finding(text: &str) -> Result<Finding, String> {
    let wrong = || format!("a number, =, and one of {}", codes::<FindingKind>());
    let (issue, kind) = text.split_once('=').ok_or_else(wrong)?;
    let issue = issue.parse().ok().filter(|issue| *issue > 0).ok_or_else(wrong)?;
    let finding = FindingKind::parse(kind).ok_or_else(wrong)?;
    Ok(Finding { issue, finding })
}

pub(super) fn date(text: &str) -> Result<time::Date, String> {
    iso_date::parse(text).ok_or_else(|| "a date such as 2027-03-31".to_owned())
}

fn codes<C: Choice>() -> String {
    C::ALL.iter().map(|choice| choice.code()).collect::<Vec<_>>().join(", ")
}

/// Prints the single line of output of a command.
fn print_line(line: Result<String, DeskError>) -> Result<ExitCode> {
    println!("{}", line.map_err(into_anyhow)?);
    Ok(ExitCode::SUCCESS)
}

/// Runs the command.
#[expect(clippy::too_many_lines, reason = "one match arm for each command")]
pub async fn run(services: Services, caller: Caller, command: Case) -> Result<ExitCode> {
    let (reference, event) = match command {
        Case::Status {
            reference,
            status,
            due,
            message,
            reason,
        } => {
            let event = RecordableEvent::StatusChanged {
                status,
                due,
                reason,
                message,
            };
            (reference, event)
        }
        Case::NewCode { reference, person } => {
            return print_line(
                desk::new_code(&services, &caller, &reference, person)
                    .await
                    .map(|made| made.access_code),
            );
        }
        Case::Due {
            reference,
            due,
            message,
            order,
        } => (reference, RecordableEvent::DueChanged { due, order, message }),
        Case::UndoWithdrawal { reference, how } => (reference, RecordableEvent::WithdrawalUndone { how }),
        Case::Message { reference, message } => (reference, RecordableEvent::MessageSent { message }),
        Case::RequestInformation { reference, due, questions } => (reference, RecordableEvent::InformationRequested { questions, due }),
        Case::Decide {
            reference,
            message,
            finding,
            review_until,
        } => (reference, decision(&services, message, finding, review_until)),
        Case::Order { reference, what, due } => (
            reference,
            RecordableEvent::OrdersMade {
                orders: vec![Order { what, due }],
            },
        ),
        Case::Need { reference, need, what } => (reference, RecordableEvent::NeedActedOn { need, what }),
        Case::Contact { reference, person, ways } => {
            let contact = ways.into();
            (reference, RecordableEvent::ContactChanged { person, contact })
        }
        Case::ConfirmContact { reference, change, person } => (reference, RecordableEvent::ContactChangeConfirmed { person, change }),
        Case::RefuseContact {
            reference,
            change,
            message,
            person,
        } => (reference, RecordableEvent::ContactChangeRefused { person, change, message }),
        Case::Told {
            reference,
            person,
            how,
            note,
        } => (reference, RecordableEvent::InformedOtherwise { person, how, note }),
        Case::Handover { reference, to, note } => (reference, RecordableEvent::Handover { to, note }),
        Case::Note { reference, note } => (reference, RecordableEvent::Note { note }),
        Case::EndAuthority { reference, person, reason } => {
            let ended = authority::end(&services, &caller, &reference, person, &reason, None).await;
            return print_line(ended.map(|_| format!("person {person} may no longer act on {reference}")));
        }
        Case::ConsentCode { reference, person } => {
            let made = authority::make_code(&services, &caller, &reference, person).await;
            return print_line(made.map(|made| made.code.as_str().to_owned()));
        }
        Case::Authority {
            reference,
            person,
            basis,
            scope,
            until,
            code,
        } => {
            let found = EstablishedAuthority {
                person,
                basis,
                by: if code.is_some() { ProofKind::Phone } else { ProofKind::Paper },
                scopes: scope,
                until,
                code,
            };
            let given = authority::give(&services, &caller, &reference, &found, None).await;
            return print_line(given.map(|_| format!("person {person} may act on {reference}")));
        }
        Case::Show { reference } => {
            return show::show(&services, &caller, &reference).await.map(|()| ExitCode::SUCCESS);
        }
        Case::List { status } => {
            return list(&services, &caller, status).await.map(|()| ExitCode::SUCCESS);
        }
    };
    let added = desk::add_event(&services, &caller, &reference, event, None)
        .await
        .map_err(into_anyhow)?;
    match added.body.new_status() {
        Some(status) => println!("{reference} is now {}", status.code()),
        None => println!("{reference} has a new event: {}, number {}", added.body.kind(), added.n),
    }
    Ok(ExitCode::SUCCESS)
}

/// The event of a decision. Without a day, the last day for a review follows from `service.review_days`.
fn decision(services: &Services, message: String, findings: Vec<Finding>, review_until: Option<time::Date>) -> RecordableEvent {
    let days = time::Duration::days(services.settings().review_days.into());
    RecordableEvent::DecisionMade {
        message,
        findings,
        review_until: review_until.unwrap_or_else(|| services.today().saturating_add(days)),
    }
}

fn into_anyhow(error: DeskError) -> anyhow::Error {
    match error {
        DeskError::Invalid(errors) => {
            let sentences = errors
                .iter()
                .map(|error| format!("{} ({})", Language::default().say_error(error), error.code));
            anyhow!("the event is invalid: {}", sentences.collect::<Vec<_>>().join("; "))
        }
        error => error.into(),
    }
}

async fn list(services: &Services, caller: &Caller, status: Option<Status>) -> Result<()> {
    let mut filter = Filter {
        status,
        ..Filter::default()
    };
    loop {
        let page = desk::list(services, caller, filter.clone()).await.map_err(into_anyhow)?;
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
