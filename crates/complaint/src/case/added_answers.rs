//! Answers that people add after sending. A table says which questions under "Add more if you want to" are still asked, and of
//! whom. An answer becomes one event.
//!
//! The answers as they were sent never change. The newest added answer to a question is the one in force.

use time::Date;

use crate::case::actions::{CaseActionCheckError, CaseActionKind};
use crate::case::event::{ActorRole, EventBody};
use crate::case::state::{CaseProjection, Participant};
use crate::check;
use crate::fields::form::{FieldError, Fields};
use crate::questionnaire::answers::Answers;
use crate::questionnaire::question::Context;
use crate::questionnaire::question_ref::QuestionRef;
use crate::questionnaire::steps::{self, StepId};

/// Who is asked a question after the complaint was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedAfterSending {
    /// Each person who may write on the case and reads the answers.
    Everyone,
    /// Only the tenant: the answer is private, so no other person on the case reads it.
    Tenant,
    /// No one, because the case has another page for it.
    Elsewhere,
}

use AskedAfterSending::{Elsewhere, Everyone, Tenant};

/// All questions under "Add more if you want to".
pub const AFTER_SENDING: [(StepId, AskedAfterSending); 15] = [
    (StepId::TenancyKind, Everyone),
    (StepId::FormerHome, Everyone),
    // The contact plan of the case.
    (StepId::PostSafety, Elsewhere),
    (StepId::ContactChoice, Elsewhere),
    (StepId::ManagedBy, Everyone),
    (StepId::Extension, Everyone),
    (StepId::LandlordReferences, Everyone),
    // Files are added to the case.
    (StepId::Letters, Elsewhere),
    // The case shows the complaint clock.
    (StepId::WhatNext, Elsewhere),
    (StepId::Subcategory, Everyone),
    (StepId::Reported, Everyone),
    (StepId::Effect, Everyone),
    // An issue is added to the case.
    (StepId::MoreIssues, Elsewhere),
    (StepId::Court, Everyone),
    (StepId::Helpers, Tenant),
];

/// Returns who is asked a question after sending. A question on the way to Send has its answer by then.
pub fn asked_after_sending(step: StepId) -> AskedAfterSending {
    let found = AFTER_SENDING.iter().find(|(asked, _)| *asked == step);
    found.map_or(Elsewhere, |(_, asked)| *asked)
}

impl Participant {
    /// Returns whether the person may answer a question after sending, whatever the state of the case.
    pub fn may_add_answer(&self, step: StepId, today: Date) -> bool {
        let is_asked = match asked_after_sending(step) {
            Everyone => true,
            Tenant => self.role == ActorRole::Resident,
            Elsewhere => false,
        };
        is_asked && self.sees_answers(today) && self.has_scope(CaseActionKind::AddMore.scope(), today)
    }
}

impl CaseProjection {
    /// Returns the newest added answers: those that a person sees, or all for `None`.
    pub fn newest_added_answers(&self, reader: Option<(&Participant, Date)>) -> Answers {
        let mut newest = Answers::default();
        for event in &self.added_answers {
            if let EventBody::AnswerAdded { person, answers } = event
                && reader.is_none_or(|(reader, today)| reader.sees_event(event, Some(*person), today))
            {
                newest.replace_with(answers);
            }
        }
        newest
    }

    /// Returns the answers in force that a person sees: those as they were sent, with the added ones in their place.
    pub fn answers_in_force(&self, sent: &Answers, person: &Participant, today: Date) -> Answers {
        let mut answers = person.visible_answers(sent, today);
        answers.replace_with(&self.newest_added_answers(Some((person, today))));
        answers
    }

    /// Returns the questions that a person may answer now: those not answered before sending. Those answered since may be answered
    /// again.
    pub fn questions_to_add(&self, sent: &Answers, person: &Participant, today: Date) -> Vec<QuestionRef> {
        if !CaseActionKind::AddMore.is_open_to(person, self, today) {
            return Vec::new();
        }
        let sent = person.visible_answers(sent, today);
        let is_answered = |place| steps::is_answered(place, &sent) && sent.get(place).is_some_and(|answer| !answer.is_empty());
        steps::extras(&sent)
            .filter(|place| person.may_add_answer(place.step, today) && !is_answered(*place))
            .collect()
    }

    /// Checks the fields of a question by its rules and returns the event that adds the answer.
    ///
    /// # Errors
    /// - [`CaseActionCheckError::NotNow`]: the question is not asked of this person now.
    /// - [`CaseActionCheckError::Wrong`]: a field is invalid, or all are empty.
    pub fn add_answer(
        &self,
        sent: &Answers,
        person: &Participant,
        place: QuestionRef,
        fields: &Fields,
        today: Date,
    ) -> Result<EventBody, CaseActionCheckError> {
        if !self.questions_to_add(sent, person, today).contains(&place) {
            return Err(CaseActionCheckError::NotNow);
        }
        let answers = &self.answers_in_force(sent, person, today);
        let checked = check(place, fields, &Context { today, answers }).map_err(CaseActionCheckError::Wrong)?;
        let mut added = Answers::default();
        added.set(place, checked.answer().clone());
        match steps::question(place.step).fields().first() {
            // On the form an empty answer says that the person has seen the page. Here it would replace an answer by nothing.
            Some(first) if checked.answer().is_empty() => {
                let error = FieldError::new(first.name, "added_answer_empty");
                Err(CaseActionCheckError::Wrong(vec![error]))
            }
            _ => Ok(EventBody::AnswerAdded {
                person: person.number,
                answers: added,
            }),
        }
    }
}

#[cfg(test)]
mod tests;
