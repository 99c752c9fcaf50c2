//! The journey: which questions there are, in which order, and which of them the answers so far call for.
//! The only place that knows.

use super::answers::Answers;
use super::form::{Choice, choices};
use super::steps::dates;
use super::steps::role::RoleKind;

choices! {
    /// A question of the journey, in the order they are asked. The code is its name in JSON.
    #[derive(PartialOrd, Ord, Hash)]
    StepId {
        Role = "role",
        Representative = "representative",
        ResidentName = "resident_name",
        HomeAddress = "home_address",
        Contact = "contact",
        Landlord = "landlord",
        Stage = "stage",
        Dates = "dates",
        Category = "category",
        WhatHappened = "what_happened",
        PutRight = "put_right",
        Evidence = "evidence",
        Declaration = "declaration",
    }
}

/// A page of the journey: the start, a question, the check of all answers, or the receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    Start,
    Step(StepId),
    CheckAnswers,
    Sent,
}

choices! {
    /// How far a question has got.
    StepState {
        Complete = "complete",
        Incomplete = "incomplete",
        CannotStart = "cannot_start_yet",
    }
}

/// Where every page of the journey lives.
pub const ROOT: &str = "/complaint";

impl StepId {
    /// The last part of its page's address.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Role => "who-are-you",
            Self::Representative => "about-you",
            Self::ResidentName => "name",
            Self::HomeAddress => "address",
            Self::Contact => "contact",
            Self::Landlord => "landlord",
            Self::Stage => "stage",
            Self::Dates => "dates",
            Self::Category => "category",
            Self::WhatHappened => "what-happened",
            Self::PutRight => "put-right",
            Self::Evidence => "evidence",
            Self::Declaration => "declaration",
        }
    }

    /// The step of an address.
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|s| s.slug() == slug)
    }

    /// The address of its page.
    #[must_use]
    pub fn path(self) -> String {
        format!("{ROOT}/{}", self.slug())
    }
}

impl Page {
    /// The address of the page.
    #[must_use]
    pub fn path(self) -> String {
        match self {
            Self::Start => "/".into(),
            Self::Step(step) => step.path(),
            Self::CheckAnswers => format!("{ROOT}/check-answers"),
            Self::Sent => format!("{ROOT}/sent"),
        }
    }

    /// The page of the last part of an address below [`ROOT`].
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        match slug {
            "check-answers" => Some(Self::CheckAnswers),
            "sent" => Some(Self::Sent),
            slug => StepId::from_slug(slug).map(Self::Step),
        }
    }
}

/// Whether the answers so far call for a question.
#[must_use]
pub fn applies(step: StepId, answers: &Answers) -> bool {
    match step {
        StepId::Representative => answers.role_kind() == Some(RoleKind::Representative),
        StepId::Dates => answers.stage_kind().is_some_and(|stage| !dates::asked(stage).is_empty()),
        _ => true,
    }
}

/// The questions the answers call for, in order.
pub fn steps(answers: &Answers) -> impl Iterator<Item = StepId> {
    StepId::ALL.iter().copied().filter(|s| applies(*s, answers))
}

/// Whether a question has all the answer it needs.
#[must_use]
pub fn is_answered(step: StepId, answers: &Answers) -> bool {
    match (step, &answers.dates, answers.stage_kind()) {
        (StepId::Dates, Some(given), Some(stage)) => given.complete_for(stage),
        _ => answers.has(step),
    }
}

/// How far a question has got.
#[must_use]
pub fn state(step: StepId, answers: &Answers) -> StepState {
    if is_answered(step, answers) {
        StepState::Complete
    } else if step == StepId::Declaration && unanswered(answers).next().is_some() {
        StepState::CannotStart
    } else {
        StepState::Incomplete
    }
}

/// The questions still to be answered before the declaration. Evidence is never one: it is not a condition of sending.
pub fn unanswered(answers: &Answers) -> impl Iterator<Item = StepId> {
    steps(answers).filter(|s| !matches!(s, StepId::Evidence | StepId::Declaration) && !is_answered(*s, answers))
}

/// All that is missing before the complaint can be sent, the declaration too.
#[must_use]
pub fn missing(answers: &Answers) -> Vec<StepId> {
    let declaration = (!answers.has(StepId::Declaration)).then_some(StepId::Declaration);
    unanswered(answers).chain(declaration).collect()
}

/// The page after a question. `checking` when the person came to it from the check page: then it is straight back there,
/// unless the answer has brought up a question that has no answer yet.
#[must_use]
pub fn next(step: StepId, answers: &Answers, checking: bool) -> Page {
    if checking {
        return unanswered(answers).next().map_or(Page::CheckAnswers, Page::Step);
    }
    match steps(answers).find(|s| *s > step) {
        // The declaration comes after the check of all answers.
        Some(StepId::Declaration) => Page::CheckAnswers,
        Some(following) => Page::Step(following),
        None => Page::Sent,
    }
}

/// The page before a page: what the back link leads to.
#[must_use]
pub fn previous(page: Page, answers: &Answers, checking: bool) -> Page {
    let last_before = |limit: StepId| steps(answers).filter(|s| *s < limit).last().map_or(Page::Start, Page::Step);
    match page {
        Page::Step(StepId::Declaration) => Page::CheckAnswers,
        Page::Step(_) if checking => Page::CheckAnswers,
        Page::Step(step) => last_before(step),
        Page::CheckAnswers => last_before(StepId::Declaration),
        Page::Start | Page::Sent => Page::Start,
    }
}

/// Takes out the answers of branches that have been left, and the declaration once anything is missing again.
pub fn prune(answers: &mut Answers) {
    for step in StepId::ALL {
        if !applies(*step, answers) {
            answers.remove(*step);
        }
    }
    if let (Some(stage), Some(given)) = (answers.stage_kind(), answers.dates.take()) {
        let mut given = given.into_inner();
        given.keep_only(stage);
        answers.dates = Some(super::form::Valid::new(given));
    }
}

#[cfg(test)]
mod tests;
