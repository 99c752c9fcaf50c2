//! What an answer says about the questions before it: a page is only ever shown after certain answers, so the form it posts
//! tells which they were. Used when those answers themselves have gone, so that this one can be kept.

use super::answers::Answer;
use super::form::{Choice, Fields};
use super::journey::StepId;
use super::steps::dates::{DateQuestion, asked};
use super::steps::role::{Role, RoleKind};
use super::steps::stage::{Stage, StageKind};

/// The earlier answer without which the page of `step` is never shown, read from what that page posted. `None` when it is
/// always shown.
#[must_use]
pub fn implied(step: StepId, posted: &Fields) -> Option<Answer> {
    match step {
        StepId::Representative => Some(Answer::Role(Role {
            role: Some(RoleKind::Representative),
        })),
        StepId::Dates => stage(posted).map(|stage| Answer::Stage(Stage { stage: Some(stage) })),
        _ => None,
    }
}

/// No two stages ask for the same dates, so the boxes on the page name the stage.
fn stage(posted: &Fields) -> Option<StageKind> {
    let was_asked = |question: &DateQuestion| posted.0.iter().any(|(name, _)| name.split('-').next() == Some(question.code()));
    let boxes: Vec<DateQuestion> = DateQuestion::ALL.iter().copied().filter(was_asked).collect();
    StageKind::ALL
        .iter()
        .copied()
        .find(|stage| !boxes.is_empty() && asked(*stage) == boxes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_that_is_not_always_shown_tells_why_it_was() {
        for stage_kind in StageKind::ALL.iter().copied().filter(|s| !asked(*s).is_empty()) {
            let boxes = asked(stage_kind).iter().map(|q| (format!("{}-year", q.code()), String::new()));
            let expected = Answer::Stage(Stage { stage: Some(stage_kind) });
            assert_eq!(implied(StepId::Dates, &Fields(boxes.collect())), Some(expected));
        }
        assert_eq!(implied(StepId::Dates, &Fields::default()), None);
        assert!(implied(StepId::Representative, &Fields::default()).is_some());
        assert_eq!(implied(StepId::Landlord, &Fields::default()), None);
    }
}
