//! Where something is asked: a question, and for the questions about a thing complained of, which of the things.

use super::form::Choice;
use super::journey::{StepId, question};

/// Where every page of the journey lives.
pub const ROOT: &str = "/complaint";

/// The most things one complaint can be about.
pub const ISSUES_MAX: u8 = 10;

/// One page that asks or tells something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    pub step: StepId,
    /// Which of the things complained of, from 1; 0 for a question that is asked once.
    pub issue: u8,
}

/// A page of the journey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    Start,
    /// The list of all parts with how far each has got.
    Tasks,
    Step(Place),
    CheckAnswers,
    Sent,
}

impl Place {
    /// Where a question is asked, for the first thing complained of where it is asked for each.
    #[must_use]
    pub fn of(step: StepId) -> Self {
        Self {
            step,
            issue: u8::from(question(step).repeats()),
        }
    }

    /// The same for one of the things complained of, from 1.
    #[must_use]
    pub fn of_issue(step: StepId, issue: u8) -> Self {
        Self { step, issue }
    }

    /// Its name in JSON: the question's code, with `_2` and so on from the second thing on.
    #[must_use]
    pub fn code(self) -> String {
        match self.issue {
            0 | 1 => self.step.code().to_owned(),
            n => format!("{}_{n}", self.step.code()),
        }
    }

    /// The place of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::numbered(code, '_', StepId::parse)
    }

    /// The last part of its page's address.
    #[must_use]
    pub fn slug(self) -> String {
        let slug = question(self.step).slug;
        match self.issue {
            0 | 1 => slug.to_owned(),
            n => format!("{slug}-{n}"),
        }
    }

    /// The place of an address.
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::numbered(slug, '-', |slug| StepId::ALL.iter().copied().find(|s| question(*s).slug == slug))
    }

    fn numbered(name: &str, mark: char, find: impl Fn(&str) -> Option<StepId>) -> Option<Self> {
        if let Some(step) = find(name) {
            return Some(Self::of(step));
        }
        let (name, number) = name.rsplit_once(mark)?;
        let step = find(name)?;
        let issue: u8 = number.parse().ok()?;
        // One spelling each: no leading zero, and the first has no number.
        let valid = question(step).repeats() && (2..=ISSUES_MAX).contains(&issue) && !number.starts_with(['0', '+']);
        valid.then_some(Self { step, issue })
    }

    /// The address of its page.
    #[must_use]
    pub fn path(self) -> String {
        format!("{ROOT}/{}", self.slug())
    }
}

impl From<StepId> for Place {
    fn from(step: StepId) -> Self {
        Self::of(step)
    }
}

impl StepId {
    /// The address of its page, for the first thing complained of where it is asked for each.
    #[must_use]
    pub fn path(self) -> String {
        Place::of(self).path()
    }
}

impl Page {
    /// The address of the page.
    #[must_use]
    pub fn path(self) -> String {
        match self {
            Self::Start => "/".into(),
            Self::Tasks => format!("{ROOT}/tasks"),
            Self::Step(place) => place.path(),
            Self::CheckAnswers => format!("{ROOT}/check-answers"),
            Self::Sent => format!("{ROOT}/sent"),
        }
    }

    /// The page of the last part of an address below [`ROOT`].
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        match slug {
            "tasks" => Some(Self::Tasks),
            "check-answers" => Some(Self::CheckAnswers),
            "sent" => Some(Self::Sent),
            slug => Place::from_slug(slug).map(Self::Step),
        }
    }
}
