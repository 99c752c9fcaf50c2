//! The questions, as one table for each part of the questionnaire.
//!
//! Where a list of choices depends on a fact about housing, the source is noted beside the list.

mod about_you;
mod contact;
mod home;
mod landlord;
mod problem;
mod send;
mod support;

use crate::questionnaire::question::Question;
use crate::questionnaire::steps::StepId;

pub use about_you::RoleKind;
pub use landlord::{DATES, StageKind};
pub use problem::{CategoryKind, subcategories};
pub use support::NEVER_STORED_ON_DEVICE;
pub use support::{adjustments, risks};

/// All tables. Together they contain each question once.
const TABLES: [&[Question]; 7] = [
    &about_you::QUESTIONS,
    &home::QUESTIONS,
    &contact::QUESTIONS,
    &landlord::QUESTIONS,
    &problem::QUESTIONS,
    &support::QUESTIONS,
    &send::QUESTIONS,
];

const COUNT: usize = StepId::CODES.len();

/// All questions in the order of [`StepId`], so that a step is the index of its question.
static ALL: [Question; COUNT] = {
    let mut all = [about_you::QUESTIONS[0]; COUNT];
    let (mut table, mut at) = (0, 0);
    while table < TABLES.len() {
        let mut row = 0;
        while row < TABLES[table].len() {
            all[at] = TABLES[table][row];
            at += 1;
            row += 1;
        }
        table += 1;
    }
    assert!(at == COUNT, "every step must have a question");
    all
};

pub fn question(step: StepId) -> &'static Question {
    &ALL[step as usize]
}

/// Returns all questions, in the order of asking.
pub fn all() -> impl Iterator<Item = &'static Question> {
    ALL.iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::form::Choice;

    #[test]
    fn every_step_has_one_question_in_the_order_of_the_journey() {
        let steps: Vec<StepId> = all().map(|q| q.step).collect();
        assert_eq!(steps, StepId::ALL);
    }

    #[test]
    fn addresses_and_fields_have_names_of_their_own() {
        let mut slugs: Vec<&str> = all().map(|q| q.slug).collect();
        slugs.sort_unstable();
        slugs.dedup();
        assert_eq!(slugs.len(), StepId::ALL.len());
        for question in all() {
            let mut names: Vec<&str> = question.fields().iter().map(|f| f.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), question.fields().len(), "{:?}", question.step);
        }
    }
}
