//! What each person on a case sees of it: the one table that pages, REST, files and messages ask.
//!
//! The tenant sees everything. A representative sees what the tenant agreed to and no more: with the scope `see` everything; without it
//! what they did themselves, where the case stands, and what the organisation said that their other scopes are about.

use time::Date;

use super::{CaseFile, PersonOnCase};
use crate::complaint::authority::Scope;
use crate::complaint::event::{ActorRole, EventBody};
use crate::complaint::form::Choice;

impl PersonOnCase {
    /// Whether the person may do anything on the case on a day. Without that the case is not there for them.
    #[must_use]
    pub fn has_access(&self, today: Date) -> bool {
        Scope::ALL.iter().any(|scope| self.may(*scope, today))
    }

    /// Whether the person sees everything of the case that its people see, but for contact details of others.
    #[must_use]
    pub fn sees_all(&self, today: Date) -> bool {
        self.may(Scope::See, today)
    }

    /// Whether the person sees an event. `author` is the number of the person on the case who did it, where that is known.
    #[must_use]
    pub fn sees_event(&self, event: &EventBody, author: Option<u8>, today: Date) -> bool {
        if !event.is_public() || event.only_for().is_some_and(|only| only != self.number) {
            return false;
        }
        let is_own = author == Some(self.number);
        self.sees_all(today) || self.has_access(today) && (is_own || self.sees_by_scope(event, today))
    }

    /// Whether the person sees an event of another person without the scope `see`. Each new kind of event has to be decided here.
    fn sees_by_scope(&self, event: &EventBody, today: Date) -> bool {
        let may = |scope| self.may(scope, today);
        match event {
            // Where the case stands, which each act depends on.
            EventBody::Submitted { .. } | EventBody::StatusChanged { .. } | EventBody::DueChanged { order: None, .. } => true,
            // What the organisation says to those who speak with it, and writes to those who get its letters.
            EventBody::MessageSent { .. } | EventBody::InformationRequested { .. } => may(Scope::Speak) || may(Scope::Letters),
            // A review can be asked for by those who decide, once they have read the decision.
            EventBody::DecisionMade { .. } => may(Scope::Letters) || may(Scope::Decide),
            // Those who speak say whether the landlord has done it.
            EventBody::OrdersMade { .. } | EventBody::DueChanged { order: Some(_), .. } => may(Scope::Speak) || may(Scope::Letters) || may(Scope::Decide),
            // About themselves.
            EventBody::PersonJoined { person, .. }
            | EventBody::AuthorityAsked { person, .. }
            | EventBody::AuthorityGiven { person, .. }
            | EventBody::AuthorityChanged { person, .. }
            | EventBody::AuthorityEnded { person, .. }
            | EventBody::AuthorityRequestExpired { person, .. }
            | EventBody::ConsentRequestBounced { person, .. }
            | EventBody::AccessCodeReplaced { person }
            | EventBody::ContactChanged { person, .. }
            | EventBody::ContactChangeAsked { person, .. }
            | EventBody::ContactChangeConfirmed { person, .. }
            | EventBody::ContactChangeRefused { person, .. }
            | EventBody::ContactChangeDropped { person, .. } => *person == self.number,
            EventBody::FileReceived { person, .. } => *person == Some(self.number),
            // What others on the case wrote, brought, need or decided.
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
            // The organisation's own.
            | EventBody::ContentsCommitted { .. }
            | EventBody::FileHeld { .. }
            | EventBody::FileReleased { .. }
            | EventBody::Handover { .. }
            | EventBody::MessageBounced { .. }
            | EventBody::AuthorityAnswerDoubted { .. }
            | EventBody::NotTold { .. }
            | EventBody::ToldByOtherWay { .. }
            | EventBody::Note { .. } => false,
        }
    }
}

impl CaseFile {
    /// Whether the person sees a file of the case: everything, or what they brought themselves.
    #[must_use]
    pub fn shows_file(&self, id: &str, person: &PersonOnCase, today: Date) -> bool {
        person.sees_all(today) || person.has_access(today) && self.brought_by(id) == Some(person.number)
    }

    /// The number of the person on the case who did something, from what the record keeps of an actor: the only person with this role and
    /// name. `None` when two have the same name, so that neither is taken for the other.
    #[must_use]
    pub fn author(&self, role: ActorRole, name: Option<&str>) -> Option<u8> {
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
