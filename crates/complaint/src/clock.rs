//! The complaint clock: by when a landlord must answer, how late it is, and which route is open to the resident.
//!
//! Pure: the day, the limits ([`Rules`]) and the bank holidays are parameters. The clock blocks nothing: a complaint can be sent
//! whatever it says. Where too little is known, it returns "not known" instead of a guess. An approximate date makes each
//! deadline a range of days.

mod complaint_limits;
pub mod deadline;
mod from_answers;
pub mod hazard;
pub mod input;
pub mod route;
pub mod rules;
pub mod span;

use serde::{Deserialize, Serialize};
use time::Date;

use crate::calendar::BankHolidays;
use crate::fields::form::choices;
use crate::fields::iso_date;
pub use deadline::{DaysLate, Deadline, DeadlineState, RuleSource};
pub use hazard::HazardLaw;
pub use input::{ClockInput, HazardKind, HazardReport, InvalidDate, Stage, Tenure, Urgency, Wrong, WrongServiceReason};
pub use route::{OtherService, Route, RouteKind};
pub use rules::{Duty, Limit, Phase, Rules, Unit};
pub use span::DateRange;

/// The deadlines and the route of a complaint on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Clock {
    /// The day for which the clock is calculated.
    #[serde(with = "iso_date")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub today: Date,
    /// The stage of the complaint with the landlord.
    pub stage: Stage,
    /// The deadlines in the order in which they follow one another; those of a hazard last.
    pub deadlines: Vec<Deadline>,
    /// Whether the law sets limits for the hazard, if there is one.
    #[cfg_attr(feature = "browser", serde(skip_deserializing))]
    pub hazard_law: Option<HazardLaw>,
    pub route: Route,
    /// The last bank holiday that was counted. A later day may be off by one for each bank holiday after this one.
    #[serde(with = "iso_date::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub holidays_known_until: Option<Date>,
}

/// The inputs of every calculation.
#[derive(Clone, Copy)]
pub(crate) struct ClockContext<'a> {
    today: Date,
    rules: &'a Rules,
    holidays: &'a BankHolidays,
}

impl ClockContext<'_> {
    /// Returns the limit of a duty that began within these days. If the limit changed within them, the later limit applies.
    fn limit(&self, duty: Duty, began: Option<DateRange>) -> Option<&Limit> {
        self.rules.limit(duty, began.map_or(self.today, |span| span.latest))
    }

    /// Returns the last day for a duty. `began` selects the limit in force; the days are counted from `from`.
    fn due(&self, duty: Duty, began: DateRange, from: DateRange) -> DateRange {
        let due = |began, from| self.rules.limit(duty, began).map_or(from, |limit| limit.due(from, self.holidays));
        DateRange::new(due(began.earliest, from.earliest), due(began.latest, from.latest))
    }
}

impl Clock {
    /// Calculates the deadlines and the route on `today`.
    pub fn new(input: &ClockInput, today: Date, rules: &Rules, holidays: &BankHolidays) -> Self {
        let reckoning = ClockContext { today, rules, holidays };
        let stage = input.stage();
        let mut deadlines = complaint_limits::deadlines(&reckoning, input, stage);
        let route = route::route(&reckoning, input, stage, &deadlines);
        let hazard = input
            .hazard
            .as_ref()
            .map(|report| hazard::deadlines(&reckoning, report, input.tenure));
        let hazard_law = hazard.map(|(law, more)| {
            deadlines.extend(more);
            law
        });
        Self {
            today,
            stage,
            deadlines,
            hazard_law,
            route,
            holidays_known_until: holidays.last_known(),
        }
    }

    pub fn deadline(&self, what: Duty) -> Option<&Deadline> {
        self.deadlines.iter().find(|deadline| deadline.what == what)
    }

    /// Returns the deadline of the answer that the resident waits for or received last.
    pub fn answer(&self) -> Option<&Deadline> {
        self.deadline(Duty::AnswerStage2).or_else(|| self.deadline(Duty::AnswerStage1))
    }

    /// Returns the future days worth a calendar entry, in order, each with its meaning. An approximate day counts as the last of
    /// its range.
    pub fn days_ahead(&self) -> Vec<(Date, DayAhead)> {
        let open = self.deadlines.iter().filter(|deadline| deadline.is_open());
        let due = open.filter_map(|deadline| {
            let day = match deadline.what {
                Duty::AnswerStage1 | Duty::AnswerStage2 => DayAhead::Answer,
                Duty::BringToUs => DayAhead::LastToSend,
                Duty::HazardEmergency | Duty::HazardInvestigate | Duty::HazardMakeSafe => DayAhead::Hazard,
                _ => return None,
            };
            Some((deadline.due?.latest, day))
        });
        let way = self.route.from.map(|from| (from, DayAhead::WayOpen));
        let mut days: Vec<_> = due.chain(way).filter(|(date, _)| *date > self.today).collect();
        days.sort_unstable_by_key(|(date, _)| *date);
        days
    }
}

choices! {
    /// The meaning of a future day.
    DayAhead {
        /// The landlord's answer is due.
        Answer = "answer",
        /// The next route opens.
        WayOpen = "way_open",
        /// The last day on which the organisation normally accepts a complaint.
        LastToSend = "last_to_send",
        /// A deadline about a hazard ends.
        Hazard = "hazard",
    }
}

#[cfg(test)]
mod tests;
