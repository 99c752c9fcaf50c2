//! Decoding of stored rows: answers, events, and the case replayed from them.

use complaint::{
    Answers, Status,
    case::{
        case_state::CaseState,
        event::{ActorRole, EventBody},
        person_number::PersonNumber,
        state::{CaseProjection, Participant},
    },
    fields::{form::Choice, iso_date},
};
use contract::desk::DeskEvent;
use record::{
    RecordError,
    cases::{Model as Case, Projection},
    events::Model as Event,
};

pub(crate) fn answers(json: &str) -> Result<Answers, RecordError> {
    serde_json::from_str(json).map_err(RecordError::corrupt)
}

pub(crate) fn body(event: &Event) -> Result<EventBody, RecordError> {
    serde_json::from_str(&event.body).map_err(RecordError::corrupt)
}

pub(crate) fn status(code: &str) -> Result<Status, RecordError> {
    Status::parse(code).ok_or_else(|| RecordError::corrupt(format_args!("unknown status {code:?}")))
}

pub(crate) fn actor_role(event: &Event) -> Result<ActorRole, RecordError> {
    ActorRole::parse(&event.actor_role).ok_or_else(|| RecordError::corrupt(format_args!("unknown role {:?}", event.actor_role)))
}

/// Returns the number of the participant who caused an event, if the record shows it.
pub(crate) fn author(file: &CaseProjection, event: &Event) -> Result<Option<PersonNumber>, RecordError> {
    Ok(file.find_actor(actor_role(event)?, event.actor_name.as_deref()))
}

pub(crate) fn person_number(stored: i32) -> Result<PersonNumber, RecordError> {
    let number = PersonNumber::try_from(stored);
    number.map_err(|_| RecordError::corrupt(format_args!("person number {stored} is out of range")))
}

/// Returns the participant with a number as rows store it. `None` if the case has no such person.
pub(crate) fn participant(file: &CaseProjection, stored: i32) -> Option<&Participant> {
    file.person(person_number(stored).ok()?)
}

pub(crate) fn projection(standing: CaseState) -> Projection {
    Projection {
        status: standing.status.code().to_owned(),
        due: standing.due.map(iso_date::format),
    }
}

/// Returns the projection of a case from its answers and events.
pub(crate) fn case_file(case: &Case, events: &[Event]) -> Result<CaseProjection, RecordError> {
    let bodies = events.iter().map(body).collect::<Result<Vec<_>, _>>()?;
    let numbered = events.iter().map(|event| event.n).zip(&bodies);
    CaseProjection::replay(&answers(&case.answers)?, numbered)
        .ok_or_else(|| RecordError::corrupt("a case whose first event is not its submission"))
}

/// Returns the projection of a case after more events.
pub(crate) fn extended(mut file: CaseProjection, newer: &[Event]) -> Result<CaseProjection, RecordError> {
    for event in newer {
        file.add(event.n, &body(event)?);
    }
    Ok(file)
}

/// Returns the case state after these events. Fails if the first is not a submission.
pub(crate) fn case_state(events: &[Event]) -> Result<CaseState, RecordError> {
    let bodies = events.iter().map(body).collect::<Result<Vec<_>, _>>()?;
    CaseState::replay(&bodies).ok_or_else(|| RecordError::corrupt("a case whose first event is not its submission"))
}

pub(crate) fn desk_event(event: &Event) -> Result<DeskEvent, RecordError> {
    Ok(DeskEvent {
        n: event.n,
        at: event.at.rfc3339(),
        actor_role: actor_role(event)?,
        actor_name: event.actor_name.clone(),
        body: body(event)?,
        hash: hex::encode(&event.hash),
    })
}
