//! The time limits as data: from when each applies, and where it is published. The organisation may set others.
//!
//! The Complaint Handling Code's limits are taken from landlords' published self-assessments. Those of Awaab's Law are taken from
//! GOV.UK's guidance and a legal commentary; see `docs/sources.md`.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use time::{Date, Month};

use crate::calendar::{BankHolidays, add_months};
use crate::clock::input::{HazardKind, Urgency};
use crate::fields::form::choices;
use crate::fields::iso_date;

choices! {
    /// A duty: what the landlord or the resident has to do by a day.
    Duty {
        AcknowledgeStage1 = "acknowledge_stage_1",
        AnswerStage1 = "answer_stage_1",
        /// How much longer the first answer may take when the landlord says so in time.
        ExtendStage1 = "extend_stage_1",
        AcknowledgeStage2 = "acknowledge_stage_2",
        AnswerStage2 = "answer_stage_2",
        ExtendStage2 = "extend_stage_2",
        /// The resident brings the complaint to the organisation, after the final answer.
        BringToUs = "bring_to_us",
        /// An emergency hazard is investigated and made safe.
        HazardEmergency = "hazard_emergency",
        HazardInvestigate = "hazard_investigate",
        /// The tenant receives the findings in writing.
        HazardSummary = "hazard_summary",
        HazardMakeSafe = "hazard_make_safe",
        /// Work that prevents the hazard from returning begins.
        HazardPrevent = "hazard_prevent",
        /// The same work begins, if it truly cannot begin sooner.
        HazardPreventLast = "hazard_prevent_last",
    }
}

choices! {
    /// The unit of a limit. The day something arrives is day 0.
    Unit {
        WorkingDays = "working_days",
        Days = "days",
        Months = "months",
    }
}

/// The time limit of a duty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    pub duty: Duty,
    /// The limit applies to matters that begin on or after this day; to all if left out. The latest applicable limit wins.
    #[serde(default, with = "iso_date::option")]
    pub from: Option<Date>,
    pub count: u32,
    pub unit: Unit,
    /// The name of the rule, such as "Complaint Handling Code 6.3".
    pub rule: Cow<'static, str>,
    /// A web page that states the rule.
    pub source: Cow<'static, str>,
}

/// A phase of a law: the hazards it covers, and from when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// `None` while no date is set.
    #[serde(with = "iso_date::option")]
    pub from: Option<Date>,
    pub urgency: Urgency,
    pub hazards: Cow<'static, [HazardKind]>,
}

/// All limits of the clock. The default is the table below.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    pub limits: Vec<Limit>,
    /// The first day on which the Complaint Handling Code bound landlords by law.
    #[serde(with = "iso_date")]
    pub code_statutory_from: Date,
    pub phases: Vec<Phase>,
    /// Whether a hazard's day of report is day 1 rather than day 0. GOV.UK's guidance (4.1.1) has day 0, like the complaint
    /// limits; others read it differently.
    pub hazard_report_is_day_one: bool,
}

/// Creates a date of the table. All of them are valid.
const fn day(year: i32, month: Month, day: u8) -> Date {
    match Date::from_calendar_date(year, month, day) {
        Ok(date) => date,
        Err(_) => Date::MIN,
    }
}

/// The Complaint Handling Code 2024, binding by law, has applied since 1 April 2024.
const CODE_2024: Date = day(2024, Month::April, 1);
/// Awaab's Law, phase 1: emergencies of nearly every kind; damp, mould and fungal growth.
const PHASE_1: Date = day(2025, Month::October, 27);
/// Awaab's Law, phase 2. Several sources repeat its date; the guidance itself was read second-hand.
const PHASE_2: Date = day(2026, Month::November, 30);

const SLOUGH: &str = "https://slough.gov.uk/complaints-feedback/housing-ombudsman-complaint-handling-code-self-assessment/6";
const WAITING: &str = "https://housing-ombudsman.org.uk/residents/make-a-complaint/waiting-for-a-final-response";
const TCH: &str = "https://tch.org.uk/2024/05/29/changes-to-the-complaint-handling-code/";
const TWELVE_MONTHS: &str = "https://www.fourmillionhomes.org/?p=10819";
const AWAAB: &str = "https://nearlylegal.co.uk/2025/10/awaabs-law-a-summary-overview-of-phase-1/";

/// Duty, first day, count, unit, name, source.
type Row = (Duty, Option<Date>, u32, Unit, &'static str, &'static str);

/// The table of limits. Limits without a first day are those of the Code of 2024, assumed to apply before it too. Earlier Codes
/// had the same numbers, as far as we know.
const TABLE: [Row; 14] = {
    use Duty as D;
    use Unit::{Days, Months, WorkingDays};
    [
        (D::AcknowledgeStage1, None, 5, WorkingDays, "Complaint Handling Code 6.2", SLOUGH),
        (D::AnswerStage1, None, 10, WorkingDays, "Complaint Handling Code 6.3", SLOUGH),
        (D::ExtendStage1, None, 10, WorkingDays, "Complaint Handling Code 6.4", SLOUGH),
        (D::AcknowledgeStage2, None, 5, WorkingDays, "Complaint Handling Code 6.11", SLOUGH),
        (D::AnswerStage2, None, 20, WorkingDays, "Complaint Handling Code 6.14", WAITING),
        (D::ExtendStage2, None, 10, WorkingDays, "Complaint Handling Code 2022", TCH),
        (
            D::ExtendStage2,
            Some(CODE_2024),
            20,
            WorkingDays,
            "Complaint Handling Code 6.15",
            TCH,
        ),
        // The normal limit; there is discretion.
        (D::BringToUs, None, 12, Months, "Housing Ombudsman Scheme", TWELVE_MONTHS),
        // 24 hours by the clock. Only the day is known, so the limit is the next day.
        (D::HazardEmergency, Some(PHASE_1), 1, Days, "SI 2025/1042", AWAAB),
        (D::HazardInvestigate, Some(PHASE_1), 10, WorkingDays, "SI 2025/1042", AWAAB),
        (D::HazardSummary, Some(PHASE_1), 3, WorkingDays, "SI 2025/1042", AWAAB),
        (D::HazardMakeSafe, Some(PHASE_1), 5, WorkingDays, "SI 2025/1042", AWAAB),
        (D::HazardPrevent, Some(PHASE_1), 5, WorkingDays, "SI 2025/1042", AWAAB),
        // 12 weeks.
        (D::HazardPreventLast, Some(PHASE_1), 84, Days, "SI 2025/1042", AWAAB),
    ]
};

/// The emergency hazards, from phase 1 on: all but overcrowding.
const EMERGENCIES: [HazardKind; 10] = {
    use HazardKind as H;
    [
        H::DampMould,
        H::ExcessCold,
        H::ExcessHeat,
        H::Falls,
        H::StructuralCollapse,
        H::Explosions,
        H::Fire,
        H::Electrical,
        H::Hygiene,
        H::Other,
    ]
};

/// The significant hazards that phase 2 adds.
const ADDED_BY_PHASE_2: [HazardKind; 8] = {
    use HazardKind as H;
    [
        H::ExcessCold,
        H::ExcessHeat,
        H::Falls,
        H::StructuralCollapse,
        H::Explosions,
        H::Fire,
        H::Electrical,
        H::Hygiene,
    ]
};

impl Default for Rules {
    fn default() -> Self {
        let limits = TABLE.iter().map(|(duty, from, count, unit, rule, source)| Limit {
            duty: *duty,
            from: *from,
            count: *count,
            unit: *unit,
            rule: (*rule).into(),
            source: (*source).into(),
        });
        let phase = |from, urgency, hazards: &'static [HazardKind]| Phase {
            from,
            urgency,
            hazards: hazards.into(),
        };
        Self {
            limits: limits.collect(),
            code_statutory_from: CODE_2024,
            phases: vec![
                phase(Some(PHASE_1), Urgency::Emergency, &EMERGENCIES),
                phase(Some(PHASE_1), Urgency::Significant, &[HazardKind::DampMould]),
                phase(Some(PHASE_2), Urgency::Significant, &ADDED_BY_PHASE_2),
                // Phase 3: once announced for 2027, now without a date.
                phase(None, Urgency::Significant, &[HazardKind::Other]),
            ],
            hazard_report_is_day_one: false,
        }
    }
}

impl Rules {
    /// Returns the limit of a duty that began on a day.
    pub fn limit(&self, duty: Duty, began: Date) -> Option<&Limit> {
        let begun = self.limits.iter().filter(|limit| limit.duty == duty);
        begun
            .filter(|limit| limit.from.is_none_or(|from| from <= began))
            .max_by_key(|limit| limit.from)
    }

    /// Returns the phase that covers a hazard.
    pub fn phase(&self, urgency: Urgency, hazard: HazardKind) -> Option<&Phase> {
        self.phases
            .iter()
            .find(|phase| phase.urgency == urgency && phase.hazards.contains(&hazard))
    }
}

impl Limit {
    /// Returns the last day for the duty, counted from `from`, which is day 0.
    pub fn due(&self, from: Date, holidays: &BankHolidays) -> Date {
        match self.unit {
            Unit::WorkingDays => holidays.add_working_days(from, self.count),
            Unit::Days => from.saturating_add(time::Duration::days(self.count.into())),
            Unit::Months => add_months(from, self.count),
        }
    }

    /// Returns how late something is on a day: in working days if the limit is, otherwise in days.
    pub fn days_late(&self, due: Date, on: Date, holidays: &BankHolidays) -> u32 {
        match self.unit {
            Unit::WorkingDays => holidays.working_days_between(due, on),
            Unit::Days | Unit::Months => u32::try_from((on - due).whole_days()).unwrap_or(0),
        }
    }
}
