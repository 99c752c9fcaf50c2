//! A day, or the days it may be when a date is approximate.

use serde::{Deserialize, Serialize};
use time::Date;

use crate::complaint::fields::{DateInput, DateProblem, iso_date};

/// The first and the last day that something can have happened on, or can be due. Both are the same for an exact date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Span {
    #[serde(with = "iso_date")]
    #[cfg_attr(feature = "ssr", schema(value_type = String, format = Date))]
    pub earliest: Date,
    #[serde(with = "iso_date")]
    #[cfg_attr(feature = "ssr", schema(value_type = String, format = Date))]
    pub latest: Date,
}

impl Span {
    /// From `earliest` to `latest`, or that one day when they are the wrong way round.
    pub(super) fn new(earliest: Date, latest: Date) -> Self {
        Self {
            earliest,
            latest: latest.max(earliest),
        }
    }

    /// Whether it is one day.
    #[must_use]
    pub fn is_exact(self) -> bool {
        self.earliest == self.latest
    }

    /// Both ends moved by the same rule.
    pub(super) fn map(self, rule: impl Fn(Date) -> Date) -> Self {
        Self::new(rule(self.earliest), rule(self.latest))
    }

    /// The earlier of two things that may each be on any of their days.
    pub(super) fn earlier(self, other: Self) -> Self {
        Self::new(self.earliest.min(other.earliest), self.latest.min(other.latest))
    }

    /// The later of the two.
    pub(super) fn later(self, other: Self) -> Self {
        Self::new(self.earliest.max(other.earliest), self.latest.max(other.latest))
    }
}

/// What is known of when something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// Nothing was said: it has not happened, as far as we are told.
    Not,
    /// It happened, but nobody knows when.
    NotKnown,
    On(Span),
}

impl When {
    /// Something that has happened by `today`, if it has. A date that cannot be read is one that is not known.
    pub(super) fn past(input: &DateInput, today: Date) -> Self {
        match Self::any(input) {
            Self::On(span) if span.earliest <= today => Self::On(Span::new(span.earliest, span.latest.min(today))),
            other => other,
        }
    }

    /// Something that may lie ahead.
    pub(super) fn any(input: &DateInput) -> Self {
        match input.read() {
            Ok(Some(date)) => Self::On(Span::new(date.earliest(), date.latest())),
            Err(DateProblem::Missing) => Self::Not,
            Ok(None) | Err(_) => Self::NotKnown,
        }
    }

    pub(super) fn span(self) -> Option<Span> {
        match self {
            Self::On(span) => Some(span),
            Self::Not | Self::NotKnown => None,
        }
    }
}
