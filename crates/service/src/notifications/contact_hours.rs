//! The hours at which text messages are welcome, in Europe/London local time.

use std::str::FromStr;

use serde::{Deserialize, Serialize, de};
use time::{Duration, OffsetDateTime};

use crate::london;

/// A part of the day such as `09:00-12:00`. Its first minute is included, its last is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    from: u16,
    to: u16,
}

/// The error for text that is no part of a day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a part of a day such as 09:00-12:00")]
pub struct NotASpan(String);

impl FromStr for Span {
    type Err = NotASpan;

    fn from_str(text: &str) -> Result<Self, NotASpan> {
        let minute = |clock: &str| {
            let (hour, minute) = clock.split_once(':')?;
            let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
            (clock.len() == 5 && hour < 24 && minute < 60).then_some(hour * 60 + minute)
        };
        let parts = text.split_once('-').and_then(|(from, to)| Some((minute(from)?, minute(to)?)));
        let span = parts.filter(|(from, to)| from < to).map(|(from, to)| Self { from, to });
        span.ok_or_else(|| NotASpan(text.to_owned()))
    }
}

impl Serialize for Span {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        serializer.serialize_str(&format!("{}-{}", clock(self.from), clock(self.to)))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// Hours for text messages to people who chose a part of the day, in Europe/London time. All three apply to people who chose none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ContactHours {
    /// The hours of the answer `morning`.
    pub morning: Span,
    /// The hours of the answer `afternoon`.
    pub afternoon: Span,
    /// The hours of the answer `evening`.
    pub evening: Span,
}

impl Default for ContactHours {
    fn default() -> Self {
        let span = |from: u16, to: u16| Span {
            from: from * 60,
            to: to * 60,
        };
        Self {
            morning: span(9, 12),
            afternoon: span(12, 17),
            evening: span(17, 20),
        }
    }
}

impl ContactHours {
    /// Returns the first instant from `now` on that lies in one of the chosen `times` (`morning`, `afternoon`, `evening`,
    /// `any`).
    ///
    /// Without a choice, or with `any`, all three parts of the day count, so that no text arrives at night.
    pub fn next(&self, now: OffsetDateTime, times: &[String]) -> OffsetDateTime {
        let any = times.is_empty() || times.iter().any(|time| time == "any");
        let chosen = |name: &str| any || times.iter().any(|time| time == name);
        let all = [("morning", self.morning), ("afternoon", self.afternoon), ("evening", self.evening)];
        let spans: Vec<Span> = all.into_iter().filter(|(name, _)| chosen(name)).map(|(_, span)| span).collect();
        let today = london::date(now);
        let of_day = |day: i64| {
            let date = today.checked_add(Duration::days(day)).unwrap_or(today);
            spans
                .iter()
                .map(move |span| (london::on_the_clock(date, span.from), london::on_the_clock(date, span.to)))
        };
        let coming = (0..=1).flat_map(of_day).filter(|(_, end)| *end > now);
        coming.map(|(start, _)| start.max(now)).min().unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use time::macros::datetime;

    #[rstest]
    #[case(datetime!(2026-11-23 09:30 UTC), "morning", datetime!(2026-11-23 09:30 UTC))]
    #[case(datetime!(2026-11-23 12:00 UTC), "morning", datetime!(2026-11-24 09:00 UTC))]
    #[case(datetime!(2026-11-23 12:00 UTC), "morning evening", datetime!(2026-11-23 17:00 UTC))]
    #[case(datetime!(2026-11-23 03:00 UTC), "", datetime!(2026-11-23 09:00 UTC))]
    #[case(datetime!(2026-11-23 21:00 UTC), "any", datetime!(2026-11-24 09:00 UTC))]
    #[case(datetime!(2026-11-23 16:59 UTC), "any", datetime!(2026-11-23 16:59 UTC))]
    // Summer time: nine o'clock in London is eight in UTC. The clocks go forward in the night to 28 March.
    #[case(datetime!(2026-07-01 08:00 UTC), "morning", datetime!(2026-07-01 08:00 UTC))]
    #[case(datetime!(2027-03-27 21:00 UTC), "morning", datetime!(2027-03-28 08:00 UTC))]
    // An unknown choice sets no hours.
    #[case(datetime!(2026-11-23 10:00 UTC), "midnight", datetime!(2026-11-23 10:00 UTC))]
    fn texts_wait_for_their_hour(#[case] now: OffsetDateTime, #[case] times: &str, #[case] expected: OffsetDateTime) {
        let times: Vec<String> = times.split_whitespace().map(ToOwned::to_owned).collect();
        assert_eq!(ContactHours::default().next(now, &times), expected);
    }

    #[test]
    fn parts_of_the_day_are_read_or_refused() {
        let span: Span = "08:30-12:00".parse().unwrap();
        assert_eq!(serde_json::to_string(&span).unwrap(), r#""08:30-12:00""#);
        for wrong in ["", "9-12", "12:00-09:00", "09:00-09:00", "09:00-24:00", "09:00", "0900-1200"] {
            assert!(wrong.parse::<Span>().is_err(), "{wrong}");
        }
    }
}
