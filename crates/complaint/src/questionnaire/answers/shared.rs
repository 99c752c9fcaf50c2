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

/// Returns whether only the person who answered a question, and the organisation, may read the answer.
pub fn is_private(step: StepId) -> bool {
    PRIVATE.contains(&step)
}

impl Answers {
    /// Returns whether any answer may be read only by its giver and the organisation.
    pub fn has_private(&self) -> bool {
        self.places().any(|place| is_private(place.step))
    }

    /// Returns a copy without what the person said about the safety of contact methods. REST checks the best way against it, because
    /// version 1 accepts a way that is not safe. Such a way is not stored.
    #[must_use]
    pub fn without_contact_safety(&self) -> Self {
        let safety = [StepId::EmailSafety, StepId::PhoneSafety, StepId::PostSafety];
        let others = self.0.iter().filter(|(place, _)| !safety.contains(&place.step));
        Self(others.map(|(place, answer)| (*place, answer.clone())).collect())
    }

    /// Returns a copy without the answers that only the sender and the organisation may read.
    #[must_use]
    pub fn without_private(&self) -> Self {
        let shared = self.0.iter().filter(|(place, _)| !is_private(place.step));
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
