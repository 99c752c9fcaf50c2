//! From rows of the record to what people are shown.

use crate::complaint::{
    Answers, Place, Status, StepId,
    case_file::CaseFile,
    event::{ActorRole, EventBody, Standing},
    fields::iso_date,
    form::Choice,
    journey,
    questions::RoleKind,
    view::{CaseLine, CaseView, FileState, FileView, Issue, Next, Person, Purpose, TimelineEntry, desk::DeskEvent},
};
use crate::record::{
    RecordError,
    cases::{Model as Case, Projection},
    events::{Model as Event, hex},
    uploads::{Model as Upload, State},
};

use super::{Services, london::moment, reading::is_readable};

pub(super) fn answers(json: &str) -> Result<Answers, RecordError> {
    serde_json::from_str(json).map_err(RecordError::corrupt)
}

pub(super) fn body(event: &Event) -> Result<EventBody, RecordError> {
    serde_json::from_str(&event.body).map_err(RecordError::corrupt)
}

pub(super) fn status(code: &str) -> Result<Status, RecordError> {
    Status::parse(code).ok_or_else(|| RecordError::corrupt(format_args!("no status {code:?}")))
}

fn actor_role(event: &Event) -> Result<ActorRole, RecordError> {
    ActorRole::parse(&event.actor_role).ok_or_else(|| RecordError::corrupt(format_args!("no role {:?}", event.actor_role)))
}

/// Who of the two sent the complaint.
pub(super) fn sender(answers: &Answers) -> ActorRole {
    match answers.role_kind() {
        Some(RoleKind::Representative) => ActorRole::Representative,
        _ => ActorRole::Resident,
    }
}

pub(super) fn projection(standing: Standing) -> Projection {
    Projection {
        status: standing.status.code().to_owned(),
        due: standing.due.map(iso_date::format),
    }
}

/// What answers and events of a case add up to.
pub(super) fn case_file(case: &Case, events: &[Event]) -> Result<CaseFile, RecordError> {
    let bodies = events.iter().map(body).collect::<Result<Vec<_>, _>>()?;
    let numbered = events.iter().map(|event| event.n).zip(&bodies);
    CaseFile::replay(&answers(&case.answers)?, numbered)
        .ok_or_else(|| RecordError::corrupt("a case whose first event is not its submission"))
}

/// What the events add up to; an error when they add up to nothing.
pub(super) fn standing(events: &[Event]) -> Result<Standing, RecordError> {
    let bodies = events.iter().map(body).collect::<Result<Vec<_>, _>>()?;
    Standing::replay(&bodies).ok_or_else(|| RecordError::corrupt("a case whose first event is not its submission"))
}

pub(super) fn next(standing: Standing) -> Next {
    Next {
        status: standing.status,
        who_acts: standing.status.who_acts(),
        due: standing.due,
    }
}

pub(super) fn file(services: &Services, upload: Upload) -> FileView {
    FileView {
        scanned: matches!(upload.state, State::Clean | State::Refused),
        readable: is_readable(services.scanner(), upload.state),
        received: moment(upload.received_at),
        id: upload.id.to_string(),
        filename: upload.filename,
        media_type: upload.media_type,
        bytes: upload.bytes.unsigned_abs(),
        sha256: upload.sha256.unwrap_or_default(),
        state: match upload.state {
            State::Receiving => FileState::Receiving,
            State::Scanning => FileState::Scanning,
            State::Clean => FileState::Clean,
            State::Refused => FileState::Refused,
        },
        reason: upload.reason,
        purpose: Purpose::parse(&upload.purpose).unwrap_or(Purpose::Evidence),
        taken_at: upload.taken_at,
        has_place: upload.has_place,
        caption: upload.caption,
        shows: upload.shows,
        original_sha256: upload.original_sha256,
    }
}

pub(super) fn case_line(case: &Case) -> Result<CaseLine, RecordError> {
    let status = status(&case.status)?;
    Ok(CaseLine {
        reference: case.reference.clone(),
        status,
        who_acts: status.who_acts(),
        due: case.due.as_deref().and_then(iso_date::parse),
        submitted_at: case.submitted_at.rfc3339(),
        updated_at: case.updated_at.rfc3339(),
    })
}

pub(super) fn case(services: &Services, case: &Case, events: &[Event], files: Vec<Upload>) -> Result<CaseView, RecordError> {
    let answers = answers(&case.answers)?;
    let standing = standing(events)?;
    // A note among colleagues is no news to the person.
    let moved = events.iter().rev().find(|e| body(e).is_ok_and(|b| b.moves_to().is_some()));
    Ok(CaseView {
        reference: case.reference.clone(),
        status: standing.status,
        who_acts: standing.status.who_acts(),
        next: next(standing),
        due: standing.due,
        closed_reason: standing.reason,
        landlord: answers.text(StepId::Landlord, "name").to_owned(),
        issues: issues(&answers),
        people: people(&answers),
        files: files.into_iter().map(|upload| file(services, upload)).collect(),
        submitted_at: case.submitted_at.rfc3339(),
        submitted: moment(case.submitted_at),
        updated: moment(moved.map_or(case.submitted_at, |e| e.at)),
        unreached: Vec::new(),
    })
}

fn issues(answers: &Answers) -> Vec<Issue> {
    let text = |step, issue, field| answers.text(Place::of_issue(step, issue), field).to_owned();
    let one = |issue| {
        let subcategory = text(StepId::Subcategory, issue, "subcategory");
        Some(Issue {
            category: answers.category_kind(issue)?,
            subcategory: (!subcategory.is_empty()).then_some(subcategory),
            what_happened: text(StepId::WhatHappened, issue, "what_happened"),
            put_right: answers.text(StepId::PutRight, "put_right").to_owned(),
        })
    };
    (1..=journey::issues(answers)).filter_map(one).collect()
}

fn people(answers: &Answers) -> Vec<Person> {
    let person = |role, step| {
        let name = answers.text(step, "full_name");
        (!name.is_empty()).then(|| Person {
            role,
            name: name.to_owned(),
        })
    };
    let resident = person(ActorRole::Resident, StepId::ResidentName);
    let representative = person(ActorRole::Representative, StepId::Representative);
    resident.into_iter().chain(representative).collect()
}

pub(super) fn timeline_entry(event: &Event) -> Result<TimelineEntry, RecordError> {
    let body = body(event)?;
    let filename = match &body {
        EventBody::FileRefused { filename, .. } | EventBody::FileReceived { filename, .. } => Some(filename.clone()),
        _ => None,
    };
    let moved = Standing::after(standing_before(&body), &body).filter(|_| body.moves_to().is_some());
    let message = match &body {
        EventBody::StatusChanged { message, .. } => message.clone(),
        EventBody::MessageSent { message } | EventBody::MessageReceived { message, .. } | EventBody::DecisionMade { message, .. } => {
            Some(message.clone())
        }
        EventBody::DiaryEntry { what, .. } | EventBody::NeedActedOn { what, .. } => Some(what.clone()),
        _ => None,
    };
    Ok(TimelineEntry {
        n: event.n,
        kind: event.kind.clone(),
        when: moment(event.at),
        actor_role: actor_role(event)?,
        status: moved.map(|to| to.status),
        due: moved.and_then(|to| to.due),
        closed_reason: moved.and_then(|to| to.reason),
        message,
        filename,
    })
}

/// Any standing will do to see where an event leads: none but the first looks at what was before.
fn standing_before(body: &EventBody) -> Option<Standing> {
    (!matches!(body, EventBody::Submitted { .. })).then_some(Standing {
        status: Status::Received,
        due: None,
        reason: None,
    })
}

pub(super) fn desk_event(event: &Event) -> Result<DeskEvent, RecordError> {
    Ok(DeskEvent {
        n: event.n,
        at: event.at.rfc3339(),
        actor_role: actor_role(event)?,
        actor_name: event.actor_name.clone(),
        body: body(event)?,
        hash: hex(&event.hash),
    })
}
