//! Working days in England: Monday to Friday, but not a bank holiday of England and Wales.
//!
//! The day something arrives is day 0; day 1 is the next working day (Complaint Handling Code practice as published by
//! landlords, for example Thurrock: "Monday to Friday excluding public holidays"). The holidays come from the GOV.UK file,
//! which the server reads; this module only counts.

use time::{Date, Weekday};

/// The bank holidays the count knows of.
#[derive(Clone, Debug, Default)]
pub struct BankHolidays {
    /// Sorted, without repeats.
    days: Vec<Date>,
}

impl BankHolidays {
    /// From the days themselves, in any order.
    #[must_use]
    pub fn new(mut days: Vec<Date>) -> Self {
        days.sort_unstable();
        days.dedup();
        Self { days }
    }

    /// The last holiday known: past it, counting takes only weekends out.
    #[must_use]
    pub fn last_known(&self) -> Option<Date> {
        self.days.last().copied()
    }

    /// Whether landlords and offices are expected to work on this day.
    #[must_use]
    pub fn is_working_day(&self, date: Date) -> bool {
        !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) && self.days.binary_search(&date).is_err()
    }

    /// The `count`-th working day after `from`; with 0 it is `from` itself.
    /// Saturates at the last date of the calendar.
    #[must_use]
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::complaint::fields::iso_date::parse;
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

    proptest! {
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
