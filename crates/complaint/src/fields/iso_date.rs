//! Dates in JSON as `YYYY-MM-DD`. The formatting code of the `time` crate is avoided, because it enlarges the Wasm.

use serde::{Deserialize, Deserializer, Serializer};
use time::{Date, Month};

/// Formats a date as `2025-03-27`.
pub fn format(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}

/// Reads `2025-03-27`; `None` for anything else.
pub fn parse(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |s: &str, n| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
    if parts.next().is_some() || !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
        return None;
    }
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
}

/// For `#[serde(with = "iso_date")]`.
pub fn serialize<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format(*date))
}

/// For `#[serde(with = "iso_date")]`.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text).ok_or_else(|| serde::de::Error::custom("a date is written YYYY-MM-DD"))
}

/// For `#[serde(with = "iso_date::option")]`.
pub mod option {
    use super::{Date, Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
        match date {
            Some(date) => serializer.serialize_some(&super::format(*date)),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|t| super::parse(&t).ok_or_else(|| serde::de::Error::custom("a date is written YYYY-MM-DD")))
            .transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_real_dates_of_the_form_are_read() {
        assert_eq!(parse("2024-02-29").map(format).as_deref(), Some("2024-02-29"));
        for wrong in [
            "2025-02-29",
            "2025-2-1",
            "25-02-01",
            "2025-02-01T00:00",
            "",
            "2025-13-01",
            "+025-01-01",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
