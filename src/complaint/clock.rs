//! The complaint clock: by when a landlord must answer, how late it is, and which way is open to the person now.
//!
//! Pure and the same everywhere: the day, the limits ([`Rules`]) and the bank holidays are handed in. It judges nobody and
//! stops nothing: whatever it says, a complaint can be sent. Where too little is known it says so rather than guess, and an
//! approximate date makes two days of every deadline.

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

use super::calendar::BankHolidays;
use super::fields::iso_date;
use super::form::choices;
pub use deadline::{DaysLate, Deadline, DeadlineState, RuleSource};
pub use hazard::HazardLaw;
pub use input::{ClockInput, HazardKind, HazardReport, Stage, Tenure, Urgency, Wrong, WrongDate, WrongServiceReason};
pub use route::{OtherService, Route, RouteKind};
pub use rules::{Duty, Limit, Phase, Rules, Unit};
pub use span::Span;

/// What the clock says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Clock {
    /// The day it was asked.
    #[serde(with = "iso_date")]
    #[cfg_attr(feature = "ssr", schema(value_type = String, format = Date))]
    pub today: Date,
    /// Where the complaint has got to.
    pub stage: Stage,
    /// In the order in which they follow one another; those of a hazard last.
    pub deadlines: Vec<Deadline>,
    /// Whether the law sets limits for the hazard, when there is one.
    #[cfg_attr(feature = "hydrate", serde(skip_deserializing))]
    pub hazard_law: Option<HazardLaw>,
    pub route: Route,
    /// The last bank holiday that was counted with. A day after it may be off by one for each holiday there is then.
    #[serde(with = "iso_date::option")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = Date))]
    pub holidays_known_until: Option<Date>,
}

/// What everything is counted with.
#[derive(Clone, Copy)]
struct Reckoning<'a> {
    today: Date,
    rules: &'a Rules,
    holidays: &'a BankHolidays,
}

impl Reckoning<'_> {
    /// The limit on a duty that began to count on these days. With days on both sides of a change, the later one's.
    fn limit(&self, duty: Duty, began: Option<Span>) -> Option<&Limit> {
        self.rules.limit(duty, began.map_or(self.today, |span| span.latest))
    }

    /// The last day for a duty: its limit is that of when the matter `began`, and it is counted from `from`.
    fn due(&self, duty: Duty, began: Span, from: Span) -> Span {
        let due = |began, from| self.rules.limit(duty, began).map_or(from, |limit| limit.due(from, self.holidays));
        Span::new(due(began.earliest, from.earliest), due(began.latest, from.latest))
    }
}

impl Clock {
    /// What there is to say on `today`.
    #[must_use]
    pub fn new(input: &ClockInput, today: Date, rules: &Rules, holidays: &BankHolidays) -> Self {
        let reckoning = Reckoning { today, rules, holidays };
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

    /// The deadline of a duty, if there is one.
    #[must_use]
    pub fn deadline(&self, what: Duty) -> Option<&Deadline> {
        self.deadlines.iter().find(|deadline| deadline.what == what)
    }

    /// The answer the person waits for, or had last.
    #[must_use]
    pub fn answer(&self) -> Option<&Deadline> {
        self.deadline(Duty::AnswerStage2).or_else(|| self.deadline(Duty::AnswerStage1))
    }

    /// The days ahead that are worth a note in a calendar, in order: each with what it is the day for. Of approximate ones
    /// the last day.
    #[must_use]
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
    /// What a day ahead is for.
    DayAhead {
        /// The landlord's answer is due.
        Answer = "answer",
        /// The next way opens.
        WayOpen = "way_open",
        /// The last day to bring a complaint to us, normally.
        LastToSend = "last_to_send",
        /// Something about a hazard is due.
        Hazard = "hazard",
    }
}

#[cfg(test)]
mod tests;
