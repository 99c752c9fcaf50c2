//! By when the next word comes, where nobody has said so.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::{Date, Duration};

use crate::complaint::calendar::BankHolidays;
use crate::complaint::status::Status;

/// Within how many working days the next word comes in each status. A status that is not named gives no day.
///
/// The numbers are the organisation's own promise. The defaults follow no rule that we know of, but for the landlord's two
/// answers, which the Complaint Handling Code gives 10 and 20 working days, and 5 before them to acknowledge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NextWord(pub BTreeMap<Status, u32>);

impl Default for NextWord {
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

/// What the organisation promises, with the days it works.
#[derive(Clone, Copy, Debug)]
pub struct Promises<'a> {
    pub holidays: &'a BankHolidays,
    pub next_word: &'a NextWord,
    /// How many days a withdrawal can be undone.
    pub withdrawal_days: u32,
}

impl Promises<'_> {
    /// The day by which the next word comes in this status, counted from `today`.
    #[must_use]
    pub fn by(&self, status: Status, today: Date) -> Option<Date> {
        let days = self.next_word.0.get(&status)?;
        Some(self.holidays.add_working_days(today, *days))
    }

    /// The day that was promised before, unless it has gone by: then a new one.
    #[must_use]
    pub fn kept(&self, before: Option<Date>, status: Status, today: Date) -> Option<Date> {
        before.filter(|due| *due >= today).or_else(|| self.by(status, today))
    }

    /// The last day to undo a withdrawal.
    #[must_use]
    pub fn undo_until(&self, today: Date) -> Date {
        today.saturating_add(Duration::days(self.withdrawal_days.into()))
    }
}
