//! Working days in England: Monday to Friday, except bank holidays of England and Wales.
//!
//! The day something arrives is day 0; day 1 is the next working day. This is Complaint Handling Code practice as published by
//! landlords (for example Thurrock: "Monday to Friday excluding public holidays"). The server reads the holidays from the GOV.UK
//! file; this module only counts.

use time::{Date, Month, Weekday};

/// The known bank holidays.
#[derive(Clone, Debug, Default)]
pub struct BankHolidays {
    /// Sorted, without duplicates.
    days: Vec<Date>,
}

impl BankHolidays {
    /// Creates the calendar from days in any order.
    pub fn new(mut days: Vec<Date>) -> Self {
        days.sort_unstable();
        days.dedup();
        Self { days }
    }

    /// Returns the last known holiday. After it, counting excludes only weekends.
    pub fn last_known(&self) -> Option<Date> {
        self.days.last().copied()
    }

    pub fn is_working_day(&self, date: Date) -> bool {
        !is_weekend(date) && self.days.binary_search(&date).is_err()
    }

    /// Returns the `count`-th working day after `from`, or `from` itself for 0. Saturates at the last date of the calendar.
    pub fn add_working_days(&self, from: Date, count: u32) -> Date {
        let mut date = from;
        let mut left = count;
        while left > 0 {
            let Some(next) = date.next_day() else { return date };
            date = next;
            if self.is_working_day(date) {
                left -= 1;
            }
        }
        date
    }

    /// Returns the number of working days after `from`, up to and including `to`.
    ///
    /// That is how late something due on `from` is on `to`. Returns 0 if `to` is not after `from`. It is the inverse of
    /// [`Self::add_working_days`], and as fast for centuries as for a week.
    pub fn working_days_between(&self, from: Date, to: Date) -> u32 {
        if to <= from {
            return 0;
        }
        let after = |date: Date| self.days.partition_point(|day| *day <= date);
        let holidays = self.days[after(from)..after(to)].iter();
        let on_weekdays = holidays.filter(|day| !is_weekend(**day)).count();
        let days = weekdays_until(to) - weekdays_until(from) - i64::try_from(on_weekdays).unwrap_or(0);
        u32::try_from(days).unwrap_or(0)
    }

    /// Returns whether the list of holidays ends within 12 months, so that a newer list is needed. Lists are published two years
    /// ahead.
    pub fn is_running_out(&self, today: Date) -> bool {
        self.last_known().is_none_or(|last| add_months(today, 12) > last)
    }
}

/// Counts the days from Monday to Friday, from the beginning of the calendar up to and including `date`.
fn weekdays_until(date: Date) -> i64 {
    // Julian day 0 is a Monday.
    let days = i64::from(date.to_julian_day()) + 1;
    days.div_euclid(7) * 5 + days.rem_euclid(7).min(5)
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// Returns the same day some months later, or the last day of that month if it has no such day.
///
/// A year after 29 February is 28 February. Saturates at the last date of the calendar.
pub fn add_months(date: Date, months: u32) -> Date {
    let all = i64::from(date.year()) * 12 + i64::from(u8::from(date.month())) - 1 + i64::from(months);
    let month = u8::try_from(all.rem_euclid(12) + 1).ok().and_then(|m| Month::try_from(m).ok());
    let (Ok(year), Some(month)) = (i32::try_from(all.div_euclid(12)), month) else {
        return Date::MAX;
    };
    if year > Date::MAX.year() {
        return Date::MAX;
    }
    Date::from_calendar_date(year, month, date.day().min(month.length(year))).unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::iso_date::parse;
    use proptest::prelude::*;
    use rstest::rstest;

    fn date(text: &str) -> Date {
        parse(text).unwrap()
    }

    fn holidays() -> BankHolidays {
        BankHolidays::new(
            [
                "2026-12-25",
                "2026-12-28",
                "2027-01-01",
                "2027-03-26",
                "2027-03-29",
                "2027-12-27",
                "2027-12-28",
                "2028-01-03",
            ]
            .map(date)
            .to_vec(),
        )
    }

    #[rstest]
    #[case("2026-11-22", 5, "2026-11-27")]
    #[case("2026-11-22", 10, "2026-12-04")]
    #[case("2026-12-21", 5, "2026-12-30")]
    #[case("2026-12-30", 10, "2027-01-14")]
    #[case("2026-12-30", 20, "2027-01-28")]
    #[case("2026-12-23", 5, "2027-01-04")]
    #[case("2027-03-24", 5, "2027-04-02")]
    #[case("2027-03-24", 10, "2027-04-09")]
    #[case("2027-12-23", 5, "2028-01-04")]
    #[case("2027-12-23", 10, "2028-01-11")]
    fn working_days_are_counted(#[case] from: &str, #[case] days: u32, #[case] due: &str) {
        assert_eq!(holidays().add_working_days(date(from), days), date(due));
    }

    #[rstest]
    #[case("2024-02-29", 12, "2025-02-28")]
    #[case("2024-02-29", 48, "2028-02-29")]
    #[case("2025-01-31", 1, "2025-02-28")]
    #[case("2025-12-15", 12, "2026-12-15")]
    #[case("2025-11-30", 1, "2025-12-30")]
    #[case("9999-06-01", 12, "9999-12-31")]
    fn months_end_where_the_calendar_ends_them(#[case] from: &str, #[case] months: u32, #[case] to: &str) {
        assert_eq!(add_months(date(from), months), date(to));
    }

    #[test]
    fn the_warning_comes_a_year_ahead() {
        let holidays = holidays();
        assert!(!holidays.is_running_out(date("2027-01-03")));
        assert!(holidays.is_running_out(date("2027-01-04")));
        assert!(BankHolidays::default().is_running_out(date("2027-01-04")));
    }

    proptest! {
        #[test]
        fn days_late_are_the_days_there_are(offset in 0i64..800, length in -20i64..700) {
            let holidays = holidays();
            let from = date("2026-11-01") + time::Duration::days(offset);
            let to = from + time::Duration::days(length);
            let counted = (1..=length).filter(|n| holidays.is_working_day(from + time::Duration::days(*n))).count();
            prop_assert_eq!(holidays.working_days_between(from, to) as usize, counted);
        }

        #[test]
        fn adding_and_counting_are_each_others_inverse(offset in 0i64..800, days in 0u32..60) {
            let from = date("2026-11-01") + time::Duration::days(offset);
            let due = holidays().add_working_days(from, days);
            prop_assert_eq!(holidays().working_days_between(from, due), days);
        }

        #[test]
        fn it_always_ends_on_a_working_day(offset in 0i64..800, days in 1u32..60) {
            let from = date("2026-11-01") + time::Duration::days(offset);
            let due = holidays().add_working_days(from, days);
            prop_assert!(holidays().is_working_day(due));
            prop_assert!(due > from);
            prop_assert_eq!(holidays().add_working_days(holidays().add_working_days(from, days), 1), holidays().add_working_days(from, days + 1));
        }
    }
}
