//! The limits of Awaab's Law: the Hazards in Social Housing (Prescribed Requirements) (England) Regulations 2025.
//!
//! A hazard has its own clock. Its report is a service request, not a complaint, and both clocks run in parallel.

use crate::clock::ClockContext;
use crate::clock::deadline::Deadline;
use crate::clock::input::{HazardReport, Tenure, Urgency};
use crate::clock::rules::Duty;
use crate::clock::span::{DateRange, When};
use crate::fields::form::choices;

choices! {
    /// Whether the law sets limits for a hazard.
    HazardLaw {
        Applies = "applies",
        /// The law covers tenancies let by registered providers, not licences, long leases or shared ownership.
        NotThisTenure = "not_this_tenure",
        /// No phase covers this hazard.
        NotThisHazard = "not_this_hazard",
        /// The report came before the phase began. A new report counts.
        TooEarly = "too_early",
        /// The phase has no date yet.
        NoDateYet = "no_date_yet",
    }
}

/// Returns whether limits apply, and the deadlines that follow.
pub(crate) fn deadlines(reckoning: &ClockContext<'_>, report: &HazardReport, tenure: Option<Tenure>) -> (HazardLaw, Vec<Deadline>) {
    if tenure.is_some_and(|tenure| !covers(tenure)) {
        return (HazardLaw::NotThisTenure, Vec::new());
    }
    let Some(phase) = reckoning.rules.phase(report.kind, report.category) else {
        return (HazardLaw::NotThisHazard, Vec::new());
    };
    let Some(begins) = phase.from else {
        return (HazardLaw::NoDateYet, Vec::new());
    };
    let reported = When::past(&report.reported_on, reckoning.today).span();
    if reported.is_some_and(|span| span.latest < begins) {
        return (HazardLaw::TooEarly, Vec::new());
    }
    let reported = reported.map(|span| span.later(DateRange::new(begins, begins)));
    let all = match report.kind {
        Urgency::Emergency => emergency(reckoning, reported),
        Urgency::Significant => significant(reckoning, reported, When::past(&report.investigated_on, reckoning.today)),
    };
    (HazardLaw::Applies, all)
}

fn covers(tenure: Tenure) -> bool {
    matches!(tenure, Tenure::Tenant | Tenure::HouseholdMember | Tenure::NotSure)
}

fn emergency(reckoning: &ClockContext<'_>, reported: Option<DateRange>) -> Vec<Deadline> {
    let limit = reckoning.limit(Duty::HazardEmergency, reported);
    let due = reported.map(|span| reckoning.due(Duty::HazardEmergency, span, span));
    limit
        .map(|limit| Deadline::new(reckoning, limit, due, When::Not))
        .into_iter()
        .collect()
}

/// Returns the deadlines of a significant hazard. All but the investigation count from the end of the investigation.
///
/// While that end is unknown they count from the last day for it: no later day is in time.
fn significant(reckoning: &ClockContext<'_>, reported: Option<DateRange>, investigated: When) -> Vec<Deadline> {
    let begins = reported.map(|span| {
        if reckoning.rules.hazard_report_is_day_one {
            span.map(|day| day.previous_day().unwrap_or(day))
        } else {
            span
        }
    });
    let last_day = begins
        .zip(reported)
        .map(|(begins, reported)| reckoning.due(Duty::HazardInvestigate, reported, begins));
    let ended = investigated.span().or(last_day);
    let after = [
        Duty::HazardSummary,
        Duty::HazardMakeSafe,
        Duty::HazardPrevent,
        Duty::HazardPreventLast,
    ];
    let rest = after.into_iter().filter_map(|duty| {
        let due = ended.zip(reported).map(|(ended, reported)| reckoning.due(duty, reported, ended));
        Some(Deadline::new(reckoning, reckoning.limit(duty, reported)?, due, When::Not))
    });
    let investigate = reckoning.limit(Duty::HazardInvestigate, reported);
    let investigate = investigate.map(|limit| Deadline::new(reckoning, limit, last_day, investigated));
    investigate.into_iter().chain(rest).collect()
}
