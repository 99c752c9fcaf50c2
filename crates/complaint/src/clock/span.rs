//! A day, or a range of days for an approximate date.

use serde::{Deserialize, Serialize};
use time::Date;

use crate::fields::{DateInput, DateProblem, iso_date};

/// The first and last day on which something can have happened or can be due. Both are equal for an exact date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Span))]
pub struct DateRange {
    #[serde(with = "iso_date")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub earliest: Date,
    #[serde(with = "iso_date")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub latest: Date,
}

impl DateRange {
    /// Creates a range, or the single day `earliest` if the two are the wrong way round.
    pub(crate) fn new(earliest: Date, latest: Date) -> Self {
        Self {
            earliest,
            latest: latest.max(earliest),
        }
    }

    pub fn is_exact(self) -> bool {
        self.earliest == self.latest
    }

    /// Applies a rule to both ends.
    pub(crate) fn map(self, rule: impl Fn(Date) -> Date) -> Self {
        Self::new(rule(self.earliest), rule(self.latest))
    }

    /// Returns the range of whichever of two events is earlier.
    pub(crate) fn earlier(self, other: Self) -> Self {
        Self::new(self.earliest.min(other.earliest), self.latest.min(other.latest))
    }

    /// Returns the range of whichever of two events is later.
    pub(crate) fn later(self, other: Self) -> Self {
        Self::new(self.earliest.max(other.earliest), self.latest.max(other.latest))
    }
}

/// The date of an event, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// No date was given: as far as is known, the event has not happened.
    Not,
    /// The event happened on an unknown date.
    NotKnown,
    On(DateRange),
}

impl When {
    /// Reads the date of an event that may have happened by `today`. A range ends at `today`; an unreadable date counts as
    /// unknown.
    pub(crate) fn past(input: &DateInput, today: Date) -> Self {
        match Self::any(input) {
            Self::On(span) if span.earliest <= today => Self::On(DateRange::new(span.earliest, span.latest.min(today))),
            other => other,
        }
    }

    /// Reads a date that may be in the future.
    pub(crate) fn any(input: &DateInput) -> Self {
        match input.read() {
            Ok(Some(date)) => Self::On(DateRange::new(date.earliest(), date.latest())),
            Err(DateProblem::Missing) => Self::Not,
            Ok(None) | Err(_) => Self::NotKnown,
        }
    }

    pub(crate) fn span(self) -> Option<DateRange> {
        match self {
            Self::On(span) => Some(span),
            Self::Not | Self::NotKnown => None,
        }
    }
}
