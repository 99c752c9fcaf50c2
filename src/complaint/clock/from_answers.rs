//! What the answers of a complaint tell the clock.

use super::input::{ClockInput, Stage};
use crate::complaint::Answers;
use crate::complaint::form::Choice;

impl From<&Answers> for ClockInput {
    fn from(answers: &Answers) -> Self {
        let stage = answers.stage_kind().and_then(|stage| Stage::parse(stage.code()));
        let dates = answers.dates.as_deref().cloned().unwrap_or_default();
        Self {
            stage,
            complained_on: dates.complained_on,
            stage_1_answered_on: dates.stage_1_answered_on,
            stage_2_asked_on: dates.stage_2_asked_on,
            final_response_on: dates.final_response_on,
            refused_on: dates.refused_on,
            ..Self::default()
        }
    }
}
