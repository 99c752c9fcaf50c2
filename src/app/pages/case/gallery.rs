//! Every state of a case as its card, on one page for tests and for people who change the words. Only debug builds have it.

use leptos::prelude::*;
use time::macros::date;

use super::case_state::{card, decision, orders};
use super::messages;
use crate::app::address::address;
use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::words::language;
use complaint::Answers;
use complaint::case::actions::CaseActionKind;
use complaint::case::event::ActorRole;
use complaint::case::outcome::{Done, Finding, FindingKind};
use complaint::case::person_number::{SENDER, TENANT_BEHIND};
use complaint::case::representation::{Wait, WaitsFor};
use complaint::case::status::{Actor, ClosedReason, Status};
use complaint::fields::form::Choice;
use complaint::questionnaire::questions::CategoryKind;
use contract::people::ClaimView;
use contract::{CaseView, DecisionView, Issue, Moment, Next, OrderView, RequestView, TimelineEntry};

const DUE: time::Date = date!(2026 - 12 - 14);

/// All cards for one role: `/__gallery` for the resident, `/__gallery?role=representative`.
#[component]
pub fn GalleryPage() -> impl IntoView {
    let is_representative = address().query("role") == Some("representative");
    let role = if is_representative {
        provide_context(language().to_representative());
        ActorRole::Representative
    } else {
        ActorRole::Resident
    };
    let cards = states(role).into_iter().map(|(name, case, entries)| {
        view! {
            <article class="or-gallery" id=name.clone() aria-label=name.clone()>
                <p class="govuk-body-s">{name.clone()}</p>
                // The ids inside are those of a page with one card.
                {without_ids(card(&case, &entries))}
                {without_ids(decision(&case))}
                {without_ids(orders(&case))}
                {without_ids(messages::thread(&entries))}
            </article>
        }
    });
    view! {
        <PageTitle text="Gallery".to_owned()/>
        <Main back=None>
            <Heading text="Gallery".to_owned()/>
            {cards.collect_view()}
        </Main>
    }
    .into_any()
}

/// Removes the ids and the names that refer to them, of which a document may have each only once.
fn without_ids(part: impl IntoView) -> impl IntoView {
    let mut html = part.into_any().to_html();
    for attribute in [" id=\"", " aria-labelledby=\""] {
        while let Some(start) = html.find(attribute) {
            let value = start + attribute.len();
            let end = html[value..].find('"').map_or(html.len(), |end| value + end + 1);
            html.replace_range(start..end, "");
        }
    }
    view! { <div inner_html=html></div> }
}

/// Returns each state with its name: all statuses, all ways to be late, to close and to wait for authority.
fn states(role: ActorRole) -> Vec<(String, CaseView, Vec<TimelineEntry>)> {
    let mut all = Vec::new();
    for status in Status::ALL {
        let case = case(*status, role);
        let entries = entries(*status);
        let mut late = case.clone();
        late.late = late.due.is_some();
        if late.late && !matches!(status, Status::DecisionMade | Status::Closed | Status::AwaitingAuthority) {
            all.push((format!("{}-late", status.code()), late, entries.clone()));
        }
        all.push((status.code().to_owned(), case, entries));
    }
    for reason in ClosedReason::ALL {
        let mut case = case(Status::Closed, role);
        case.closed_reason = Some(*reason);
        if *reason == ClosedReason::Withdrawn {
            case.undo_until = Some(DUE);
            case.can.push(CaseActionKind::UndoWithdrawal);
        }
        all.push((format!("closed-{}", reason.code()), case, Vec::new()));
    }
    for wait in Wait::ALL {
        let mut case = case(Status::AwaitingAuthority, role);
        case.who_acts = match (wait.rule().acts, role) {
            (WaitsFor::Organisation, _) => Actor::Us,
            (WaitsFor::Tenant, ActorRole::Resident) | (WaitsFor::Claimant, ActorRole::Representative) => Actor::You,
            (WaitsFor::Tenant, _) => Actor::Resident,
            (WaitsFor::Claimant, _) => Actor::Representative,
        };
        case.claims = vec![ClaimView {
            person: if role == ActorRole::Representative {
                case.me
            } else {
                TENANT_BEHIND
            },
            name: "Robin Example".into(),
            wait: *wait,
            who_acts: case.who_acts,
            by: Some(DUE),
            document: None,
        }];
        all.push((format!("authority-{}", wait.code()), case, Vec::new()));
    }
    all
}

fn case(status: Status, role: ActorRole) -> CaseView {
    let mut can = vec![CaseActionKind::Message, CaseActionKind::Files];
    let is_decided = matches!(status, Status::DecisionMade | Status::OrdersOpen);
    if status == Status::AwaitingResident {
        can.push(CaseActionKind::Answer);
    }
    if status == Status::DecisionMade {
        can.push(CaseActionKind::Review);
    }
    if status == Status::OrdersOpen {
        can.push(CaseActionKind::Orders);
    }
    let due = (!matches!(status, Status::Closed)).then_some(DUE);
    CaseView {
        reference: "RC-7K3M-92Q5".into(),
        status,
        who_acts: status.who_acts(),
        next: Next {
            status,
            who_acts: status.who_acts(),
            due,
        },
        due,
        late: false,
        closed_reason: None,
        me: SENDER,
        my_role: role,
        claims: Vec::new(),
        can,
        can_answer: Vec::new(),
        request: (status == Status::AwaitingResident).then(|| RequestView {
            n: 1,
            questions: vec!["When did you first see the damp?".into()],
            due: DUE,
        }),
        orders: if status == Status::OrdersOpen {
            vec![order(1, Some(Done::Yes)), order(2, None)]
        } else {
            Vec::new()
        },
        decision: is_decided.then(|| DecisionView {
            message: "The landlord did not act on three reports of damp.".into(),
            findings: FindingKind::ALL
                .iter()
                .zip(1..)
                .map(|(finding, issue)| Finding { issue, finding: *finding })
                .collect(),
            review_until: DUE,
        }),
        review_until: (status == Status::DecisionMade).then_some(DUE),
        undo_until: None,
        landlord: "Example Homes".into(),
        issues: vec![Issue {
            category: CategoryKind::PropertyCondition,
            subcategory: None,
            what_happened: "The bathroom wall is wet.".into(),
            put_right: String::new(),
        }],
        needs: Vec::new(),
        answers: Answers::default(),
        people: Vec::new(),
        files: Vec::new(),
        kept_until: None,
        submitted_at: moment().at,
        submitted: moment(),
        updated: moment(),
        unreached: Vec::new(),
        partial: false,
        contact_change: None,
    }
}

fn order(number: u8, done: Option<Done>) -> OrderView {
    OrderView {
        order: number,
        what: "Mend the bathroom wall.".into(),
        due: DUE,
        done,
        note: None,
    }
}

fn moment() -> Moment {
    Moment {
        at: "2026-11-23T09:30:00Z".into(),
        date: date!(2026 - 11 - 23),
        time: "09:30".into(),
    }
}

/// Returns the timeline of a state: a message to the organisation, and the word from it that brought the state about.
fn entries(status: Status) -> Vec<TimelineEntry> {
    let (kind, message) = match status {
        Status::AwaitingResident => ("information_requested", "When did you first see the damp?"),
        Status::DecisionMade => ("decision_made", "The landlord did not act on three reports of damp."),
        Status::Received => return Vec::new(),
        _ => (
            "message_sent",
            "We have read what you sent us about the bathroom wall, the two days on which no one came, and the letter that you got in May. \
             We have now asked the landlord for its repair records, and will write to you again when we have them.",
        ),
    };
    let entry = |n, kind: &str, actor_role, message: &str| TimelineEntry {
        n,
        kind: kind.to_owned(),
        when: moment(),
        actor_role,
        status: None,
        due: None,
        closed_reason: None,
        message: Some(message.to_owned()),
        on: None,
        filename: None,
        files: Vec::new(),
        order: None,
        done: None,
        findings: Vec::new(),
        answers: None,
    };
    vec![
        entry(1, "message_received", ActorRole::Resident, "No one came on Friday."),
        entry(2, kind, ActorRole::Organisation, message),
    ]
}
