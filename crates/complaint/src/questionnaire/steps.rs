//! The steps of the questionnaire: which questions exist, in which order, and which of them the answers so far require. No other
//! module knows the order.

use std::vec::IntoIter;

use crate::fields::form::{Choice, Fields, choices};
use crate::questionnaire::answers::Answers;
use crate::questionnaire::question::{Asked, Body, Question, Section};
use crate::questionnaire::questions;

pub use crate::questionnaire::question_ref::{ISSUES_MAX, Page, QuestionRef, ROOT};

choices! {
    /// A question of the questionnaire, in the order of asking. The code is its name in JSON.
    #[derive(PartialOrd, Ord, Hash)]
    StepId {
        Role = "role",
        LandlordStaffNotice = "other_door",
        RepresentativeWhy = "representative_why",
        CapacityBasis = "capacity_basis",
        EstateBasis = "estate_basis",
        Representative = "representative",
        Authority = "authority",
        AuthorityScope = "authority_scope",
        AskResident = "ask_resident",
        AuthorityFile = "authority_file",
        ResidentName = "resident_name",
        Tenure = "tenure",
        TenancyKind = "tenancy_kind",
        FormerHome = "former_home",
        Freeholder = "freeholder",
        HomeAddress = "home_address",
        Contact = "contact",
        EmailSafety = "email_safety",
        PhoneSafety = "phone_safety",
        PostSafety = "post_safety",
        ContactChoice = "contact_choice",
        Landlord = "landlord",
        ManagedBy = "managed_by",
        Stage = "stage",
        Dates = "dates",
        Extension = "extension",
        LandlordReferences = "landlord_references",
        Letters = "letters",
        WhatNext = "what_next",
        Category = "category",
        Subcategory = "subcategory",
        WhatHappened = "what_happened",
        Since = "since",
        Reported = "reported",
        Effect = "effect",
        Hazard = "hazard",
        Emergency = "emergency",
        MoreIssues = "more_issues",
        PutRight = "put_right",
        Court = "court",
        Needs = "needs",
        Risk = "risk",
        Helpers = "helpers",
        Evidence = "evidence",
        Declaration = "declaration",
    }
}

choices! {
    /// The progress of a question.
    StepState {
        Complete = "complete",
        Incomplete = "incomplete",
        CannotStart = "cannot_start_yet",
    }
}

choices! {
    /// The progress of a section.
    SectionState {
        Complete = "complete",
        InProgress = "in_progress",
        NotStarted = "not_started",
        CannotStart = "cannot_start_yet",
    }
}

pub fn question(step: StepId) -> &'static Question {
    questions::question(step)
}

/// Returns the number of issues: one, plus one for each time the person said that there is another.
pub fn issue_count(answers: &Answers) -> u8 {
    let more = |issue: &u8| answers.is(QuestionRef::for_issue(StepId::MoreIssues, *issue), "more", "yes");
    let count = (1..ISSUES_MAX).take_while(more).count();
    u8::try_from(count + 1).unwrap_or(ISSUES_MAX)
}

/// Returns whether the answers so far require a question.
pub fn applies(place: QuestionRef, answers: &Answers) -> bool {
    place.issue <= issue_count(answers) && (question(place.step).when)(answers, place.issue)
}

/// Returns the questions that the answers require, in order. The issue questions repeat for each issue.
///
/// The iterator over a list is one type for all callers. Chained iterators were compiled for each caller, which cost several KB
/// of Wasm.
pub fn steps(answers: &Answers) -> IntoIter<QuestionRef> {
    select(answers, &|_| true)
}

/// Returns the required questions that are wanted, in order.
fn select(answers: &Answers, is_wanted: &dyn Fn(QuestionRef) -> bool) -> IntoIter<QuestionRef> {
    let mut places = Vec::new();
    let mut add = |step: StepId, issue: u8| {
        let place = QuestionRef { step, issue };
        // Each of these pages belongs to an existing issue. Counting the issues again for each, as `applies` does, took longer
        // than the rest.
        if (question(step).when)(answers, issue) && is_wanted(place) {
            places.push(place);
        }
    };
    let issues = issue_count(answers);
    let mut is_first_repeated = true;
    for step in StepId::ALL {
        if !question(*step).repeats() {
            add(*step, 0);
        } else if std::mem::take(&mut is_first_repeated) {
            for issue in 1..=issues {
                for step in StepId::ALL.iter().filter(|step| question(**step).repeats()) {
                    add(*step, issue);
                }
            }
        }
    }
    places.into_iter()
}

/// Returns the questions with a page on the way to Send, in order.
pub fn way(answers: &Answers) -> IntoIter<QuestionRef> {
    select(answers, &|place| question(place.step).asked == Asked::OnTheWay)
}

/// Returns the questions under "Add more if you want to", in order. The check page offers another issue.
pub fn extras(answers: &Answers) -> IntoIter<QuestionRef> {
    select(answers, &|place| is_extra(place) && place.step != StepId::MoreIssues)
}

pub fn is_extra(place: QuestionRef) -> bool {
    question(place.step).asked == Asked::Extra
}

/// Returns the other questions on the page of a question: those that the answers require, and those that the answer to this
/// question may require.
pub fn beside(place: QuestionRef, answers: &Answers) -> IntoIter<QuestionRef> {
    let mut places = Vec::new();
    for step in StepId::ALL {
        let other = QuestionRef { step: *step, ..place };
        let question = question(*step);
        if question.asked == Asked::Beside(place.step) && (question.follows == Some(place.step) || applies(other, answers)) {
            places.push(other);
        }
    }
    places.into_iter()
}

/// Returns the questions that are always or sometimes on the page of another one.
pub fn all_beside(step: StepId) -> impl Iterator<Item = StepId> {
    questions::all()
        .filter(move |other| other.asked == Asked::Beside(step))
        .map(|other| other.step)
}

/// Returns whether the page of a question has a field of this name, of its own question or of one beside it.
pub fn has_field(place: QuestionRef, name: &str) -> bool {
    let is_field = |field: &str| {
        name.strip_prefix(field)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    question(place.step).fields().iter().any(|f| is_field(f.name))
        || all_beside(place.step).any(|other| question(other).fields().iter().any(|f| is_field(f.name_beside)))
}

/// Adds the fields that the stored answers to the other questions on a page would post.
pub fn add_stored_beside(fields: &mut Fields, place: QuestionRef, answers: &Answers) {
    for other in beside(place, answers) {
        if let Some(answer) = answers.get(other) {
            let mut own = question(other.step).fields_for_page(&answer.to_fields(other));
            fields.0.append(&mut own.0);
        }
    }
}

/// Returns the number of a question's section on the way to Send; there is none for a question off the way.
pub fn part_number(place: QuestionRef) -> Option<usize> {
    let section = question(place.step).section;
    let number = Section::ALL.iter().position(|s| *s == section)? + 1;
    (!is_extra(place)).then_some(number)
}

/// Returns the open questions that a person can leave open, without those under "Add more if you want to".
pub fn left_open(answers: &Answers) -> IntoIter<QuestionRef> {
    select(answers, &|place| {
        let question = question(place.step);
        let asks = !question.fields().is_empty() && !question.required_to_send && !is_extra(place);
        asks && !is_answered(place, answers)
    })
}

/// Returns the page to ask a question on: its own if the page that it shares was completed without it.
fn page_of(place: QuestionRef, answers: &Answers) -> QuestionRef {
    match question(place.step).asked {
        Asked::Beside(step) if !is_answered(QuestionRef { step, ..place }, answers) => QuestionRef { step, ..place },
        _ => place,
    }
}

/// Returns whether `first` comes before `second` in the questionnaire, which asks about one issue after the other.
pub fn is_before(first: QuestionRef, second: QuestionRef) -> bool {
    let key = |place: QuestionRef| {
        let part = if question(place.step).repeats() {
            1
        } else {
            2 * u8::from(place.step > StepId::MoreIssues)
        };
        (part, place.issue, place.step)
    };
    key(first) < key(second)
}

/// Returns whether a question has every field that it requires.
pub fn is_answered(place: QuestionRef, answers: &Answers) -> bool {
    let Some(given) = answers.get(place) else { return false };
    let fields = question(place.step).fields().iter();
    // An answer given before another one changed may lack a field that is required now.
    fields
        .filter(|f| f.required_error.is_some() && (f.when)(answers, place.issue))
        .all(|f| given.value(f.name).is_some())
}

pub fn state(place: QuestionRef, answers: &Answers) -> StepState {
    if is_answered(place, answers) {
        StepState::Complete
    } else if place.step == StepId::Declaration && unanswered(answers).next().is_some() {
        StepState::CannotStart
    } else {
        StepState::Incomplete
    }
}

/// Returns the sections on the way to Send, each with its first open page and its progress.
///
/// A section without an open page comes with its first page.
pub fn sections(answers: &Answers) -> Vec<(Section, QuestionRef, SectionState)> {
    let one = |section: &Section| {
        let of_section = |p: QuestionRef| question(p.step).section == *section && !is_extra(p);
        let first = select(answers, &of_section).next()?;
        let open = select(answers, &|p| of_section(p) && !is_answered(p, answers)).next();
        let begun = select(answers, &|p| of_section(p) && answers.has(p)).next().is_some();
        let state = match open {
            None => SectionState::Complete,
            Some(place) if state(place, answers) == StepState::CannotStart => SectionState::CannotStart,
            Some(_) if begun => SectionState::InProgress,
            Some(_) => SectionState::NotStarted,
        };
        Some((*section, open.map_or(first, |p| page_of(p, answers)), state))
    };
    Section::ALL.iter().filter_map(one).collect()
}

/// Returns the unanswered questions, except the declaration, without which the complaint cannot be sent.
pub fn unanswered(answers: &Answers) -> IntoIter<QuestionRef> {
    select(answers, &|p| {
        p.step != StepId::Declaration && question(p.step).required_to_send && !is_answered(p, answers)
    })
}

/// Returns the first question about danger in the home that is open. The pages ask it before they send; the complaint can be sent
/// without an answer to it, as REST always allowed.
pub fn asked_before_send(answers: &Answers) -> Option<QuestionRef> {
    select(answers, &|p| p.step == StepId::Hazard && !is_answered(p, answers)).next()
}

/// Returns everything that is missing before the complaint can be sent, including the declaration.
pub fn missing(answers: &Answers) -> Vec<QuestionRef> {
    let declaration = QuestionRef::first(StepId::Declaration);
    let declaration = (!answers.has(declaration)).then_some(declaration);
    unanswered(answers).chain(declaration).collect()
}

/// Returns whether the answer to `by` leads to `place`, directly or through other questions.
fn follows_from(place: QuestionRef, by: QuestionRef) -> bool {
    let mut step = place.step;
    // Saying that there is another issue leads to all its questions.
    if by.step == StepId::MoreIssues && place.issue == by.issue + 1 {
        return true;
    }
    if place.issue != by.issue && question(by.step).repeats() {
        return false;
    }
    while let Some(parent) = question(step).follows {
        if parent == by.step {
            return true;
        }
        step = parent;
    }
    false
}

/// Returns the page after a question. `checking` means that the person came from the check page.
///
/// Then the check page is next, unless a question is open that the answer leads to, or that sending needs. A question under "Add
/// more if you want to" leads back to the task list.
pub fn next_page(place: QuestionRef, answers: &Answers, checking: bool) -> Page {
    if checking {
        let brought_up = |p: &QuestionRef| {
            follows_from(*p, place)
                || question(place.step)
                    .follows
                    .is_some_and(|by| follows_from(*p, QuestionRef { step: by, ..place }))
        };
        // What an issue needs is asked in order, so that a new one is described before it is asked whether it is dangerous.
        let of_issue = |p: &QuestionRef| p.issue > 0 && p.issue == place.issue && question(p.step).required_to_continue;
        let mut open = select(answers, &|p| {
            is_before(place, p) && !is_extra(p) && !is_answered(p, answers) && (brought_up(&p) || of_issue(&p))
        });
        let open = open.next().or_else(|| unanswered(answers).next());
        return open.map_or(Page::CheckAnswers, |p| Page::Step(page_of(p, answers)));
    }
    let brings_issue = place.step == StepId::MoreIssues && place.issue < issue_count(answers);
    if is_extra(place) && !brings_issue {
        return Page::Tasks;
    }
    match way(answers).find(|p| is_before(place, *p)) {
        // The declaration comes after the check page.
        Some(QuestionRef {
            step: StepId::Declaration, ..
        }) => Page::CheckAnswers,
        Some(following) => Page::Step(following),
        None => Page::Sent,
    }
}

/// Returns the page that the back link leads to.
pub fn previous_page(page: Page, answers: &Answers, checking: bool) -> Page {
    let last_before = |limit: QuestionRef| way(answers).rfind(|p| is_before(*p, limit)).map_or(Page::Start, Page::Step);
    match page {
        Page::Step(QuestionRef {
            step: StepId::Declaration, ..
        }) => Page::CheckAnswers,
        Page::Step(_) if checking => Page::CheckAnswers,
        Page::Step(place) if is_extra(place) => Page::Tasks,
        Page::Step(place) => last_before(place),
        Page::CheckAnswers => last_before(QuestionRef::first(StepId::Declaration)),
        Page::Start | Page::Tasks | Page::Sent => Page::Start,
    }
}

/// Returns whether the answers rule a question out for good.
///
/// A question whose parent question has no answer is not ruled out. Its own answer is kept until it is known that it was not
/// asked.
fn is_ruled_out(place: QuestionRef, answers: &Answers) -> bool {
    if place.issue > 1 {
        let before = QuestionRef::for_issue(StepId::MoreIssues, place.issue - 1);
        if answers.has(before) && !answers.is(before, "more", "yes") || is_ruled_out(before, answers) {
            return true;
        }
    }
    let question = question(place.step);
    let Some(parent) = question.follows else { return false };
    let parent = QuestionRef {
        step: parent,
        issue: if crate::questionnaire::steps::question(parent).repeats() {
            place.issue
        } else {
            0
        },
    };
    is_ruled_out(parent, answers) || answers.has(parent) && !(question.when)(answers, place.issue)
}

/// Removes answers of branches that were left, choices that are no longer offered, and fields that are no longer asked.
pub fn prune(answers: &mut Answers) {
    let mut gone = Vec::new();
    for place in answers.places() {
        if is_ruled_out(place, answers) {
            gone.push(place);
        }
    }
    for place in &gone {
        answers.remove(*place);
    }
    let mut changed = Vec::new();
    for (place, given) in answers.iter() {
        let kept = given.without_unasked(place, answers);
        if kept != *given {
            changed.push((place, kept));
        }
    }
    // Removing an answer, or a choice from one, may rule out more questions.
    let again = !gone.is_empty() || !changed.is_empty();
    for (place, kept) in changed {
        answers.set(place, kept);
    }
    if again {
        prune(answers);
    }
}

pub fn takes_files(step: StepId) -> bool {
    matches!(question(step).body, Body::Files(_))
}

#[cfg(test)]
mod tests;
