//! The settings of the organisation that runs the portal. Every setting has a default that works.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use time::Date;
use validator::{Validate, ValidationError};

use crate::notifications::contact_hours::ContactHours;
use complaint::{
    calendar::BankHolidays,
    case::actions::NextContactDays,
    clock::Rules,
    fields::{form::Choice, iso_date},
};
use evidence::{Limits, Space};

/// The most days of a year.
const YEAR: u32 = 366;

/// Retention periods, deadlines, and promises shown to people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::duplicated_attributes, reason = "each rule has the option for itself")]
#[validate(schema(function = "warned_from_the_start", skip_on_field_errors = false))]
#[validate(schema(function = "next_word_too_late", skip_on_field_errors = false))]
pub struct Settings {
    /// Whether text messages can be sent, because a gateway is configured. Not a setting of its own.
    #[serde(skip)]
    pub texts: bool,
    /// Whether the configuration puts all deliveries on hold. Not a setting of its own.
    #[serde(skip)]
    pub hold_deliveries: bool,
    /// The name of the log: the public host and `/log`. Not a setting of its own.
    #[serde(skip)]
    pub log_origin: String,
    /// Days for which a draft is kept after its last save.
    #[validate(range(min = 1, max = 3660))]
    pub draft_days: u32,
    /// Days before a draft expires on which the person is warned, and can extend it by `draft_days`.
    #[validate(range(max = 3660))]
    pub expiry_warning_days: u32,
    /// Days for which a resume link works.
    #[validate(range(min = 1, max = 366))]
    pub return_link_days: u32,
    /// Hours for which a resume code, a hand-over code or a consent code works.
    #[validate(range(min = 1, max = 8784))]
    pub return_code_hours: u32,
    /// Days that a tenant has to answer a request for consent, and a representative to prove their authority.
    /// Then the organisation gets a task.
    #[validate(range(min = 1, max = 366))]
    pub consent_days: u32,
    /// Hours for which the device that sent the complaint can show the receipt again.
    #[validate(range(min = 1, max = 8784))]
    pub receipt_hours: u32,
    /// Minutes for which a session lasts.
    #[validate(range(min = 1, max = 10_080))]
    pub session_minutes: u32,
    /// Days for which a session lasts on a remembered device.
    #[validate(range(min = 1, max = 366))]
    pub remember_days: u32,
    /// The least number of minutes between two messages to one person. Events in between are combined in one message.
    #[validate(range(max = 10_080))]
    pub notice_gap_minutes: u32,
    pub contact_hours: ContactHours,
    /// Working days within which the organisation promises to contact the person about a new complaint.
    /// This is the organisation's own promise, and is shown as such.
    ///
    /// We know of no rule that sets it for an ombudsman.
    #[validate(range(max = 366))]
    pub contact_within_working_days: u32,
    /// Working days until the next update in each status, used if the desk sets no day.
    /// A status that is left out has no deadline.
    pub next_word_working_days: NextContactDays,
    /// Days within which a withdrawal can be undone.
    #[validate(range(max = 366))]
    pub withdrawal_days: u32,
    /// Days within which a review of a decision can be requested, used if the decision sets no day.
    #[validate(range(max = 366))]
    pub review_days: u32,
    /// Years for which a closed case is kept, as shown to people. The setting deletes nothing.
    #[validate(range(max = 100))]
    pub case_years: u32,
    /// The smallest total of an equality question that is reported. Smaller totals could identify a person.
    #[validate(range(max = 1000))]
    pub equality_smallest_total: u32,
    /// Hours for which an interrupted upload is kept after its last byte arrived.
    #[validate(range(min = 1, max = 8784))]
    pub upload_hours: u32,
    #[validate(nested)]
    pub evidence: Limits,
    #[validate(nested)]
    pub space: Space,
    /// A newer file of bank holidays to use instead of the built-in one, in the format of GOV.UK's `bank-holidays.json`.
    /// Example: `bank-holidays.json`
    pub bank_holidays_file: Option<PathBuf>,
    /// A file of time limits for the complaint clock, used instead of the built-in ones.
    /// `onrecord config clock-rules` prints its format.
    /// Example: `clock-rules.json`
    pub clock_rules_file: Option<PathBuf>,
    /// A newer list of landlords to use instead of the built-in one, with the same columns.
    /// Example: `landlords.csv`
    pub landlords_file: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            texts: false,
            hold_deliveries: false,
            log_origin: "localhost/log".into(),
            draft_days: 28,
            expiry_warning_days: 7,
            return_link_days: 7,
            return_code_hours: 24,
            consent_days: 14,
            receipt_hours: 24,
            session_minutes: 60,
            remember_days: 30,
            notice_gap_minutes: 10,
            contact_hours: ContactHours::default(),
            contact_within_working_days: 5,
            next_word_working_days: NextContactDays::default(),
            withdrawal_days: 14,
            review_days: 21,
            case_years: 6,
            equality_smallest_total: 5,
            upload_hours: 24,
            evidence: Limits::default(),
            space: Space::default(),
            bank_holidays_file: None,
            clock_rules_file: None,
            landlords_file: None,
        }
    }
}

/// Refuses a warning about a draft's end that would come on its first day.
fn warned_from_the_start(settings: &Settings) -> Result<(), ValidationError> {
    let days = settings.draft_days;
    if days == 0 || settings.expiry_warning_days < days {
        return Ok(());
    }
    let message = format!("must be less than service.draft_days ({days}): people would be warned from the first day on");
    Err(ValidationError::new("expiry_warning_days").with_message(message.into()))
}

/// Refuses a status that waits more than a year.
fn next_word_too_late(settings: &Settings) -> Result<(), ValidationError> {
    match settings.next_word_working_days.0.iter().find(|(_, days)| **days > YEAR) {
        None => Ok(()),
        Some((status, _)) => {
            let mut error = ValidationError::new("");
            error.code = format!("next_word_working_days.{}", status.code()).into();
            Err(error.with_message(format!("must be at most {YEAR}").into()))
        }
    }
}

/// Why a data file could not be used.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {reason}")]
pub struct DataFileError {
    path: String,
    reason: String,
}

impl DataFileError {
    fn new(path: &Path, reason: impl std::fmt::Display) -> Self {
        Self {
            path: path.display().to_string(),
            reason: reason.to_string(),
        }
    }
}

#[derive(Deserialize)]
struct HolidayFile {
    #[serde(rename = "england-and-wales")]
    england_and_wales: Division,
}

#[derive(Deserialize)]
struct Division {
    events: Vec<Holiday>,
}

#[derive(Deserialize)]
struct Holiday {
    date: String,
}

impl Settings {
    /// Returns the bank holidays of England and Wales.
    pub fn bank_holidays(&self) -> Result<BankHolidays, DataFileError> {
        let path = self.bank_holidays_file.as_deref();
        let read = path
            .map(|p| std::fs::read_to_string(p).map_err(|e| DataFileError::new(p, e)))
            .transpose()?;
        let path = path.unwrap_or(Path::new("assets/domain/bank-holidays.json"));
        let json = read.as_deref().unwrap_or(include_str!("../../../assets/domain/bank-holidays.json"));
        let file: HolidayFile = serde_json::from_str(json).map_err(|e| DataFileError::new(path, e))?;
        let days =
            file.england_and_wales.events.iter().map(|day| {
                iso_date::parse(&day.date).ok_or_else(|| DataFileError::new(path, format_args!("{:?} is not a date", day.date)))
            });
        Ok(BankHolidays::new(days.collect::<Result<_, _>>()?))
    }

    /// Returns the time limits of the complaint clock.
    pub fn clock_rules(&self) -> Result<Rules, DataFileError> {
        let Some(path) = self.clock_rules_file.as_deref() else {
            return Ok(Rules::default());
        };
        let json = std::fs::read_to_string(path).map_err(|e| DataFileError::new(path, e))?;
        serde_json::from_str(&json).map_err(|e| DataFileError::new(path, e))
    }

    /// Reads every data file that is named. Returns the setting and the error of each that cannot be used.
    pub fn data_faults(&self) -> Vec<(&'static str, DataFileError)> {
        let landlords = self.landlords_csv().map(|_| ());
        [
            ("bank_holidays_file", self.bank_holidays().map(|_| ())),
            ("clock_rules_file", self.clock_rules().map(|_| ())),
            ("landlords_file", landlords),
        ]
        .into_iter()
        .filter_map(|(name, read)| Some((name, read.err()?)))
        .collect()
    }

    /// Reads every data file that is named, and returns warnings for the organisation. Fails at the first file that cannot
    /// be used.
    ///
    /// There is one warning so far: the bank holidays are about to run out.
    pub fn data_warnings(&self, today: Date) -> Result<Vec<String>, DataFileError> {
        self.landlords_csv()?;
        self.clock_rules()?;
        Ok(holiday_warning(&self.bank_holidays()?, today).into_iter().collect())
    }

    /// Returns the list of landlords as CSV.
    pub(crate) fn landlords_csv(&self) -> Result<std::borrow::Cow<'static, str>, DataFileError> {
        match &self.landlords_file {
            Some(path) => Ok(std::fs::read_to_string(path).map_err(|e| DataFileError::new(path, e))?.into()),
            None => Ok(include_str!("../../../assets/domain/landlords.csv").into()),
        }
    }
}

/// Returns a warning for the organisation if the list of bank holidays is about to run out.
pub fn holiday_warning(holidays: &BankHolidays, today: Date) -> Option<String> {
    let last = holidays.last_known().map_or_else(|| "no day at all".to_owned(), iso_date::format);
    holidays.is_running_out(today).then(|| {
        format!("bank holidays are known up to {last}: days counted past it may be wrong. Set service.bank_holidays_file to a newer file")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_holidays_are_read_and_christmas_is_one() {
        let holidays = Settings::default().bank_holidays().unwrap();
        assert!(!holidays.is_working_day(iso_date::parse("2026-12-25").unwrap()));
        assert!(
            !holidays.is_working_day(iso_date::parse("2026-12-28").unwrap()),
            "the substitute day for Boxing Day is a holiday"
        );
        assert_eq!(holidays.last_known(), iso_date::parse("2028-12-26"));
    }

    #[test]
    fn a_file_of_another_shape_is_named_in_the_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("days.json");
        std::fs::write(&path, r#"{"england-and-wales":{"events":[{"date":"../../../2026"}]}}"#).unwrap();
        let settings = Settings {
            bank_holidays_file: Some(path),
            ..Settings::default()
        };
        assert!(settings.bank_holidays().unwrap_err().to_string().contains("days.json"));
        let path = folder.path().join("rules.json");
        std::fs::write(&path, r#"{"limits":[]}"#).unwrap();
        let settings = Settings {
            clock_rules_file: Some(path),
            ..Settings::default()
        };
        assert!(settings.clock_rules().unwrap_err().to_string().contains("rules.json"));
    }

    #[test]
    fn other_limits_are_read_from_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rules.json");
        let mut rules = Rules::default();
        rules.limits.truncate(3);
        rules.hazard_report_is_day_one = true;
        std::fs::write(&path, serde_json::to_string(&rules).unwrap()).unwrap();
        let settings = Settings {
            clock_rules_file: Some(path),
            ..Settings::default()
        };
        assert_eq!(settings.clock_rules().unwrap(), rules);
    }

    #[test]
    fn a_year_before_the_holidays_end_the_organisation_is_told() {
        let warnings = |day| Settings::default().data_warnings(iso_date::parse(day).unwrap()).unwrap();
        assert_eq!(warnings("2027-12-26"), Vec::<String>::new());
        assert!(warnings("2027-12-27")[0].contains("up to 2028-12-26"));
    }
}
