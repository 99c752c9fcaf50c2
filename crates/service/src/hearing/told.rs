//! Whether a person who could not be notified of an event has learned of it since.

use crate::hearing::courier;
use crate::{ServiceError, Services, open_case::OpenCase, people::Viewer, views};
use complaint::{
    case_file::CaseFile,
    event::{EventBody, ToldHow},
};
use record::{RecordError, events::Model as Event};

/// Returns whether, by the record, a person could not be notified of an event and still does not know it.
///
/// Only the person's own case action or reading, or the organisation telling them in another way, ends this. What other
/// participants do does not.
pub(crate) fn is_open(file: &CaseFile, events: &[Event], number: u8) -> Result<bool, RecordError> {
    for event in events.iter().rev() {
        match views::body(event)? {
            EventBody::NotTold { person, .. } if person == number => return Ok(true),
            EventBody::ToldByOtherWay { person, .. } if person == number => return Ok(false),
            _ => {}
        }
        // The author of an event has seen the case.
        if views::author(file, event)? == Some(number) {
            return Ok(false);
        }
    }
    Ok(false)
}

/// Records that a person who could not be notified has read the case.
pub(crate) async fn by_reading(services: &Services, viewer: &Viewer) -> Result<(), ServiceError> {
    let Some(mut case) = OpenCase::hold(services, viewer.reference()).await? else {
        return Ok(());
    };
    let number = viewer.person.number;
    // Checked again: the case is locked only from here on.
    if !is_open(&case.file, &case.events, number)? {
        return Ok(());
    }
    let event = EventBody::ToldByOtherWay {
        person: number,
        how: ToldHow::Portal,
        note: None,
    };
    case.append(services, &courier(), &event).await?;
    Ok(case.commit().await?)
}
