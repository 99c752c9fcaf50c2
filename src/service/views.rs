//! From rows of the record to what people are shown.

use crate::complaint::{
    Answers, Status,
    event::{ActorRole, EventBody, Standing},
    fields::iso_date,
    form::Choice,
    steps::role::RoleKind,
    view::{CaseLine, CaseView, FileState, FileView, Issue, Next, Person, Purpose, TimelineEntry, desk::DeskEvent},
};
use crate::record::{
    RecordError,
    cases::{Model as Case, Projection},
    events::{Model as Event, hex},
    uploads::{Model as Upload, State},
};

use super::london::moment;

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

pub(super) fn file(upload: Upload) -> FileView {
    FileView {
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

pub(super) fn case(case: &Case, events: &[Event], files: Vec<Upload>) -> Result<CaseView, RecordError> {
    let answers = answers(&case.answers)?;
    let standing = standing(events)?;
    // A note among colleagues is no news to the person.
    let moved = events
        .iter()
        .rev()
        .find(|e| matches!(e.kind.as_str(), "submitted" | "status_changed"));
    Ok(CaseView {
        reference: case.reference.clone(),
        status: standing.status,
        who_acts: standing.status.who_acts(),
        next: next(standing),
        due: standing.due,
        closed_reason: standing.reason,
        landlord: answers.landlord.as_ref().map(|l| l.name.clone()).unwrap_or_default(),
        issues: issues(&answers),
        people: people(&answers),
        files: files.into_iter().map(file).collect(),
        submitted_at: case.submitted_at.rfc3339(),
        submitted: moment(case.submitted_at),
        updated: moment(moved.map_or(case.submitted_at, |e| e.at)),
    })
}

fn issues(answers: &Answers) -> Vec<Issue> {
    let category = answers.category.as_ref().and_then(|c| c.category);
    let issue = category.map(|category| Issue {
        category,
        what_happened: answers.what_happened.as_ref().map(|a| a.what_happened.clone()).unwrap_or_default(),
        put_right: answers.put_right.as_ref().map(|a| a.put_right.clone()).unwrap_or_default(),
    });
    issue.into_iter().collect()
}

fn people(answers: &Answers) -> Vec<Person> {
    let resident = answers.resident_name.as_ref().map(|n| Person {
        role: ActorRole::Resident,
        name: n.full_name.clone(),
    });
    let representative = answers.representative.as_ref().map(|r| Person {
        role: ActorRole::Representative,
        name: r.full_name.clone(),
    });
    resident.into_iter().chain(representative).collect()
}

pub(super) fn timeline_entry(event: &Event) -> Result<TimelineEntry, RecordError> {
    let (status, due, closed_reason, message) = match body(event)? {
        EventBody::Submitted { due } => (Some(Status::Received), due, None, None),
        EventBody::StatusChanged {
            status,
            due,
            reason,
            message,
        } => (Some(status), due, reason, message),
        EventBody::MessageSent { message } => (None, None, None, Some(message)),
        EventBody::Note { .. } => (None, None, None, None),
    };
    Ok(TimelineEntry {
        n: event.n,
        kind: event.kind.clone(),
        when: moment(event.at),
        actor_role: actor_role(event)?,
        status,
        due,
        closed_reason,
        message,
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
