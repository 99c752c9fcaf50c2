//! The complaint clock with the organisation's rules and bank holidays, and the days that follow for a complaint that was
//! sent.

use sha2::{Digest, Sha256};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::{ServiceError, Services, drafts, submission, token::DraftToken, views};
use crate::complaint::Status;
use crate::complaint::clock::{Clock, ClockInput};
use crate::complaint::form::Choice;
use crate::record::{RecordError, cases};

/// What the clock says, looked at from the day the input names, or from today.
#[must_use]
pub fn clock(services: &Services, input: &ClockInput) -> Clock {
    let today = input.today.unwrap_or_else(|| services.today());
    Clock::new(input, today, services.rules(), services.holidays())
}

/// What the clock says about the complaint that was sent from a draft. `None` for a device that did not send it, or when it
/// was sent too long ago for the receipt to be shown.
///
/// # Errors
/// [`ServiceError`].
pub async fn of_sent(services: &Services, token: &DraftToken) -> Result<Option<Clock>, ServiceError> {
    let Some(case_id) = drafts::sent_case(services, token).await? else {
        return Ok(None);
    };
    let case = cases::lookup(&services.store().read, case_id)
        .await?
        .ok_or_else(|| RecordError::corrupt("a draft sent to no case"))?;
    Ok(Some(clock(services, &ClockInput::from(&views::answers(&case.answers)?))))
}

/// A day to note in a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarDay {
    /// The same for the same day of the same complaint, each time it is asked for; says nothing about either.
    pub id: Uuid,
    pub date: Date,
    /// When the complaint was sent.
    pub stamp: OffsetDateTime,
}

/// The days ahead of the complaint that was sent from a draft, each once, in order: when we will be in touch, when the
/// landlord's answer is due, when the next way opens and when it closes. `None` for a device that did not
/// send it, or when it was sent too long ago for the receipt to be shown.
///
/// # Errors
/// [`ServiceError`].
pub async fn days_ahead(services: &Services, token: &DraftToken) -> Result<Option<Vec<CalendarDay>>, ServiceError> {
    let Some(case_id) = drafts::sent_case(services, token).await? else {
        return Ok(None);
    };
    let db = &services.store().read;
    let case = cases::lookup(db, case_id)
        .await?
        .ok_or_else(|| RecordError::corrupt("a draft sent to no case"))?;
    let input = ClockInput::from(&views::answers(&case.answers)?);
    let clock = clock(services, &input);
    let first = submission::sent_events(services, &case).await?;
    let sent = views::standing(&first)?;
    // A complaint that waits for authority is read once that is there: no day was promised for it.
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

/// The hash keeps the case's own id out of people's calendars, which others may see.
fn day_id(case_id: Uuid, what: &str) -> Uuid {
    let mut hash = Sha256::new();
    hash.update(b"calendar day ");
    hash.update(case_id.as_bytes());
    hash.update(what.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
