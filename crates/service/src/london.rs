//! Conversion between UTC and Europe/London. The record stores UTC; people and working days go by Europe/London.

use std::sync::LazyLock;

use jiff::{Timestamp, tz::TimeZone};
use time::{Date, Month, OffsetDateTime};

use contract::Moment;
use record::Instant;

static LONDON: LazyLock<TimeZone> = LazyLock::new(|| TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC));

fn local(at: Instant) -> jiff::civil::DateTime {
    let timestamp = Timestamp::from_microsecond(at.micros()).unwrap_or(Timestamp::UNIX_EPOCH);
    LONDON.to_datetime(timestamp)
}

/// Returns the date in Europe/London at an instant.
pub fn date(at: OffsetDateTime) -> Date {
    civil_date(local(at.into()))
}

fn civil_date(local: jiff::civil::DateTime) -> Date {
    let part = |n: i8| u8::try_from(n).unwrap_or(1);
    let month = Month::try_from(part(local.month())).unwrap_or(Month::January);
    Date::from_calendar_date(i32::from(local.year()), month, part(local.day())).unwrap_or(Date::MIN)
}

/// Returns an instant with its local date and time in Europe/London.
pub fn moment(at: Instant) -> Moment {
    let local = local(at);
    Moment {
        at: at.rfc3339(),
        date: civil_date(local),
        time: format!("{:02}:{:02}", local.hour(), local.minute()),
    }
}

/// Returns the instant of a local minute of the day in Europe/London.
///
/// A local time that the clocks skip in spring is moved on by the skipped hour. Of a local time that occurs twice, the first
/// counts.
pub fn on_the_clock(date: Date, minute: u16) -> OffsetDateTime {
    let small = |n: u16| i8::try_from(n).unwrap_or_default();
    let year = i16::try_from(date.year()).unwrap_or(i16::MAX);
    let (month, day) = (small(u8::from(date.month()).into()), small(date.day().into()));
    let there = jiff::civil::DateTime::new(year, month, day, small(minute / 60), small(minute % 60), 0, 0)
        .ok()
        .and_then(|local| LONDON.to_zoned(local).ok());
    let micros = there.map_or(0, |zoned| zoned.timestamp().as_microsecond());
    Instant::from_micros(micros).time()
}

#[cfg(test)]
mod tests {
    use super::*;
    use complaint::fields::iso_date;
    use rstest::rstest;

    #[rstest]
    #[case("2026-07-01", 23 * 60 + 30, "2026-07-02", "00:30")]
    #[case("2026-11-22", 23 * 60 + 50, "2026-11-22", "23:50")]
    #[case("2027-03-28", 59, "2027-03-28", "00:59")]
    #[case("2027-03-28", 60, "2027-03-28", "02:00")]
    fn summer_time_counts(#[case] utc: &str, #[case] minutes: i64, #[case] day: &str, #[case] clock: &str) {
        let at = iso_date::parse(utc).unwrap().midnight().assume_utc() + time::Duration::minutes(minutes);
        let moment = moment(at.into());
        assert_eq!((iso_date::format(moment.date).as_str(), moment.time.as_str()), (day, clock));
        assert_eq!(date(at), moment.date);
    }
}
