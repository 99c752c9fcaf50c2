//! Ending waits for authority: what the authority table prescribes once the last day has passed without proof.

use crate::stored;
use time::{Date, Duration};
use uuid::Uuid;

use crate::representation::consent_requests::contact_by;
use crate::{
    ServiceError, Services, london,
    open_case::{OpenCase, system},
};
use complaint::{
    Status,
    case::{
        event::EventBody,
        person_number::PersonNumber,
        state::{Authority, CaseProjection, Participant},
    },
    fields::{form::Choice, iso_date},
};
use record::{
    RecordError, cases,
    events::{self, Model as Event},
};

/// Ends every wait whose last day has passed, and returns how many. The people on the case are notified, and the desk gets a
/// task.
///
/// A wait ends only once: its events are read while the case is locked, so a second run or another server finds nothing to
/// do.
pub(crate) async fn end_over(services: &Services) -> Result<u64, ServiceError> {
    let today = services.today();
    let asked = services.now() - days(services);
    let db = &services.store().read;
    let (waiting, closed) = (Status::AwaitingAuthority.code(), Status::Closed.code());
    let found = events::list_waits_over(db, waiting, closed, &iso_date::format(today), asked.into()).await?;
    let mut ended = 0;
    for id in found {
        let Some(case) = cases::lookup(db, id).await? else { continue };
        let all = events::list(db, id, 0, u64::from(u32::MAX), &[]).await?;
        // Checked before the case is locked: most of these cases have nothing to end.
        if !over(services, &stored::case_file(&case, &all)?, &all, today)?.is_empty() {
            ended += end_on(services, id).await?;
        }
    }
    Ok(ended)
}

async fn end_on(services: &Services, id: Uuid) -> Result<u64, ServiceError> {
    let write = services.store().begin().await?;
    let Some(mut case) = OpenCase::lock_by_id(services, write, id).await? else {
        return Ok(0);
    };
    let mut ended = 0;
    for person in over(services, &case.file, &case.events, case.today)? {
        let status = case.file.state.status;
        let event = EventBody::AuthorityRequestExpired {
            person,
            status: (status == Status::AwaitingAuthority).then_some(status),
            due: Some(contact_by(services, case.today)),
        };
        case.append(services, &system(), &event).await?;
        ended += 1;
    }
    case.commit().await?;
    Ok(ended)
}

/// Returns the person numbers of the claims whose last day has passed and whose wait was not ended yet.
fn over(services: &Services, file: &CaseProjection, events: &[Event], today: Date) -> Result<Vec<PersonNumber>, RecordError> {
    if file.state.status == Status::Closed {
        return Ok(Vec::new());
    }
    let mut over = Vec::new();
    for person in &file.people {
        let waits = matches!(person.authority, Authority::Claimed(_)) && !person.claim.has_expired;
        if waits && last_day(services, person, events)?.is_some_and(|last| last < today) {
            over.push(person.number);
        }
    }
    Ok(over)
}

/// Returns the last day of a claim's wait. Older `AuthorityAsked` events contain none; it is then counted from the event.
fn last_day(services: &Services, person: &Participant, all: &[Event]) -> Result<Option<Date>, RecordError> {
    if person.claim.until.is_some() {
        return Ok(person.claim.until);
    }
    for event in all.iter().rev() {
        if let EventBody::AuthorityAsked { person: about, .. } = stored::body(event)?
            && about == person.number
        {
            return Ok(Some(london::date(event.at.time() + days(services))));
        }
    }
    Ok(None)
}

fn days(services: &Services) -> Duration {
    Duration::days(i64::from(services.settings().consent_days))
}
