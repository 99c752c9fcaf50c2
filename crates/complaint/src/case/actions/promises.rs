//! The default dates by which the organisation next contacts the people on a case.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::{Date, Duration};

use crate::calendar::BankHolidays;
use crate::case::status::Status;

/// The number of working days until the organisation's next contact, by status. A status without an entry has no date.
///
/// The numbers are the organisation's own promise, and the defaults follow no rule that we know of. The exception is the
/// landlord's two answers: the Complaint Handling Code gives the landlord 5 working days to acknowledge, then 10 and 20 to
/// answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NextContactDays(pub BTreeMap<Status, u32>);

impl Default for NextContactDays {
    fn default() -> Self {
        Self(
            [
                (Status::Received, 5),
                (Status::AwaitingResident, 10),
                (Status::AwaitingAuthority, 20),
                (Status::LandlordStage1, 15),
                (Status::LandlordStage2, 25),
                (Status::LandlordOverdue, 5),
                (Status::Assessment, 15),
                (Status::ReferredBack, 20),
                (Status::WaitingAllocation, 40),
                (Status::EvidenceRequested, 20),
                (Status::Investigation, 40),
                (Status::UnderReview, 20),
                (Status::OrdersOpen, 20),
            ]
            .into(),
        )
    }
}

/// The organisation's time promises, with the bank holidays needed to count them.
#[derive(Clone, Copy, Debug)]
pub struct Promises<'a> {
    pub holidays: &'a BankHolidays,
    pub next_word: &'a NextContactDays,
    /// The number of calendar days in which a withdrawal can be undone.
    pub withdrawal_days: u32,
}

impl Promises<'_> {
    /// Returns the date of the organisation's next contact in a status, counted from `today`.
    pub fn due_date(&self, status: Status, today: Date) -> Option<Date> {
        let days = self.next_word.0.get(&status)?;
        Some(self.holidays.add_working_days(today, *days))
    }

    /// Returns the date promised before if it has not passed, otherwise a new one.
    pub fn keep_or_renew(&self, before: Option<Date>, status: Status, today: Date) -> Option<Date> {
        before.filter(|due| *due >= today).or_else(|| self.due_date(status, today))
    }

    /// Returns the last day to undo a withdrawal made on `today`.
    pub fn undo_until(&self, today: Date) -> Date {
        today.saturating_add(Duration::days(self.withdrawal_days.into()))
    }
}
