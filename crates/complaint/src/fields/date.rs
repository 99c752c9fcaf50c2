//! Dates as people give them: exact, approximate ("March 2025"), or not known.

use serde::de::{self, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use time::{Date, Month};

use crate::fields::form::FieldError;
#[cfg(feature = "server")]
use crate::fields::iso_date;
use crate::fields::text;

#[cfg(feature = "server")]
mod written;

/// The contents of a date's three boxes, and whether "I do not know" was ticked.
///
/// In JSON: `"2025-03-27"`, `{"year":2025,"month":3}` if the day is not known, `"unknown"`, or `null` if nothing was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DateInput {
    pub day: String,
    pub month: String,
    pub year: String,
    /// Whether "I do not know" was ticked; the boxes are then ignored.
    pub unknown: bool,
}

/// A date with a day, or a month if the person could not give the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartialDate {
    pub year: i32,
    pub month: Month,
    /// `None` when only the month is known.
    pub day: Option<u8>,
}

/// Problems with a date, the most urgent first, as the GOV.UK date pattern orders them: missing, impossible, other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateProblem {
    /// Nothing was given.
    Missing,
    MonthMissing,
    YearMissing,
    /// The year does not have four digits.
    YearShort,
    /// There is no such day.
    NotReal,
    /// The day is not a number from 1 to 31.
    #[cfg(feature = "server")]
    Day,
    /// The month is neither a number from 1 to 12 nor the name of a month.
    #[cfg(feature = "server")]
    Month,
    /// The year is not a number, or is before 1900.
    #[cfg(feature = "server")]
    Year,
    /// The month has fewer days.
    #[cfg(feature = "server")]
    MonthShorter {
        /// The last day of the month.
        last: Date,
    },
}

impl DateProblem {
    /// Returns the box that is wrong, as the end of its id.
    pub const fn part(self) -> &'static str {
        match self {
            Self::MonthMissing => "month",
            Self::YearMissing | Self::YearShort => "year",
            #[cfg(feature = "server")]
            Self::Month => "month",
            #[cfg(feature = "server")]
            Self::Year => "year",
            _ => "day",
        }
    }

    /// Returns the error for a date that is alone on its page.
    ///
    /// Returns `None` for problems for which each page has its own sentence.
    pub fn error(self, field: &'static str) -> Option<FieldError> {
        let error = match self {
            #[cfg(feature = "server")]
            Self::Day => FieldError::new(field, "day_wrong"),
            #[cfg(feature = "server")]
            Self::Month => FieldError::new(field, "month_wrong"),
            #[cfg(feature = "server")]
            Self::Year => FieldError::new(field, "year_wrong"),
            Self::YearShort => FieldError::new(field, "year_wrong"),
            #[cfg(feature = "server")]
            Self::MonthShorter { last } => FieldError::new(field, "month_shorter").with("date", iso_date::format(last)),
            Self::Missing | Self::MonthMissing | Self::YearMissing | Self::NotReal => return None,
        };
        Some(FieldError {
            field: format!("{field}-{}", self.part()).into(),
            ..error
        })
    }
}

impl PartialDate {
    /// Returns the first day that the date can mean.
    ///
    /// # Panics
    /// Never: the parts were checked on creation.
    pub fn earliest(self) -> Date {
        Date::from_calendar_date(self.year, self.month, self.day.unwrap_or(1)).expect("the parts were checked on creation")
    }

    /// Returns the last day that the date can mean.
    ///
    /// # Panics
    /// Never: the parts were checked on creation.
    pub fn latest(self) -> Date {
        let day = self.day.unwrap_or_else(|| self.month.length(self.year));
        Date::from_calendar_date(self.year, self.month, day).expect("the parts were checked on creation")
    }
}

impl DateInput {
    /// Returns the boxes for a known date.
    pub fn exact(date: Date) -> Self {
        Self {
            day: date.day().to_string(),
            month: u8::from(date.month()).to_string(),
            year: date.year().to_string(),
            unknown: false,
        }
    }

    /// Reads `YYYY-MM-DD` or `unknown`.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "unknown" {
            return Some(Self::not_known());
        }
        let parts: Vec<&str> = text.split('-').collect();
        let [year, month, day] = parts.as_slice() else { return None };
        let digits = |part: &&str| !part.is_empty() && part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit());
        [year, month, day].into_iter().all(digits).then(|| Self {
            day: (*day).into(),
            month: (*month).into(),
            year: (*year).into(),
            unknown: false,
        })
    }

    /// Returns the input with "I do not know" ticked.
    pub fn not_known() -> Self {
        Self {
            unknown: true,
            ..Self::default()
        }
    }

    /// Returns whether nothing was typed and nothing ticked.
    pub fn is_empty(&self) -> bool {
        !self.unknown && self.day.is_empty() && self.month.is_empty() && self.year.is_empty()
    }

    /// Reads the boxes. Returns `Ok(None)` for "I do not know", and otherwise the date or its most urgent problem.
    ///
    /// The month is a number or a name; without a day the date is approximate. The server also reads a date as people write it,
    /// even all of it in one box.
    pub fn read(&self) -> Result<Option<PartialDate>, DateProblem> {
        #[cfg(feature = "server")]
        return written::split_into_boxes(self)?.read_boxes();
        #[cfg(not(feature = "server"))]
        self.read_boxes()
    }

    fn read_boxes(&self) -> Result<Option<PartialDate>, DateProblem> {
        if self.unknown {
            return Ok(None);
        }
        if self.is_empty() {
            return Err(DateProblem::Missing);
        }
        if self.month.is_empty() {
            return Err(DateProblem::MonthMissing);
        }
        if self.year.is_empty() {
            return Err(DateProblem::YearMissing);
        }
        let month = read_month(&self.month).ok_or(MONTH)?;
        if self.year.len() != 4 {
            // "25" is a typing slip with its own message; "next year" is not a year at all.
            let digits = self.year.bytes().all(|b| b.is_ascii_digit());
            return Err(if digits { DateProblem::YearShort } else { YEAR });
        }
        let year: i32 = number(&self.year).ok_or(YEAR)?.into();
        if year < 1900 {
            return Err(YEAR);
        }
        let day = match self.day.as_str() {
            "" => None,
            typed => {
                let day = number(typed).and_then(|d| u8::try_from(d).ok());
                let day = day.filter(|day| (1..=31).contains(day)).ok_or(DAY)?;
                Date::from_calendar_date(year, month, day).map_err(|_| shorter(year, month))?;
                Some(day)
            }
        };
        Ok(Some(PartialDate { year, month, day }))
    }

    /// Returns the date in one spelling: numbers without leading zeros, and empty boxes beside "I do not know".
    #[must_use]
    pub fn tidy(&self) -> Self {
        match self.read() {
            Ok(None) => Self::not_known(),
            Ok(Some(date)) => Self {
                day: date.day.map_or_else(String::new, |d| d.to_string()),
                month: u8::from(date.month).to_string(),
                year: date.year.to_string(),
                unknown: false,
            },
            Err(_) => self.clone(),
        }
    }
}

// The browser build reports `NotReal` and leaves the exact problem to the server.
#[cfg(feature = "server")]
use DateProblem::{Day as DAY, Month as MONTH, Year as YEAR};
#[cfg(not(feature = "server"))]
use DateProblem::{NotReal as DAY, NotReal as MONTH, NotReal as YEAR};

#[cfg(not(feature = "server"))]
const fn shorter(_: i32, _: Month) -> DateProblem {
    DateProblem::NotReal
}

#[cfg(feature = "server")]
fn shorter(year: i32, month: Month) -> DateProblem {
    let last = Date::from_calendar_date(year, month, month.length(year));
    last.map_or(DateProblem::NotReal, |last| DateProblem::MonthShorter { last })
}

fn number(typed: &str) -> Option<u16> {
    if typed.is_empty() || typed.len() > 4 || !typed.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    typed.parse().ok()
}

/// The names of the months in English and in Welsh. Names that share their first three letters mean the same month.
const MONTHS: [[&str; 2]; 12] = [
    ["january", "ionawr"],
    ["february", "chwefror"],
    ["march", "mawrth"],
    ["april", "ebrill"],
    ["may", "mai"],
    ["june", "mehefin"],
    ["july", "gorffennaf"],
    ["august", "awst"],
    ["september", "medi"],
    ["october", "hydref"],
    ["november", "tachwedd"],
    ["december", "rhagfyr"],
];

/// Reads a month by number, by name, or by three or more first letters of its name ("sept").
///
/// Accepts both languages on every page: a person may switch the language after typing the month.
fn read_month(typed: &str) -> Option<Month> {
    if let Some(n) = number(typed) {
        return Month::try_from(u8::try_from(n).ok()?).ok();
    }
    let lower = typed.trim_end_matches('.').to_lowercase();
    let named = |names: &[&str; 2]| names.iter().any(|name| name.starts_with(&lower));
    let at = MONTHS.iter().position(|names| lower.len() >= 3 && named(names))?;
    Month::try_from(u8::try_from(at + 1).ok()?).ok()
}

impl Serialize for DateInput {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.read() {
            Ok(None) => serializer.serialize_str("unknown"),
            Ok(Some(PartialDate { day: Some(_), .. })) => {
                let text = self.tidy();
                serializer.serialize_str(&format!("{}-{:0>2}-{:0>2}", text.year, text.month, text.day))
            }
            Ok(Some(date)) => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("year", &date.year)?;
                map.serialize_entry("month", &u8::from(date.month))?;
                map.end()
            }
            Err(DateProblem::Missing) => serializer.serialize_none(),
            // An unreadable date is sent as it was typed, so that a page can show it again.
            Err(_) => {
                let mut map = serializer.serialize_map(Some(3))?;
                map.serialize_entry("year", &self.year)?;
                map.serialize_entry("month", &self.month)?;
                map.serialize_entry("day", &self.day)?;
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for DateInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DateVisitor)
    }
}

/// The OpenAPI schema of a date's JSON forms.
#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for DateInput {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{AdditionalProperties, AnyOfBuilder, KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type};
        let object = |kind| ObjectBuilder::new().schema_type(SchemaType::new(kind));
        let number = |from: f64, to: f64| object(Type::Integer).minimum(Some(from)).maximum(Some(to));
        AnyOfBuilder::new()
            .item(
                object(Type::String)
                    .title(Some("Date"))
                    .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date))),
            )
            .item(
                object(Type::Object)
                    .title(Some("Month"))
                    .property("year", number(1900.0, 9999.0))
                    .property("month", number(1.0, 12.0))
                    .required("year")
                    .required("month")
                    .additional_properties(Some(AdditionalProperties::FreeForm(false))),
            )
            .item(object(Type::String).title(Some("Unknown")).enum_values(Some(["unknown"])))
            .item(object(Type::Null))
            .description(Some(
                "`YYYY-MM-DD`; year and month when the day is not known; `unknown` when nothing is; `null` for nothing said.",
            ))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for DateInput {}

struct DateVisitor;

impl<'de> Visitor<'de> for DateVisitor {
    type Value = DateInput;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date \"YYYY-MM-DD\", {\"year\":..,\"month\":..}, \"unknown\" or null")
    }

    fn visit_unit<E: de::Error>(self) -> Result<DateInput, E> {
        Ok(DateInput::default())
    }

    fn visit_none<E: de::Error>(self) -> Result<DateInput, E> {
        Ok(DateInput::default())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<DateInput, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<DateInput, E> {
        DateInput::parse(value).ok_or_else(|| E::invalid_value(de::Unexpected::Str(value), &self))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<DateInput, A::Error> {
        let mut input = DateInput::default();
        let (mut year, mut month) = (false, false);
        while let Some(key) = map.next_key::<String>()? {
            let part = match key.as_str() {
                "year" => &mut input.year,
                "month" => &mut input.month,
                "day" => &mut input.day,
                _ => return Err(de::Error::unknown_field(&key, &["year", "month", "day"])),
            };
            *part = map.next_value::<Part>()?.0;
            year |= key == "year";
            month |= key == "month";
        }
        match (year, month) {
            (false, _) => Err(de::Error::missing_field("year")),
            (_, false) => Err(de::Error::missing_field("month")),
            (true, true) => Ok(input),
        }
    }
}

/// A part of a date: a number, or the text of a box.
struct Part(String);

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PartVisitor;
        impl Visitor<'_> for PartVisitor {
            type Value = Part;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Part, E> {
                Ok(Part(value.to_string()))
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Part, E> {
                Ok(Part(value.to_string()))
            }
            fn visit_str<E: de::Error>(self, value: &str) -> Result<Part, E> {
                Ok(Part(text::line(value)))
            }
        }
        deserializer.deserialize_any(PartVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn boxes(day: &str, month: &str, year: &str) -> DateInput {
        DateInput {
            day: day.into(),
            month: month.into(),
            year: year.into(),
            unknown: false,
        }
    }

    #[rstest]
    #[case("27", "3", "2025", "\"2025-03-27\"")]
    #[case("07", "03", "2025", "\"2025-03-07\"")]
    #[case("1", "January", "2025", "\"2025-01-01\"")]
    #[case("1", "sept", "2025", "\"2025-09-01\"")]
    #[case("1", "DEC.", "2025", "\"2025-12-01\"")]
    #[case("27", "Mawrth", "2025", "\"2025-03-27\"")]
    #[case("1", "mai", "2025", "\"2025-05-01\"")]
    #[case("1", "rhag", "2025", "\"2025-12-01\"")]
    #[case("29", "2", "2024", "\"2024-02-29\"")]
    #[case("", "3", "2025", "{\"year\":2025,\"month\":3}")]
    fn dates_are_read(#[case] day: &str, #[case] month: &str, #[case] year: &str, #[case] json: &str) {
        let input = boxes(day, month, year);
        assert_eq!(serde_json::to_string(&input).unwrap(), json);
        assert_eq!(serde_json::from_str::<DateInput>(json).unwrap().tidy(), input.tidy());
    }

    #[rstest]
    #[case("", "", "", DateProblem::Missing)]
    #[case("3", "", "2025", DateProblem::MonthMissing)]
    #[case("3", "4", "", DateProblem::YearMissing)]
    #[case("3", "4", "25", DateProblem::YearShort)]
    #[case("31", "2", "2025", shorter(2025, Month::February))]
    #[case("29", "2", "2025", shorter(2025, Month::February))]
    #[case("31", "April", "2025", shorter(2025, Month::April))]
    #[case("0", "2", "2025", DAY)]
    #[case("32", "2", "2025", DAY)]
    #[case("1", "13", "2025", MONTH)]
    #[case("1", "ma", "2025", MONTH)]
    #[case("first", "2", "2025", DAY)]
    #[case("1", "2", "last", YEAR)]
    #[case("1", "2", "0025", YEAR)]
    #[case("1", "2", "20255", DateProblem::YearShort)]
    fn problems_are_named(#[case] day: &str, #[case] month: &str, #[case] year: &str, #[case] problem: DateProblem) {
        assert_eq!(boxes(day, month, year).read(), Err(problem));
    }

    #[test]
    fn not_known_is_an_answer() {
        assert_eq!(serde_json::from_str::<DateInput>("\"unknown\"").unwrap().read(), Ok(None));
        assert_eq!(serde_json::from_str::<DateInput>("null").unwrap(), DateInput::default());
        assert!(serde_json::from_str::<DateInput>("\"soon\"").is_err());
        for wrong in ["{\"hour\":1}", "{}", "{\"year\":2025}", "{\"month\":3,\"day\":1}"] {
            assert!(serde_json::from_str::<DateInput>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_approximate_date_has_a_first_and_a_last_day() {
        let february = boxes("", "2", "2024").read().unwrap().unwrap();
        assert_eq!(february.earliest().day(), 1);
        assert_eq!(february.latest().day(), 29);
    }

    proptest! {
        #[test]
        fn what_is_typed_never_panics(day in ".{0,6}", month in ".{0,10}", year in ".{0,6}") {
            let input = boxes(&day, &month, &year);
            let json = serde_json::to_string(&input).unwrap();
            if input.read().is_ok() {
                prop_assert_eq!(serde_json::from_str::<DateInput>(&json).unwrap().tidy(), input.tidy());
            }
        }
    }
}
