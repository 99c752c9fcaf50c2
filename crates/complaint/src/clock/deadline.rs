//! A deadline: a duty, its last day, and its state.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use time::Date;

use crate::clock::ClockContext;
use crate::clock::rules::{Duty, Limit, Unit};
use crate::clock::span::{DateRange, When};
use crate::fields::form::choices;
use crate::fields::iso_date;

choices! {
    /// The state of a deadline.
    DeadlineState {
        /// The day has not passed.
        Running = "running",
        /// It may be late: the dates are approximate.
        MayBeLate = "may_be_late",
        /// Not done, and certainly late.
        Late = "late",
        /// Done in time.
        Kept = "kept",
        /// Done, and certainly late.
        KeptLate = "kept_late",
        /// Done; whether in time is unknown.
        Done = "done",
        /// Too little is known about when counting began, or whether it is done.
        NotKnown = "not_known",
    }
}

/// How late a duty is, or was when it was done. `least` and `most` differ if dates are approximate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DaysLate {
    pub least: u32,
    pub most: u32,
    /// Working days, or calendar days for limits that are not counted in working days.
    pub unit: Unit,
}

/// The rule that sets a limit, and where it is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(not(feature = "browser"), derive(Deserialize))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RuleSource {
    /// The name of the rule.
    pub name: Cow<'static, str>,
    /// A web page that states the rule.
    pub source: Cow<'static, str>,
    pub count: u32,
    pub unit: Unit,
    /// The first day to which the rule applies, if known.
    #[serde(with = "iso_date::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub from: Option<Date>,
}

#[cfg(feature = "browser")]
impl Default for RuleSource {
    fn default() -> Self {
        Self {
            name: "".into(),
            source: "".into(),
            count: 0,
            unit: Unit::Days,
            from: None,
        }
    }
}

/// A duty that has to be done by a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deadline {
    pub what: Duty,
    pub state: DeadlineState,
    /// The last day to do it in time, including an extension. `null` if unknown.
    pub due: Option<DateRange>,
    /// `null` if it is not late by a day, or not known to be late.
    pub days_late: Option<DaysLate>,
    /// When it was done, if known.
    #[cfg_attr(feature = "browser", serde(skip_deserializing))]
    pub done_on: Option<DateRange>,
    /// The last day before the extension.
    pub due_before_extension: Option<DateRange>,
    /// The last day as the landlord may count it, from an acknowledgement that was late itself. A late acknowledgement gains no
    /// time, so `due` is earlier.
    // The browser does not deserialize fields that no page shows, which keeps the Wasm small.
    #[cfg_attr(feature = "browser", serde(skip_deserializing))]
    pub due_after_late_acknowledgement: Option<DateRange>,
    #[cfg_attr(feature = "browser", serde(skip_deserializing))]
    pub rule: RuleSource,
}

impl Deadline {
    /// Creates a deadline whose state follows from `done`.
    pub(crate) fn new(reckoning: &ClockContext<'_>, limit: &Limit, due: Option<DateRange>, done: When) -> Self {
        let late_on = |due: DateRange, on: DateRange| {
            let days = |due, on| limit.days_late(due, on, reckoning.holidays);
            DaysLate {
                least: days(due.latest, on.earliest),
                most: days(due.earliest, on.latest),
                unit: match limit.unit {
                    Unit::WorkingDays => Unit::WorkingDays,
                    Unit::Days | Unit::Months => Unit::Days,
                },
            }
        };
        let today = DateRange::new(reckoning.today, reckoning.today);
        let late = due.and_then(|due| match done {
            When::On(on) => Some(late_on(due, on)),
            When::Not => Some(late_on(due, today)),
            When::NotKnown => None,
        });
        let state = match (done, late) {
            (When::Not, None) => DeadlineState::NotKnown,
            (When::Not, Some(late)) if late.least > 0 => DeadlineState::Late,
            (When::Not, Some(late)) if late.most > 0 => DeadlineState::MayBeLate,
            (When::Not, Some(_)) => DeadlineState::Running,
            (When::On(_), Some(late)) if late.least > 0 => DeadlineState::KeptLate,
            (When::On(_), Some(late)) if late.most == 0 => DeadlineState::Kept,
            (When::On(_) | When::NotKnown, _) => DeadlineState::Done,
        };
        Self {
            what: limit.duty,
            state,
            due,
            days_late: late.filter(|late| late.most > 0),
            done_on: done.span(),
            due_before_extension: None,
            due_after_late_acknowledgement: None,
            rule: RuleSource {
                name: limit.rule.clone(),
                source: limit.source.clone(),
                count: limit.count,
                unit: limit.unit,
                from: limit.from,
            },
        }
    }

    /// Returns whether the duty still has to be done.
    pub fn is_open(&self) -> bool {
        matches!(
            self.state,
            DeadlineState::Running | DeadlineState::MayBeLate | DeadlineState::Late | DeadlineState::NotKnown
        )
    }
}
