//! The time limits, as data: which holds from when, and where it stands. The organisation may set others.
//!
//! The limits of the Complaint Handling Code are as landlords' published self-assessments repeat them, and those of
//! Awaab's Law as GOV.UK's guidance and a legal commentary give them; see `docs/sources.md`.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use time::{Date, Month};

use super::input::{HazardKind, Urgency};
use crate::complaint::calendar::{BankHolidays, add_months};
use crate::complaint::fields::iso_date;
use crate::complaint::form::choices;

choices! {
    /// What somebody has to do by a day.
    Duty {
        AcknowledgeStage1 = "acknowledge_stage_1",
        AnswerStage1 = "answer_stage_1",
        /// How much longer the first answer may take when the landlord says so in time.
        ExtendStage1 = "extend_stage_1",
        AcknowledgeStage2 = "acknowledge_stage_2",
        AnswerStage2 = "answer_stage_2",
        ExtendStage2 = "extend_stage_2",
        /// The person brings the complaint to us, after the final answer.
        BringToUs = "bring_to_us",
        /// An emergency hazard is looked into and made safe.
        HazardEmergency = "hazard_emergency",
        HazardInvestigate = "hazard_investigate",
        /// The tenant gets what was found, in writing.
        HazardSummary = "hazard_summary",
        HazardMakeSafe = "hazard_make_safe",
        /// Work that keeps the hazard from coming back begins.
        HazardPrevent = "hazard_prevent",
        /// The same, when it truly cannot begin sooner.
        HazardPreventLast = "hazard_prevent_last",
    }
}

choices! {
    /// What a limit is counted in. The day something arrives is day 0.
    Unit {
        WorkingDays = "working_days",
        Days = "days",
        Months = "months",
    }
}

/// One limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    pub duty: Duty,
    /// The first day it holds for things that begin to count; always when left out. The latest one that has begun wins.
    #[serde(default, with = "iso_date::option")]
    pub from: Option<Date>,
    pub count: u32,
    pub unit: Unit,
    /// What it is called, such as "Complaint Handling Code 6.3".
    pub rule: Cow<'static, str>,
    /// A page that says so.
    pub source: Cow<'static, str>,
}

/// From when a law covers which hazards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// `None` while no date is set.
    #[serde(with = "iso_date::option")]
    pub from: Option<Date>,
    pub urgency: Urgency,
    pub hazards: Cow<'static, [HazardKind]>,
}

/// All limits the clock counts with. The default is the table below.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    pub limits: Vec<Limit>,
    /// The first day on which landlords were bound by law to the Complaint Handling Code.
    #[serde(with = "iso_date")]
    pub code_statutory_from: Date,
    pub phases: Vec<Phase>,
    /// Whether a hazard's day of report is day 1 rather than day 0. GOV.UK's guidance (4.1.1) has day 0, which the complaint
    /// limits have too; others read it differently.
    pub hazard_report_is_day_one: bool,
}

/// A day of the table. All of them are real.
const fn day(year: i32, month: Month, day: u8) -> Date {
    match Date::from_calendar_date(year, month, day) {
        Ok(date) => date,
        Err(_) => Date::MIN,
    }
}

/// The Complaint Handling Code 2024, and with it the duty by law, since 1 April 2024.
const CODE_2024: Date = day(2024, Month::April, 1);
/// Awaab's Law, phase 1: emergencies of nearly every kind; damp, mould and fungal growth.
const PHASE_1: Date = day(2025, Month::October, 27);
/// Phase 2. Its date is repeated by several sources; the guidance itself was read second-hand.
const PHASE_2: Date = day(2026, Month::November, 30);

const SLOUGH: &str = "https://slough.gov.uk/complaints-feedback/housing-ombudsman-complaint-handling-code-self-assessment/6";
const WAITING: &str = "https://housing-ombudsman.org.uk/residents/make-a-complaint/waiting-for-a-final-response";
const TCH: &str = "https://tch.org.uk/2024/05/29/changes-to-the-complaint-handling-code/";
const TWELVE_MONTHS: &str = "https://www.fourmillionhomes.org/?p=10819";
const AWAAB: &str = "https://nearlylegal.co.uk/2025/10/awaabs-law-a-summary-overview-of-phase-1/";

/// Duty, first day, count, unit, name, source.
type Row = (Duty, Option<Date>, u32, Unit, &'static str, &'static str);

/// Limits whose first day is not given are those of the Code of 2024 taken to hold before it as well: earlier Codes had the
/// same numbers, as far as we know.
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
        // Normally; there is discretion.
        (D::BringToUs, None, 12, Months, "Housing Ombudsman Scheme", TWELVE_MONTHS),
        // 24 hours by the clock. Only the day is known, so it is the day after.
        (D::HazardEmergency, Some(PHASE_1), 1, Days, "SI 2025/1042", AWAAB),
        (D::HazardInvestigate, Some(PHASE_1), 10, WorkingDays, "SI 2025/1042", AWAAB),
        (D::HazardSummary, Some(PHASE_1), 3, WorkingDays, "SI 2025/1042", AWAAB),
        (D::HazardMakeSafe, Some(PHASE_1), 5, WorkingDays, "SI 2025/1042", AWAAB),
        (D::HazardPrevent, Some(PHASE_1), 5, WorkingDays, "SI 2025/1042", AWAAB),
        // 12 weeks.
        (D::HazardPreventLast, Some(PHASE_1), 84, Days, "SI 2025/1042", AWAAB),
    ]
};

/// Emergencies are all hazards but overcrowding, from phase 1 on.
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

/// What phase 2 adds to the significant hazards.
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
    /// The limit on a duty that began to count on a day. `None` when there is none.
    #[must_use]
    pub fn limit(&self, duty: Duty, began: Date) -> Option<&Limit> {
        let begun = self.limits.iter().filter(|limit| limit.duty == duty);
        begun
            .filter(|limit| limit.from.is_none_or(|from| from <= began))
            .max_by_key(|limit| limit.from)
    }

    /// The phase that a hazard belongs to.
    #[must_use]
    pub fn phase(&self, urgency: Urgency, hazard: HazardKind) -> Option<&Phase> {
        self.phases
            .iter()
            .find(|phase| phase.urgency == urgency && phase.hazards.contains(&hazard))
    }
}

impl Limit {
    /// The day by which it is to be done, counted from the day `from`, which is day 0.
    #[must_use]
    pub fn due(&self, from: Date, holidays: &BankHolidays) -> Date {
        match self.unit {
            Unit::WorkingDays => holidays.add_working_days(from, self.count),
            Unit::Days => from.saturating_add(time::Duration::days(self.count.into())),
            Unit::Months => add_months(from, self.count),
        }
    }

    /// How late it is on a day: in working days where the limit is, else in days.
    #[must_use]
    pub fn days_late(&self, due: Date, on: Date, holidays: &BankHolidays) -> u32 {
        match self.unit {
            Unit::WorkingDays => holidays.working_days_between(due, on),
            Unit::Days | Unit::Months => u32::try_from((on - due).whole_days()).unwrap_or(0),
        }
    }
}
