//! Whether a person who could not be notified of an event has learned of it since.

use crate::open_case::event_notifications::delivery_actor;
use crate::stored;
use crate::{ServiceError, Services, access::viewer::Viewer, open_case::OpenCase};
use complaint::case::{
    event::{EventBody, LearnedBy},
    person_number::PersonNumber,
    state::CaseProjection,
};
use record::{RecordError, events::Model as Event};

/// Returns whether, by the record, a person could not be notified of an event and still does not know it.
///
/// Only the person's own case action or reading, or the organisation informing them by other means, ends this. What other
/// participants do does not.
pub(crate) fn is_uninformed(file: &CaseProjection, events: &[Event], number: PersonNumber) -> Result<bool, RecordError> {
    for event in events.iter().rev() {
        match stored::body(event)? {
            EventBody::NotTold { person, .. } if person == number => return Ok(true),
            EventBody::InformedOtherwise { person, .. } if person == number => return Ok(false),
            _ => {}
        }
        // The author of an event has seen the case.
        if stored::author(file, event)? == Some(number) {
            return Ok(false);
        }
    }
    Ok(false)
}

/// Records that a person who could not be notified has read the case.
pub(crate) async fn record_read(services: &Services, viewer: &Viewer) -> Result<(), ServiceError> {
    let Some((mut case, ..)) = OpenCase::lock_as(services, viewer).await? else {
        return Ok(());
    };
    let number = viewer.person.number;
    // Checked again: the case is locked only from here on.
    if !is_uninformed(&case.file, &case.events, number)? {
        return Ok(());
    }
    let event = EventBody::InformedOtherwise {
        person: number,
        how: LearnedBy::Portal,
        note: None,
    };
    case.append(services, &delivery_actor(), &event).await?;
    Ok(case.commit().await?)
}
