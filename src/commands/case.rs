//! `onrecord case …`: the organisation's side at the command line.

mod show;

use std::process::ExitCode;

use anyhow::{Result, anyhow};
use clap::{Args, Subcommand};
use onrecord::complaint::Status;
use onrecord::complaint::authority::{Basis, GivenBy, Scope};
use onrecord::complaint::contact_plan::{ContactPlan, Way};
use onrecord::complaint::event::{EventBody, ToldHow};
use onrecord::complaint::fields::iso_date;
use onrecord::complaint::form::Choice;
use onrecord::complaint::outcome::{Finding, FindingKind, Order};
use onrecord::complaint::status::ClosedReason;
use onrecord::service::Services;
use onrecord::service::consent::desk::{self as authority, Found};
use onrecord::service::desk::{self, Caller, DeskError, Filter};
use onrecord::text::Language;

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
        /// Why it is closed, which a closed case needs: complied, withdrawn, `outside_remit`, resolved or `no_response`
        #[arg(long, value_parser = reason)]
        reason: Option<ClosedReason>,
    },
    /// Move the day by which the next thing happens; the status stays, and the people on the case are told why
    Due {
        reference: String,
        /// The new day, YYYY-MM-DD
        #[arg(value_parser = date)]
        due: time::Date,
        /// Why; the people on the case read this
        message: String,
        /// The order whose day moves, by its number on the case; the next step of the case when left out
        #[arg(long)]
        order: Option<u8>,
    },
    /// Take a withdrawn complaint up again because the tenant asked for it; it goes on where it was
    UndoWithdrawal {
        reference: String,
        /// How the tenant asked: phone, letter, `in_person`, `other_person` or other
        #[arg(long, value_parser = told_how)]
        how: ToldHow,
    },
    /// Write to the person
    Message {
        reference: String,
        /// What the person reads
        message: String,
    },
    /// Ask the person; the case waits for the answers
    RequestInformation {
        reference: String,
        /// Reply by, YYYY-MM-DD
        #[arg(long, value_parser = date)]
        due: time::Date,
        /// The questions, each in quotes
        #[arg(required = true)]
        questions: Vec<String>,
    },
    /// Decide; the person may then ask for a review
    Decide {
        reference: String,
        /// The decision in words the person reads
        message: String,
        /// What was found about one thing complained of, such as `1=service_failure`; may be given again
        #[arg(long, value_parser = finding)]
        finding: Vec<Finding>,
        /// The last day to ask for a review, YYYY-MM-DD; as many days from today as are set when it is left out
        #[arg(long, value_parser = date)]
        review_until: Option<time::Date>,
    },
    /// Tell the landlord to do something
    Order {
        reference: String,
        /// What, in words the person reads
        what: String,
        /// By when, YYYY-MM-DD
        #[arg(long, value_parser = date)]
        due: time::Date,
    },
    /// Say what was done about a need; the person reads it
    Need {
        reference: String,
        /// Such as `large_print`; `onrecord case show` lists the person's
        need: String,
        /// What was done
        what: String,
    },
    /// Say how the tenant is reached whom another person complained for, as the tenant told you; what is left out is no way any more
    Contact {
        reference: String,
        /// The tenant's number on the case
        #[arg(long, default_value_t = 2)]
        person: u8,
        #[command(flatten)]
        ways: Ways,
    },
    /// Say that you have asked somebody, by a way that was safe, and the new contact details that wait are theirs
    ConfirmContact {
        reference: String,
        /// Which change, as `onrecord case show` has it
        change: i32,
        /// Their number on the case
        #[arg(long, default_value_t = 1)]
        person: u8,
    },
    /// Say that you could not confirm somebody's new contact details: all stays as it was
    RefuseContact {
        reference: String,
        /// Which change, as `onrecord case show` has it
        change: i32,
        /// Why, and what to do; that person reads this
        message: String,
        /// Their number on the case
        #[arg(long, default_value_t = 1)]
        person: u8,
    },
    /// Record that a person who could not be told of something knows of it now: the task `not_told` ends
    Told {
        reference: String,
        /// Their number on the case
        #[arg(long, default_value_t = 1)]
        person: u8,
        /// By which way: phone, letter, `in_person`, `other_person` or other
        #[arg(long, value_parser = told_how)]
        how: ToldHow,
        /// What your colleagues should know about it
        #[arg(long)]
        note: Option<String>,
    },
    /// Hand a case to somebody else; the person does not see it
    Handover {
        reference: String,
        /// Who has it now
        to: String,
        /// What they should know
        note: String,
    },
    /// Write a note for your colleagues; the person does not see it
    Note { reference: String, note: String },
    /// Record that somebody may act for the tenant, from a paper or from the code the tenant read out; the case goes on when it waited for that
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
        /// The code of the request, as the tenant read it out on the phone
        #[arg(long)]
        code: Option<String>,
    },
    /// Record that somebody may not act for the tenant any more; it holds at once
    EndAuthority {
        reference: String,
        /// Their number on the case; whoever sent it is 1
        #[arg(long, default_value_t = 1)]
        person: u8,
        /// Why
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Make a code to read out to the tenant on the phone, by which they say that somebody may act for them
    ConsentCode {
        reference: String,
        /// Whom it is about: their number on the case
        #[arg(long, default_value_t = 1)]
        person: u8,
    },
    /// Show a case: needs and safety first, then what is promised, then what has happened
    Show { reference: String },
    /// Give somebody another access code; the one before and all their sign-ins end
    ///
    /// The code is shown this once. Read it out, or send it by a way that is safe for the person.
    NewCode {
        reference: String,
        /// Their number on the case: 1 is who sent the complaint. A tenant for whom another complained is 2, and comes onto the case with
        /// their first code
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

/// The ways to reach a person, and which of them the person called safe.
#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct Ways {
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
    /// A message may be left
    #[arg(long, requires = "phone_safe")]
    voicemail_safe: bool,
    /// Letters are safe
    #[arg(long)]
    post_safe: bool,
    /// The way the person likes best: email, phone, text, post or online
    #[arg(long, value_parser = way)]
    way: Way,
}

impl From<Ways> for ContactPlan {
    fn from(ways: Ways) -> Self {
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

fn way(text: &str) -> Result<Way, String> {
    Way::parse(text).ok_or_else(|| format!("one of {}", codes::<Way>()))
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

fn told_how(text: &str) -> Result<ToldHow, String> {
    ToldHow::parse(text).ok_or_else(|| format!("one of {}", codes::<ToldHow>()))
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

/// Prints the one line that comes of a command.
fn one(line: Result<String, DeskError>) -> Result<ExitCode> {
    println!("{}", line.map_err(told)?);
    Ok(ExitCode::SUCCESS)
}

/// Does it.
///
/// # Errors
/// When there is no such case, or it cannot be moved there.
#[expect(clippy::too_many_lines, reason = "an arm for each command")]
pub async fn run(services: Services, caller: Caller, command: Case) -> Result<ExitCode> {
    let (reference, event) = match command {
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
            (reference, event)
        }
        Case::NewCode { reference, person } => {
            return one(desk::new_code(&services, &caller, &reference, person)
                .await
                .map(|made| made.access_code));
        }
        Case::Due {
            reference,
            due,
            message,
            order,
        } => (reference, EventBody::DueChanged { due, order, message }),
        Case::UndoWithdrawal { reference, how } => {
            // The service fills in where the case goes on.
            let event = EventBody::WithdrawalUndone {
                how: Some(how),
                status: Status::Assessment,
                due: None,
            };
            (reference, event)
        }
        Case::Message { reference, message } => (reference, EventBody::MessageSent { message }),
        Case::RequestInformation { reference, due, questions } => (reference, EventBody::InformationRequested { questions, due }),
        Case::Decide {
            reference,
            message,
            finding,
            review_until,
        } => (reference, decision(&services, message, finding, review_until)),
        Case::Order { reference, what, due } => (
            reference,
            EventBody::OrdersMade {
                orders: vec![Order { what, due }],
            },
        ),
        Case::Need { reference, need, what } => (reference, EventBody::NeedActedOn { need, what }),
        Case::Contact { reference, person, ways } => {
            let contact = ways.into();
            (reference, EventBody::ContactChanged { person, contact })
        }
        Case::ConfirmContact { reference, change, person } => (reference, EventBody::ContactChangeConfirmed { person, change }),
        Case::RefuseContact {
            reference,
            change,
            message,
            person,
        } => (reference, EventBody::ContactChangeRefused { person, change, message }),
        Case::Told {
            reference,
            person,
            how,
            note,
        } => (reference, EventBody::ToldByOtherWay { person, how, note }),
        Case::Handover { reference, to, note } => (reference, EventBody::Handover { to, note }),
        Case::Note { reference, note } => (reference, EventBody::Note { note }),
        Case::EndAuthority { reference, person, reason } => {
            let ended = authority::end(&services, &caller, &reference, person, &reason, None).await;
            return one(ended.map(|_| format!("person {person} may not act on {reference} any more")));
        }
        Case::ConsentCode { reference, person } => {
            let made = authority::make_code(&services, &caller, &reference, person).await;
            return one(made.map(|made| made.code.as_str().to_owned()));
        }
        Case::Authority {
            reference,
            person,
            basis,
            scope,
            until,
            code,
        } => {
            let found = Found {
                person,
                basis,
                by: if code.is_some() { GivenBy::Phone } else { GivenBy::Paper },
                scopes: scope,
                until,
                code,
            };
            let given = authority::give(&services, &caller, &reference, &found, None).await;
            return one(given.map(|_| format!("person {person} may act on {reference}")));
        }
        Case::Show { reference } => {
            return show::show(&services, &caller, &reference).await.map(|()| ExitCode::SUCCESS);
        }
        Case::List { status } => {
            return list(&services, &caller, status).await.map(|()| ExitCode::SUCCESS);
        }
    };
    let added = desk::add_event(&services, &caller, &reference, event, None).await.map_err(told)?;
    match added.body.moves_to() {
        Some(status) => println!("{reference} is now {}", status.code()),
        None => println!("{reference} has {} at place {}", added.body.kind(), added.n),
    }
    Ok(ExitCode::SUCCESS)
}

/// The event of a decision; without a day the review can be asked for as long as the settings say.
fn decision(services: &Services, message: String, findings: Vec<Finding>, review_until: Option<time::Date>) -> EventBody {
    let days = time::Duration::days(services.settings().review_days.into());
    EventBody::DecisionMade {
        message,
        findings,
        review_until: review_until.unwrap_or_else(|| services.today().saturating_add(days)),
    }
}

fn told(error: DeskError) -> anyhow::Error {
    match error {
        DeskError::Invalid(errors) => {
            let sentences = errors
                .iter()
                .map(|error| format!("{} ({})", Language::default().say_error(error), error.code));
            anyhow!("not acceptable: {}", sentences.collect::<Vec<_>>().join("; "))
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
