//! The complaint clock with the organisation's time limits and bank holidays, and the calendar days of a submitted
//! complaint.

use crate::stored;
use sha2::{Digest, Sha256};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::{ServiceError, Services, access::token::DraftToken, cases::submission, drafts};
use complaint::Status;
use complaint::clock::{Clock, ClockInput};
use complaint::fields::form::Choice;
use record::{RecordError, cases};

/// Computes the complaint clock as of the day that the input names, or as of today.
pub fn clock(services: &Services, input: &ClockInput) -> Clock {
    let today = input.today.unwrap_or_else(|| services.today());
    Clock::new(input, today, services.rules(), services.holidays())
}

/// Returns the complaint clock of the complaint that was sent from a draft.
///
/// `None` on a device that did not send it, or once its receipt is no longer shown.
pub async fn of_sent(services: &Services, token: &DraftToken) -> Result<Option<Clock>, ServiceError> {
    let Some(case_id) = drafts::sent_case(services, token).await? else {
        return Ok(None);
    };
    let case = cases::lookup(&services.store().read, case_id)
        .await?
        .ok_or_else(|| RecordError::corrupt("the case of a sent draft is missing"))?;
    Ok(Some(clock(services, &ClockInput::from(&stored::answers(&case.answers)?))))
}

/// A day that a resident can add to a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarDay {
    /// A stable id for one kind of day of one complaint. It reveals neither.
    pub id: Uuid,
    pub date: Date,
    /// When the complaint was sent.
    pub stamp: OffsetDateTime,
}

/// Returns the days ahead of the complaint that was sent from a draft, in order, each date once.
///
/// They are the organisation's promised contact, the landlord's answer, the opening and the last day of the next complaint
/// route, and hazard deadlines. `None` on a device that did not send it, or once its receipt is no longer shown.
pub async fn days_ahead(services: &Services, token: &DraftToken) -> Result<Option<Vec<CalendarDay>>, ServiceError> {
    let Some(case_id) = drafts::sent_case(services, token).await? else {
        return Ok(None);
    };
    let db = &services.store().read;
    let case = cases::lookup(db, case_id)
        .await?
        .ok_or_else(|| RecordError::corrupt("the case of a sent draft is missing"))?;
    let input = ClockInput::from(&stored::answers(&case.answers)?);
    let clock = clock(services, &input);
    let first = submission::sent_events(services, &case).await?;
    let sent = stored::case_state(&first)?;
    // A complaint that awaits authority is read only once the authority is given: no contact day was promised for it.
    let contact = sent.due.filter(|_| sent.status == Status::Received);
    let contact = contact.filter(|date| *date > clock.today).map(|date| (date, "contact"));
    let others = clock.days_ahead().into_iter().map(|(date, what)| (date, what.code()));
    let mut days: Vec<_> = contact.into_iter().chain(others).collect();
    days.sort_unstable();
    days.dedup_by_key(|(date, _)| *date);
    let stamp = case.submitted_at.into();
    let day = |(date, what)| CalendarDay {
        id: day_id(case_id, what),
        date,
        stamp,
    };
    Ok(Some(days.into_iter().map(day).collect()))
}

/// Derives a calendar id by hashing. The hash keeps the case id out of calendars, which other people may see.
fn day_id(case_id: Uuid, what: &str) -> Uuid {
    let mut hash = Sha256::new();
    hash.update(b"calendar day ");
    hash.update(case_id.as_bytes());
    hash.update(what.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
