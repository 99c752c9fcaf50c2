//! The part of the answers that other people on a case may read.

use crate::questionnaire::answers::Answers;
use crate::questionnaire::steps::StepId;

/// Questions whose answers only the sender and the organisation may read: contact methods, safety, risks and helpers. A person
/// who joined the case later may be the very person the sender fears.
const PRIVATE: [StepId; 8] = [
    StepId::Contact,
    StepId::EmailSafety,
    StepId::PhoneSafety,
    StepId::PostSafety,
    StepId::ContactChoice,
    StepId::Risk,
    StepId::Helpers,
    StepId::AskResident,
];

impl Answers {
    /// Returns a copy without the answers that only the sender and the organisation may read.
    #[must_use]
    pub fn without_private(&self) -> Self {
        let shared = self.0.iter().filter(|(place, _)| !PRIVATE.contains(&place.step));
        Self(shared.map(|(place, answer)| (*place, answer.clone())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::form::Choice;
    use crate::{Context, Fields, QuestionRef, check};

    type Typed = &'static [(&'static str, &'static str)];

    #[test]
    fn how_somebody_is_reached_is_theirs() {
        let mut answers = Answers::default();
        let today = time::Date::from_calendar_date(2026, time::Month::November, 23).unwrap();
        for (step, typed) in [
            (StepId::Role, &[("role", "resident")] as Typed),
            (StepId::ResidentName, &[("full_name", "Wren Example")]),
            (StepId::Contact, &[("email", "wren@example.org"), ("phone", "01632 960123")]),
            (
                StepId::Risk,
                &[("risks", "domestic_abuse"), ("details", "Not on the ground floor.")],
            ),
        ] {
            let typed = typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            let context = Context { today, answers: &answers };
            let answer =
                check(QuestionRef::first(step), &Fields(typed.collect()), &context).unwrap_or_else(|e| panic!("{}: {e:?}", step.code()));
            answers.put(answer);
        }
        let shared = answers.without_private();
        assert!(answers.has(StepId::Contact) && answers.has(StepId::Risk));
        assert!(!shared.has(StepId::Contact) && !shared.has(StepId::Risk));
        assert_eq!(shared.text(StepId::ResidentName, "full_name"), "Wren Example");
        assert_eq!(answers.without_private(), shared.without_private());
    }
}
