//! The projection of a case from its answers and events: its people and their rights, requests and answers, orders and decisions.
//!
//! Of all this the database stores, beside the events, only what lists and sign-in need. Verification compares that with a
//! replay.

mod desk;
mod people;

use time::Date;

use crate::case::case_state::CaseState;
use crate::case::event::EventBody;
use crate::case::outcome::{Done, Finding, Order};
use crate::case::person_number::{PersonNumber, SENDER};
use crate::case::status::{ClosedReason, Status};
use crate::questionnaire::answers::Answers;
use crate::questionnaire::steps;

pub use people::{Authority, Participant, RequestedContactChange, STOPPED};

/// An information request from the organisation, with the answers once they are given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The request's event number on the case.
    pub n: i32,
    pub questions: Vec<String>,
    pub due: Date,
    pub answers: Option<Vec<String>>,
    /// The case state before the request.
    pub before: CaseState,
}

/// An order to the landlord, with the latest report about it from a person on the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderOnCase {
    pub order: Order,
    pub done: Option<Done>,
    pub note: Option<String>,
}

/// A decision of the organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The text of the decision, as the people on the case read it.
    pub message: String,
    /// The newest finding about each issue.
    pub findings: Vec<Finding>,
    /// The last day to request a review.
    pub review_until: Date,
}

/// The projection of a case: everything that follows from its answers and events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseProjection {
    pub state: CaseState,
    pub people: Vec<Participant>,
    /// The number of issues when the complaint was sent.
    pub issues_sent: u8,
    pub requests: Vec<Request>,
    pub orders: Vec<OrderOnCase>,
    /// Issues added after sending, as `IssueAdded` events.
    pub added_issues: Vec<EventBody>,
    /// Answers added after sending, as `AnswerAdded` events, oldest first.
    pub added_answers: Vec<EventBody>,
    /// Codes of the needs reported in the answers.
    pub reported_needs: Vec<String>,
    /// Needs that the organisation acted on: the code, and what the organisation did.
    pub needs_acted_on: Vec<(String, String)>,
    /// Ids of files received after sending, each with the person number of its sender if known.
    pub files: Vec<(String, Option<PersonNumber>)>,
    /// The newest decision, including the findings of earlier decisions that it did not replace.
    pub decision: Option<Decision>,
    /// Person number and contact method of failed deliveries. A person's entries are removed when the contact plan changes.
    pub failed_contact_methods: Vec<(PersonNumber, String)>,
    /// The case state before the withdrawal, and the last day to undo the withdrawal.
    pub withdrawn: Option<(CaseState, Date)>,
    /// The case state before the case last began to wait for authority.
    pub before_authority: Option<CaseState>,
}

impl CaseProjection {
    /// Derives a case from its answers and events. Events come oldest first, each with its number.
    ///
    /// Returns `None` if the first event is not a submission.
    pub fn replay<'a>(answers: &Answers, events: impl IntoIterator<Item = (i32, &'a EventBody)>) -> Option<Self> {
        let mut file: Option<Self> = None;
        for (n, event) in events {
            match &mut file {
                None => file = Some(Self::opened(answers, event)?),
                Some(file) => file.add(n, event),
            }
        }
        file
    }

    fn opened(answers: &Answers, event: &EventBody) -> Option<Self> {
        Some(Self {
            state: CaseState::after(None, event)?,
            people: people::people(answers),
            issues_sent: steps::issue_count(answers),
            requests: Vec::new(),
            orders: Vec::new(),
            added_issues: Vec::new(),
            added_answers: Vec::new(),
            reported_needs: desk::needs_told(answers),
            needs_acted_on: Vec::new(),
            files: Vec::new(),
            decision: None,
            failed_contact_methods: Vec::new(),
            withdrawn: None,
            before_authority: None,
        })
    }

    /// Applies one more event, which has the number `n`.
    pub fn add(&mut self, n: i32, event: &EventBody) {
        let before = self.state;
        self.state = CaseState::after(Some(before), event).unwrap_or(before);
        if self.state.status == Status::AwaitingAuthority && before.status != Status::AwaitingAuthority {
            self.before_authority = Some(before);
        }
        if event.new_status() == Some(Status::AwaitingAuthority) && !matches!(event, EventBody::AuthorityRequestExpired { .. }) {
            self.extend_claims(self.state.due);
        }
        if event.new_status().is_some() && !matches!(event, EventBody::Withdrawn { .. }) {
            self.withdrawn = None;
        }
        match event {
            EventBody::InformationRequested { questions, due } => self.requests.push(Request {
                n,
                questions: questions.clone(),
                due: *due,
                answers: None,
                before,
            }),
            EventBody::InformationGiven { request, answers, .. } => {
                if let Some(asked) = self.requests.iter_mut().find(|r| r.n == *request) {
                    asked.answers = Some(answers.clone());
                }
            }
            EventBody::MessageBounced { person, way, .. } => {
                let unreached = (*person, way.clone());
                if !self.failed_contact_methods.contains(&unreached) {
                    self.failed_contact_methods.push(unreached);
                }
            }
            EventBody::ContactChanged { person, contact } => self.set_contact_plan(*person, contact.clone()),
            EventBody::ContactChangeAsked { .. }
            | EventBody::ContactChangeConfirmed { .. }
            | EventBody::ContactChangeRefused { .. }
            | EventBody::ContactChangeDropped { .. } => self.apply_contact_event(n, event),
            EventBody::IssueAdded { .. } => self.added_issues.push(event.clone()),
            EventBody::AnswerAdded { .. } => self.added_answers.push(event.clone()),
            EventBody::Withdrawn { until, .. } => self.withdrawn = Some((before, *until)),
            EventBody::DecisionMade {
                message,
                findings,
                review_until,
            } => self.decide(message, findings, *review_until),
            EventBody::DueChanged { due, order, .. } => self.move_due_date(*due, *order),
            EventBody::OrdersMade { orders } => self.orders.extend(orders.iter().map(|order| OrderOnCase {
                order: order.clone(),
                done: None,
                note: None,
            })),
            EventBody::OrderAnswered { order, done, note } => {
                let place = usize::from(*order).checked_sub(1);
                if let Some(order) = place.and_then(|place| self.orders.get_mut(place)) {
                    order.done = Some(*done);
                    order.note.clone_from(note);
                }
            }
            EventBody::FileReceived { file, person, .. } => self.files.push((file.clone(), *person)),
            EventBody::NeedActedOn { need, what } => self.needs_acted_on.push((need.clone(), what.clone())),
            _ => self.apply_people_event(event),
        }
    }

    /// Returns the number of issues, including those added after sending.
    pub fn issues(&self) -> usize {
        usize::from(self.issues_sent) + self.added_issues.len()
    }

    fn decide(&mut self, message: &str, findings: &[Finding], review_until: Date) {
        let earlier = self.decision.take().map(|decision| decision.findings).unwrap_or_default();
        let replaced = |old: &Finding| findings.iter().any(|new| new.issue == old.issue);
        let mut findings: Vec<Finding> = earlier
            .into_iter()
            .filter(|old| !replaced(old))
            .chain(findings.iter().cloned())
            .collect();
        findings.sort_by_key(|finding| finding.issue);
        self.decision = Some(Decision {
            message: message.to_owned(),
            findings,
            review_until,
        });
    }

    /// Moves the due date of one order, or of the next step and everything that waits for the same date.
    fn move_due_date(&mut self, due: Date, order: Option<u8>) {
        if let Some(number) = order {
            let place = usize::from(number).checked_sub(1);
            if let Some(found) = place.and_then(|place| self.orders.get_mut(place)) {
                found.order.due = due;
            }
            if self.state.status == Status::OrdersOpen {
                let open = self.orders.iter().filter(|order| order.done != Some(Done::Yes));
                self.state.due = open.map(|order| order.order.due).min().or(self.state.due);
            }
            return;
        }
        match self.state.status {
            Status::AwaitingResident => {
                for request in self.requests.iter_mut().filter(|request| request.answers.is_none()) {
                    request.due = due;
                }
            }
            Status::AwaitingAuthority => self.extend_claims(Some(due)),
            _ => {}
        }
    }

    /// Returns the person number of a file's sender, if known. A file without an event of its own came with the complaint.
    pub fn file_sender(&self, id: &str) -> Option<PersonNumber> {
        let later = self.files.iter().find(|(file, _)| file == id);
        later.map_or(Some(SENDER), |(_, person)| *person)
    }

    /// Returns the oldest unanswered request, with its number among the requests, from 1.
    pub fn open_request(&self) -> Option<(u16, &Request)> {
        let mut placed = (1..).zip(&self.requests);
        placed.find(|(_, request)| request.answers.is_none())
    }

    /// Returns the state in which the case resumes once authority is given.
    ///
    /// That is the state before the wait for authority. If the case was then new, closed or waiting for a person, it restarts as
    /// `Received`.
    pub fn after_authority(&self) -> CaseState {
        let begins = |status| {
            use Status::{AwaitingAuthority, AwaitingResident, Closed, Received};
            matches!(status, Received | AwaitingAuthority | AwaitingResident | Closed)
        };
        self.before_authority.filter(|before| !begins(before.status)).unwrap_or(CaseState {
            status: Status::Received,
            due: None,
            reason: None,
        })
    }

    /// Returns the state in which a case resumes that was in the state `before`.
    ///
    /// If `before` waited for authority and no claim is open any more, that wait is over: see [`Self::after_authority`].
    pub fn state_when_resumed(&self, before: CaseState) -> CaseState {
        let is_open = self.people.iter().any(|person| matches!(person.authority, Authority::Claimed(_)));
        if before.status == Status::AwaitingAuthority && !is_open {
            return self.after_authority();
        }
        before
    }

    pub fn can_withdraw(&self) -> bool {
        self.state.status != Status::Closed
    }

    pub fn can_undo_withdrawal(&self, today: Date) -> bool {
        self.state.reason == Some(ClosedReason::Withdrawn) && self.withdrawn.is_some_and(|(_, until)| today <= until)
    }

    pub fn can_ask_for_review(&self, today: Date) -> bool {
        // Closing a case soon after its decision does not shorten the time to request a review.
        let closed = self.state.status == Status::Closed && self.state.reason != Some(ClosedReason::Withdrawn);
        let decided = closed || matches!(self.state.status, Status::DecisionMade | Status::OrdersOpen);
        decided && self.decision.as_ref().is_some_and(|decision| today <= decision.review_until)
    }

    /// Returns whether the promised date has passed. A case whose orders are all done is not late.
    pub fn is_late(&self, today: Date) -> bool {
        let done = |order: &OrderOnCase| order.done == Some(Done::Yes);
        let all_done = self.state.status == Status::OrdersOpen && self.orders.iter().all(done);
        self.state.is_late(today) && !all_done
    }
}

#[cfg(test)]
mod tests;
pub(crate) mod visibility;
