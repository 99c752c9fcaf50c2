//! Visibility: what each person on a case sees. Pages, the REST API, file downloads and notifications all use these rules.
//!
//! The tenant sees everything. So does a representative with the scope `see`. A representative without it sees three things:
//! their own actions, the status of the case, and the organisation's messages that their other scopes are about.

use time::Date;

use crate::case::event::{ActorRole, EventBody};
use crate::case::person_number::PersonNumber;
use crate::case::representation::Scope;
use crate::case::state::{CaseProjection, Participant, SENDER};
use crate::fields::form::Choice;
use crate::questionnaire::answers::Answers;

impl Participant {
    /// Returns whether the person has any scope on a day. For a person without one, the case does not exist.
    pub fn has_access(&self, today: Date) -> bool {
        Scope::ALL.iter().any(|scope| self.has_scope(*scope, today))
    }

    /// Returns whether the person sees the whole case, except other people's contact details.
    pub fn sees_all(&self, today: Date) -> bool {
        self.has_scope(Scope::See, today)
    }

    /// Returns whether the person sees the answers as they were sent, at least those that are not private.
    pub fn sees_answers(&self, today: Date) -> bool {
        self.number == SENDER || self.sees_all(today)
    }

    /// Returns the part of the answers as they were sent that the person sees.
    #[must_use]
    pub fn visible_answers(&self, sent: &Answers, today: Date) -> Answers {
        match (self.number == SENDER, self.sees_all(today)) {
            (true, _) => sent.clone(),
            (false, true) => sent.without_private(),
            (false, false) => Answers::default(),
        }
    }

    /// Returns whether the person sees an event. `author` is the person number of the actor, if known.
    pub fn sees_event(&self, event: &EventBody, author: Option<PersonNumber>, today: Date) -> bool {
        if !event.is_public() || event.visible_only_to().is_some_and(|only| only != self.number) {
            return false;
        }
        let is_own = author == Some(self.number);
        self.sees_all(today) || self.has_access(today) && (is_own || self.sees_by_scope(event, today))
    }

    /// Returns whether a person without the scope `see` sees another person's event. Each new event kind has to be decided here.
    fn sees_by_scope(&self, event: &EventBody, today: Date) -> bool {
        let may = |scope| self.has_scope(scope, today);
        match event {
            // The status of the case, on which each action depends.
            EventBody::Submitted { .. } | EventBody::StatusChanged { .. } | EventBody::DueChanged { order: None, .. } => true,
            // What the organisation writes to people who speak with it, and to people who receive its letters.
            EventBody::MessageSent { .. } | EventBody::InformationRequested { .. } => may(Scope::Speak) || may(Scope::Letters),
            // People who decide may request a review, and have to read the decision first.
            EventBody::DecisionMade { .. } => may(Scope::Letters) || may(Scope::Decide),
            // People who speak report whether the landlord has complied.
            EventBody::OrdersMade { .. } | EventBody::DueChanged { order: Some(_), .. } => may(Scope::Speak) || may(Scope::Letters) || may(Scope::Decide),
            // About the person themselves.
            EventBody::PersonJoined { person, .. }
            | EventBody::AuthorityAsked { person, .. }
            | EventBody::AuthorityGiven { person, .. }
            | EventBody::AuthorityChanged { person, .. }
            | EventBody::AuthorityEnded { person, .. }
            | EventBody::AuthorityRequestExpired { person, .. }
            | EventBody::ConsentRequestBounced { person, .. }
            | EventBody::AccessCodeReplaced { person }
            | EventBody::AnswerAdded { person, .. }
            | EventBody::ContactChanged { person, .. }
            | EventBody::ContactChangeAsked { person, .. }
            | EventBody::ContactChangeConfirmed { person, .. }
            | EventBody::ContactChangeRefused { person, .. }
            | EventBody::ContactChangeDropped { person, .. } => *person == self.number,
            EventBody::FileReceived { person, .. } => *person == Some(self.number),
            // What other people on the case wrote, sent, need or decided.
            EventBody::MessageReceived { .. }
            | EventBody::DiaryEntry { .. }
            | EventBody::InformationGiven { .. }
            | EventBody::IssueAdded { .. }
            | EventBody::Withdrawn { .. }
            | EventBody::WithdrawalUndone { .. }
            | EventBody::ReviewRequested { .. }
            | EventBody::OrderAnswered { .. }
            | EventBody::NeedActedOn { .. }
            | EventBody::FileRefused { .. }
            | EventBody::FileNotReceived { .. }
            // The organisation's internal events.
            | EventBody::ContentsCommitted { .. }
            | EventBody::FileHeld { .. }
            | EventBody::FileReleased { .. }
            | EventBody::Handover { .. }
            | EventBody::MessageBounced { .. }
            | EventBody::AuthorityAnswerDoubted { .. }
            | EventBody::NotTold { .. }
            | EventBody::InformedOtherwise { .. }
            | EventBody::Note { .. } => false,
        }
    }
}

impl CaseProjection {
    /// Returns whether the person sees a file: with the scope `see` every file, otherwise only their own.
    pub fn shows_file(&self, id: &str, person: &Participant, today: Date) -> bool {
        person.sees_all(today) || person.has_access(today) && self.file_sender(id) == Some(person.number)
    }

    /// Returns the person number of an event's actor: the only person with the recorded role and name.
    ///
    /// Returns `None` if two people have the same name, so that neither is taken for the other.
    pub fn find_actor(&self, role: ActorRole, name: Option<&str>) -> Option<PersonNumber> {
        if !matches!(role, ActorRole::Resident | ActorRole::Representative) {
            return None;
        }
        let mut called = self
            .people
            .iter()
            .filter(|person| person.role == role && Some(person.name.as_str()) == name);
        let one = called.next()?;
        called.next().is_none().then_some(one.number)
    }
}
