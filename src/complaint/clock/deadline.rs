//! One thing somebody has to do by a day, and how it stands.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use time::Date;

use super::Reckoning;
use super::rules::{Duty, Limit, Unit};
use super::span::{Span, When};
use crate::complaint::fields::iso_date;
use crate::complaint::form::choices;

choices! {
    /// How a deadline stands.
    DeadlineState {
        /// The day has not passed.
        Running = "running",
        /// Dates are approximate: it may be late by now.
        MayBeLate = "may_be_late",
        /// Not done, and surely late.
        Late = "late",
        /// Done in time.
        Kept = "kept",
        /// Done, and surely late.
        KeptLate = "kept_late",
        /// Done; whether in time is not known.
        Done = "done",
        /// Too little is known of when it began to count, or whether it is done.
        NotKnown = "not_known",
    }
}

/// How late something is, or was when it was done. Two numbers when dates are approximate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct DaysLate {
    pub least: u32,
    pub most: u32,
    /// Working days, or days for limits that are not counted in working days.
    pub unit: Unit,
}

/// Where a limit stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(not(feature = "hydrate"), derive(Deserialize))]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct RuleSource {
    /// What it is called.
    pub name: Cow<'static, str>,
    /// A page that says so.
    pub source: Cow<'static, str>,
    pub count: u32,
    pub unit: Unit,
    /// The first day it holds for, when that is known.
    #[serde(with = "iso_date::option")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = Date))]
    pub from: Option<Date>,
}

#[cfg(feature = "hydrate")]
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

/// One thing somebody has to do by a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Deadline {
    pub what: Duty,
    pub state: DeadlineState,
    /// The last day to do it in time, with an extension where there is one. `null` when it is not known.
    pub due: Option<Span>,
    /// `null` where it is not late by a day, or not known to be.
    pub days_late: Option<DaysLate>,
    /// When it was done, if that is known.
    #[cfg_attr(feature = "hydrate", serde(skip_deserializing))]
    pub done_on: Option<Span>,
    /// The last day before it was extended.
    pub due_before_extension: Option<Span>,
    /// The last day as the landlord may count it, from an acknowledgement that was itself late. A late acknowledgement buys
    /// no time, so `due` is earlier.
    // What no page shows costs the browser nothing to read.
    #[cfg_attr(feature = "hydrate", serde(skip_deserializing))]
    pub due_after_late_acknowledgement: Option<Span>,
    #[cfg_attr(feature = "hydrate", serde(skip_deserializing))]
    pub rule: RuleSource,
}

impl Deadline {
    /// A deadline that stands as `done` says.
    pub(super) fn new(reckoning: &Reckoning<'_>, limit: &Limit, due: Option<Span>, done: When) -> Self {
        let late_on = |due: Span, on: Span| {
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
        let today = Span::new(reckoning.today, reckoning.today);
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

    /// Whether it is still to be done.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(
            self.state,
            DeadlineState::Running | DeadlineState::MayBeLate | DeadlineState::Late | DeadlineState::NotKnown
        )
    }
}
