//! Identifies a page of the questionnaire: a question and, for questions about an issue, the number of the issue.

use crate::fields::form::Choice;
use crate::questionnaire::steps::{StepId, question};

/// The path below which every page of the questionnaire is served.
pub const ROOT: &str = "/complaint";

/// The maximum number of issues in one complaint.
pub const ISSUES_MAX: u8 = 10;

/// A question and the number of its issue, which together identify one page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuestionRef {
    pub step: StepId,
    /// The issue's number, from 1; 0 for a question that is asked once.
    pub issue: u8,
}

/// A page of the questionnaire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    Start,
    /// The task list: all sections with their progress.
    Tasks,
    Step(QuestionRef),
    CheckAnswers,
    Sent,
}

impl QuestionRef {
    /// Returns the page of a question, for the first issue if it is asked for each issue.
    pub fn first(step: StepId) -> Self {
        Self {
            step,
            issue: u8::from(question(step).repeats()),
        }
    }

    /// Returns the page of a question about an issue, which is numbered from 1.
    pub fn for_issue(step: StepId, issue: u8) -> Self {
        Self { step, issue }
    }

    /// Returns the name in JSON: the question's code, with `_2` and so on from the second issue.
    pub fn code(self) -> String {
        match self.issue {
            0 | 1 => self.step.code().to_owned(),
            n => format!("{}_{n}", self.step.code()),
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::numbered(code, '_', StepId::parse)
    }

    /// Returns the last segment of the page's path.
    pub fn slug(self) -> String {
        let slug = question(self.step).slug;
        match self.issue {
            0 | 1 => slug.to_owned(),
            n => format!("{slug}-{n}"),
        }
    }

    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::numbered(slug, '-', |slug| StepId::ALL.iter().copied().find(|s| question(*s).slug == slug))
    }

    fn numbered(name: &str, mark: char, find: impl Fn(&str) -> Option<StepId>) -> Option<Self> {
        if let Some(step) = find(name) {
            return Some(Self::first(step));
        }
        let (name, number) = name.rsplit_once(mark)?;
        let step = find(name)?;
        let issue: u8 = number.parse().ok()?;
        // One spelling each: no leading zero, and no number for the first issue.
        let valid = question(step).repeats() && (2..=ISSUES_MAX).contains(&issue) && !number.starts_with(['0', '+']);
        valid.then_some(Self { step, issue })
    }

    pub fn path(self) -> String {
        format!("{ROOT}/{}", self.slug())
    }
}

impl From<StepId> for QuestionRef {
    fn from(step: StepId) -> Self {
        Self::first(step)
    }
}

impl StepId {
    /// Returns the path of the question's page, for the first issue if it is asked for each issue.
    pub fn path(self) -> String {
        QuestionRef::first(self).path()
    }
}

impl Page {
    pub fn path(self) -> String {
        match self {
            Self::Start => "/".into(),
            Self::Tasks => format!("{ROOT}/tasks"),
            Self::Step(place) => place.path(),
            Self::CheckAnswers => format!("{ROOT}/check-answers"),
            Self::Sent => format!("{ROOT}/sent"),
        }
    }

    /// Returns the page whose path ends in this segment below [`ROOT`].
    pub fn from_slug(slug: &str) -> Option<Self> {
        match slug {
            "tasks" => Some(Self::Tasks),
            "check-answers" => Some(Self::CheckAnswers),
            "sent" => Some(Self::Sent),
            slug => QuestionRef::from_slug(slug).map(Self::Step),
        }
    }
}
