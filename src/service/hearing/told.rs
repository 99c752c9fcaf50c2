//! Whether a person who could not be told of something knows of it by now.

use super::courier;
use crate::complaint::{
    case_file::CaseFile,
    event::{EventBody, ToldHow},
};
use crate::record::{RecordError, events::Model as Event};
use crate::service::{ServiceError, Services, open_case::OpenCase, people::Viewer, views};

/// Whether a person could not be told of something and does not know of it yet, as far as the record says. What others on the case do ends
/// nothing: only that the person acts or reads the case, or that the organisation tells them by another way.
pub(in crate::service) fn is_open(file: &CaseFile, events: &[Event], number: u8) -> Result<bool, RecordError> {
    for event in events.iter().rev() {
        match views::body(event)? {
            EventBody::NotTold { person, .. } if person == number => return Ok(true),
            EventBody::ToldByOtherWay { person, .. } if person == number => return Ok(false),
            _ => {}
        }
        // Whoever acts has the case before them.
        if views::author(file, event)? == Some(number) {
            return Ok(false);
        }
    }
    Ok(false)
}

/// Notes that a person who could not be told of something has the case before them.
pub(in crate::service) async fn by_reading(services: &Services, viewer: &Viewer) -> Result<(), ServiceError> {
    let Some(mut case) = OpenCase::hold(services, viewer.reference()).await? else {
        return Ok(());
    };
    let number = viewer.person.number;
    // Looked at again: only now no other request changes the case.
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
