//! A case as its answers and events add up to: who is on it and what each may do, what was asked and answered, what was ordered.
//!
//! Nothing of this is kept beside the events but what lists and sign-in need, and that is compared with a replay.

#[cfg(feature = "ssr")]
mod desk;
mod people;
#[cfg(feature = "ssr")]
mod sight;

use time::Date;

use super::answers::Answers;
use super::event::{EventBody, Standing};
use super::journey;
use super::outcome::{Done, Finding, Order};
use super::status::{ClosedReason, Status};

pub use people::{Authority, PersonOnCase, SENDER, STOPPED, TENANT_BEHIND, WantedContact};

/// Questions the organisation asked, and what came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its place among the case's events.
    pub n: i32,
    pub questions: Vec<String>,
    pub due: Date,
    pub answers: Option<Vec<String>>,
    /// Where the case stood before it.
    pub before: Standing,
}

/// Something the landlord has to do, and what people say to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderOnCase {
    pub order: Order,
    pub done: Option<Done>,
    pub note: Option<String>,
}

/// What the organisation decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The decision in words the people on the case read.
    pub message: String,
    /// The newest finding about each thing complained of.
    pub findings: Vec<Finding>,
    /// The last day to ask for a review.
    pub review_until: Date,
}

/// A case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseFile {
    pub standing: Standing,
    pub people: Vec<PersonOnCase>,
    /// How many things were complained of when it was sent.
    pub issues_sent: u8,
    pub requests: Vec<Request>,
    pub orders: Vec<OrderOnCase>,
    /// Things complained of that were added after sending, as their events say them.
    pub added_issues: Vec<EventBody>,
    /// Codes of the needs that the people on the case told of.
    #[cfg(feature = "ssr")]
    pub needs_told: Vec<String>,
    /// Needs the organisation has acted on: the code, and what it did.
    pub needs_acted_on: Vec<(String, String)>,
    /// Files that came after it was sent, and who brought each, where that is known.
    pub files: Vec<(String, Option<u8>)>,
    /// The newest decision, with the findings of earlier ones that it did not replace.
    pub decision: Option<Decision>,
    /// Who could not be reached by which way, until they say anew how they can be.
    pub unreached: Vec<(u8, String)>,
    /// Where the case stood before it was withdrawn, and the last day to undo that.
    pub withdrawn: Option<(Standing, Date)>,
    /// Where it stood before it last began to wait for authority.
    pub before_authority: Option<Standing>,
}

impl CaseFile {
    /// What answers and events add up to. Events come oldest first, each with its place; `None` when the first is no submission.
    #[must_use]
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
            standing: Standing::after(None, event)?,
            people: people::people(answers),
            issues_sent: journey::issues(answers),
            requests: Vec::new(),
            orders: Vec::new(),
            added_issues: Vec::new(),
            #[cfg(feature = "ssr")]
            needs_told: desk::needs_told(answers),
            needs_acted_on: Vec::new(),
            files: Vec::new(),
            decision: None,
            unreached: Vec::new(),
            withdrawn: None,
            before_authority: None,
        })
    }

    /// The case after one more event, which stands at the `n`-th place.
    pub fn add(&mut self, n: i32, event: &EventBody) {
        let before = self.standing;
        self.standing = Standing::after(Some(before), event).unwrap_or(before);
        if self.standing.status == Status::AwaitingAuthority && before.status != Status::AwaitingAuthority {
            self.before_authority = Some(before);
        }
        if event.moves_to() == Some(Status::AwaitingAuthority) && !matches!(event, EventBody::AuthorityRequestExpired { .. }) {
            self.wait_until(self.standing.due);
        }
        if event.moves_to().is_some() && !matches!(event, EventBody::Withdrawn { .. }) {
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
                if !self.unreached.contains(&unreached) {
                    self.unreached.push(unreached);
                }
            }
            EventBody::ContactChanged { person, contact } => self.reach(*person, contact.clone()),
            EventBody::ContactChangeAsked { .. }
            | EventBody::ContactChangeConfirmed { .. }
            | EventBody::ContactChangeRefused { .. }
            | EventBody::ContactChangeDropped { .. } => self.take_change(n, event),
            EventBody::IssueAdded { .. } => self.added_issues.push(event.clone()),
            EventBody::Withdrawn { until, .. } => self.withdrawn = Some((before, *until)),
            EventBody::DecisionMade {
                message,
                findings,
                review_until,
            } => self.decide(message, findings, *review_until),
            EventBody::DueChanged { due, order, .. } => self.move_day(*due, *order),
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
            _ => self.take_people(event),
        }
    }

    /// How many things are complained of, with those that were added.
    #[must_use]
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

    /// Moves the day of one order, or that of the next step with everything that waits for the same day.
    fn move_day(&mut self, due: Date, order: Option<u8>) {
        if let Some(number) = order {
            let place = usize::from(number).checked_sub(1);
            if let Some(found) = place.and_then(|place| self.orders.get_mut(place)) {
                found.order.due = due;
            }
            if self.standing.status == Status::OrdersOpen {
                let open = self.orders.iter().filter(|order| order.done != Some(Done::Yes));
                self.standing.due = open.map(|order| order.order.due).min().or(self.standing.due);
            }
            return;
        }
        match self.standing.status {
            Status::AwaitingResident => {
                for request in self.requests.iter_mut().filter(|request| request.answers.is_none()) {
                    request.due = due;
                }
            }
            Status::AwaitingAuthority => self.wait_until(Some(due)),
            _ => {}
        }
    }

    /// Who brought a file of the case, where that is known. What has no event of its own came with the complaint.
    #[must_use]
    pub fn brought_by(&self, id: &str) -> Option<u8> {
        let later = self.files.iter().find(|(file, _)| file == id);
        later.map_or(Some(SENDER), |(_, person)| *person)
    }

    /// The request that waits for answers, if any: the oldest. With its place among the requests, from 1.
    #[must_use]
    pub fn open_request(&self) -> Option<(u16, &Request)> {
        let mut placed = (1..).zip(&self.requests);
        placed.find(|(_, request)| request.answers.is_none())
    }

    /// Where the case goes on that waited for authority which is there: where it was before, or at its beginning. Nothing waits for
    /// a person who was asked then, either.
    #[must_use]
    pub fn after_authority(&self) -> Standing {
        let begins = |status| {
            use Status::{AwaitingAuthority, AwaitingResident, Closed, Received};
            matches!(status, Received | AwaitingAuthority | AwaitingResident | Closed)
        };
        self.before_authority.filter(|before| !begins(before.status)).unwrap_or(Standing {
            status: Status::Received,
            due: None,
            reason: None,
        })
    }

    /// Where a case goes on that stood here before: what waited for authority then does not, once nobody's is open.
    #[must_use]
    pub fn resumed(&self, before: Standing) -> Standing {
        let is_open = self.people.iter().any(|person| matches!(person.authority, Authority::Claimed(_)));
        if before.status == Status::AwaitingAuthority && !is_open {
            return self.after_authority();
        }
        before
    }

    /// Whether the complaint can be withdrawn: it is not over.
    #[must_use]
    pub fn can_withdraw(&self) -> bool {
        self.standing.status != Status::Closed
    }

    /// Whether a withdrawal can be undone today.
    #[must_use]
    pub fn can_undo_withdrawal(&self, today: Date) -> bool {
        self.standing.reason == Some(ClosedReason::Withdrawn) && self.withdrawn.is_some_and(|(_, until)| today <= until)
    }

    /// Whether a review of the decision can be asked for today.
    #[must_use]
    pub fn can_ask_for_review(&self, today: Date) -> bool {
        // Closing a case soon after its decision does not take the time to ask away.
        let closed = self.standing.status == Status::Closed && self.standing.reason != Some(ClosedReason::Withdrawn);
        let decided = closed || matches!(self.standing.status, Status::DecisionMade | Status::OrdersOpen);
        decided && self.decision.as_ref().is_some_and(|decision| today <= decision.review_until)
    }

    /// Whether the day by which the next word was promised has gone by.
    #[must_use]
    pub fn is_late(&self, today: Date) -> bool {
        let done = |order: &OrderOnCase| order.done == Some(Done::Yes);
        let all_done = self.standing.status == Status::OrdersOpen && self.orders.iter().all(done);
        self.standing.is_late(today) && !all_done
    }
}

#[cfg(test)]
mod tests;
