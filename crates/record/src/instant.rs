//! Instants as the database stores them.

use sea_orm::DeriveValueType;
use time::OffsetDateTime;

/// A UTC instant in whole microseconds since 1970, stored as a 64-bit integer.
///
/// A native time column was rejected. SQLite stores times as text with a fraction of varying length, so `…:00Z` sorts
/// after `…:00.5Z`, while PostgreSQL rounds to microseconds. An integer has the same value and order on both. Years 1
/// to 9999 fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
pub struct Instant(i64);

impl Instant {
    /// Returns the instant this many microseconds after 1970-01-01T00:00:00Z.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Returns the microseconds since 1970-01-01T00:00:00Z.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Converts to an [`OffsetDateTime`] in UTC. Values outside its range become 1970-01-01T00:00:00Z.
    pub fn time(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// Formats as RFC 3339 in UTC, always with six digits of fraction, so that equal instants give equal texts.
    pub fn rfc3339(self) -> String {
        let t = self.time();
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z",
            t.year(),
            u8::from(t.month()),
            t.day(),
            t.hour(),
            t.minute(),
            t.second(),
            t.microsecond()
        )
    }
}

impl From<OffsetDateTime> for Instant {
    /// Drops everything finer than a microsecond.
    fn from(t: OffsetDateTime) -> Self {
        Self(i64::try_from(t.unix_timestamp_nanos().div_euclid(1000)).unwrap_or_default())
    }
}

impl From<Instant> for OffsetDateTime {
    fn from(i: Instant) -> Self {
        i.time()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_a_fixed_length_and_sorts_as_the_instant() {
        let whole = Instant::from_micros(1_795_276_800_000_000);
        let later = Instant::from_micros(1_795_276_800_500_000);
        assert_eq!(whole.rfc3339(), "2026-11-21T16:00:00.000000Z");
        assert_eq!(later.rfc3339(), "2026-11-21T16:00:00.500000Z");
        assert!(whole.rfc3339() < later.rfc3339());
        assert_eq!(Instant::from(whole.time()), whole);
    }
}
