//! A case as its answers and events add up to: who is on it and what each may do, what was asked and answered, what was ordered.
//!
//! Nothing of this is kept beside the events but what lists and sign-in need, and that is compared with a replay.

use time::Date;

use super::answers::Answers;
use super::authority::{Basis, Rights, Scope, tidy};
use super::contact_plan::{ContactPlan, change::ConfirmBy};
use super::event::{ActorRole, EventBody, Standing};
use super::form::Choice;
use super::journey::{self, StepId};
use super::outcome::{Done, Order};
use super::questions::RoleKind;
use super::status::{ClosedReason, Status};

/// The number of the one who sent the complaint.
pub const SENDER: u8 = 1;

/// The number of the tenant, where somebody else sent it.
pub const TENANT_BEHIND: u8 = 2;

/// Whether somebody may act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authority {
    /// It is their own case.
    Own,
    /// They say so; nothing has shown it yet. What they asked for.
    Claimed(Rights),
    Given(Rights),
    Ended,
}

/// Somebody on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonOnCase {
    /// From 1.
    pub number: u8,
    pub role: ActorRole,
    pub name: String,
    pub basis: Option<Basis>,
    pub authority: Authority,
    /// How they may be reached: what holds now.
    pub contact: ContactPlan,
    /// What they want instead, until it is confirmed.
    pub wanted: Option<WantedContact>,
    /// What the organisation said when it could not confirm the last change.
    pub not_confirmed: Option<String>,
    /// Whether they have a way in of their own. The tenant behind a representative has none until they come onto the case.
    pub is_here: bool,
}

/// A change of contact details that waits to be confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedContact {
    /// Its place among the case's events.
    pub change: i32,
    pub contact: ContactPlan,
    pub confirm: ConfirmBy,
}

impl PersonOnCase {
    /// The change that waits, if it is this one.
    #[must_use]
    pub fn waits(&self, change: i32) -> Option<&WantedContact> {
        self.wanted.as_ref().filter(|wanted| wanted.change == change)
    }

    /// Whether they may do something on a day. Whoever sent the complaint may see what they sent and speak about it before their
    /// authority is there, and decide nothing. Whoever came later sees nothing until somebody who may has said yes.
    #[must_use]
    pub fn may(&self, scope: Scope, today: Date) -> bool {
        self.is_here
            && match &self.authority {
                Authority::Own => true,
                Authority::Claimed(_) => self.number == SENDER && matches!(scope, Scope::See | Scope::Speak),
                Authority::Given(rights) => rights.allow(scope, today),
                Authority::Ended => false,
            }
    }
}

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
    /// Needs the organisation has acted on: the code, and what it did.
    pub needs_acted_on: Vec<(String, String)>,
    /// Files that came after it was sent, and who brought each, where that is known.
    pub files: Vec<(String, Option<u8>)>,
    /// The last day on which a review can be asked for.
    pub review_until: Option<Date>,
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
            people: people(answers),
            issues_sent: journey::issues(answers),
            requests: Vec::new(),
            orders: Vec::new(),
            added_issues: Vec::new(),
            needs_acted_on: Vec::new(),
            files: Vec::new(),
            review_until: None,
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
            EventBody::DecisionMade { review_until, .. } => self.review_until = Some(*review_until),
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

    /// Somebody says anew how they are reached: nothing of before counts any more.
    fn reach(&mut self, number: u8, contact: ContactPlan) {
        self.unreached.retain(|(person, _)| *person != number);
        if let Some(person) = self.person_mut(number) {
            person.contact = contact;
            person.wanted = None;
            person.not_confirmed = None;
        }
    }

    fn take_change(&mut self, n: i32, event: &EventBody) {
        let Some(number) = event.only_for() else { return };
        let Some(person) = self.person_mut(number) else { return };
        match event {
            EventBody::ContactChangeAsked { contact, confirm, .. } => {
                person.not_confirmed = None;
                person.wanted = Some(WantedContact {
                    change: n,
                    contact: contact.clone(),
                    confirm: *confirm,
                });
            }
            EventBody::ContactChangeConfirmed { change, .. } => {
                if let Some(wanted) = person.waits(*change).cloned() {
                    self.reach(number, wanted.contact);
                }
            }
            EventBody::ContactChangeRefused { change, message, .. } if person.waits(*change).is_some() => {
                person.wanted = None;
                person.not_confirmed = Some(message.clone());
            }
            EventBody::ContactChangeDropped { change, .. } if person.waits(*change).is_some() => person.wanted = None,
            _ => {}
        }
    }

    fn take_people(&mut self, event: &EventBody) {
        match event {
            EventBody::PersonJoined { person, role, name, basis } => self.join(*person, *role, name, *basis),
            EventBody::AuthorityAsked { person, scopes, until } => {
                let rights = rights(scopes, *until);
                if let Some(person) = self.person_mut(*person)
                    && matches!(person.authority, Authority::Claimed(_))
                {
                    person.authority = Authority::Claimed(rights);
                }
            }
            EventBody::AuthorityGiven {
                person,
                basis,
                scopes,
                until,
                ..
            } => {
                let rights = rights(scopes, *until);
                // The tenant's right is their own: nobody gives it to them, so nobody can make it less.
                if let Some(person) = self.person_mut(*person)
                    && person.role == ActorRole::Representative
                {
                    person.basis = Some(*basis);
                    person.authority = Authority::Given(rights);
                }
            }
            EventBody::AuthorityChanged { person, scopes, until } => {
                let rights = rights(scopes, *until);
                if let Some(person) = self.person_mut(*person)
                    && matches!(person.authority, Authority::Given(_))
                {
                    person.authority = Authority::Given(rights);
                }
            }
            EventBody::AuthorityEnded { person, .. } => {
                if let Some(person) = self.person_mut(*person)
                    && person.role == ActorRole::Representative
                {
                    person.authority = Authority::Ended;
                }
            }
            _ => {}
        }
    }

    fn join(&mut self, number: u8, role: ActorRole, name: &str, basis: Option<Basis>) {
        let authority = if role == ActorRole::Representative {
            Authority::Claimed(Rights::default())
        } else {
            Authority::Own
        };
        match self.person_mut(number) {
            Some(there) => {
                there.is_here = true;
                name.clone_into(&mut there.name);
            }
            None => self.people.push(PersonOnCase {
                number,
                role,
                name: name.to_owned(),
                basis,
                authority,
                contact: ContactPlan::default(),
                wanted: None,
                not_confirmed: None,
                is_here: true,
            }),
        }
    }

    /// Somebody on the case.
    #[must_use]
    pub fn person(&self, number: u8) -> Option<&PersonOnCase> {
        self.people.iter().find(|person| person.number == number)
    }

    fn person_mut(&mut self, number: u8) -> Option<&mut PersonOnCase> {
        self.people.iter_mut().find(|person| person.number == number)
    }

    /// The tenant, here or not.
    #[must_use]
    pub fn tenant(&self) -> Option<&PersonOnCase> {
        self.people.iter().find(|person| person.role == ActorRole::Resident)
    }

    /// The number for the next who comes.
    #[must_use]
    pub fn next_number(&self) -> u8 {
        self.people
            .iter()
            .map(|person| person.number)
            .max()
            .unwrap_or_default()
            .saturating_add(1)
    }

    /// Who brought a file of the case, where that is known. What has no event of its own came with the complaint.
    #[must_use]
    pub fn brought_by(&self, id: &str) -> Option<u8> {
        let later = self.files.iter().find(|(file, _)| file == id);
        later.map_or(Some(SENDER), |(_, person)| *person)
    }

    /// The request that waits for answers, if any: the oldest.
    #[must_use]
    pub fn open_request(&self) -> Option<&Request> {
        self.requests.iter().find(|request| request.answers.is_none())
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
        decided && self.review_until.is_some_and(|until| today <= until)
    }

    /// Whether the day by which the next word was promised has gone by.
    #[must_use]
    pub fn is_late(&self, today: Date) -> bool {
        let done = |order: &OrderOnCase| order.done == Some(Done::Yes);
        let all_done = self.standing.status == Status::OrdersOpen && self.orders.iter().all(done);
        self.standing.is_late(today) && !all_done
    }
}

fn rights(scopes: &[Scope], until: Option<Date>) -> Rights {
    Rights {
        scopes: tidy(scopes),
        until,
    }
}

/// Who is on a case when it comes in: its sender, and the tenant they act for.
fn people(answers: &Answers) -> Vec<PersonOnCase> {
    let person = |number, role, step, authority| PersonOnCase {
        number,
        role,
        name: answers.text(step, "full_name").to_owned(),
        basis: None,
        authority,
        contact: ContactPlan::default(),
        wanted: None,
        not_confirmed: None,
        is_here: number == SENDER,
    };
    let mut people = if answers.role_kind() == Some(RoleKind::Representative) {
        let scopes: Vec<Scope> = Scope::ALL
            .iter()
            .copied()
            .filter(|scope| answers.chose(StepId::AuthorityScope, "scope", scope.code()))
            .collect();
        let claimed = Authority::Claimed(rights(&scopes, None));
        let mut sender = person(SENDER, ActorRole::Representative, StepId::Representative, claimed);
        sender.basis = claimed_basis(answers);
        vec![
            sender,
            person(TENANT_BEHIND, ActorRole::Resident, StepId::ResidentName, Authority::Own),
        ]
    } else {
        vec![person(SENDER, ActorRole::Resident, StepId::ResidentName, Authority::Own)]
    };
    people[0].contact = ContactPlan::of_sender(answers);
    people
}

/// The right that the sender says they have.
fn claimed_basis(answers: &Answers) -> Option<Basis> {
    let why = answers.text(StepId::RepresentativeWhy, "why");
    let code = match why {
        "no_capacity" => answers.text(StepId::CapacityBasis, "basis"),
        "died" => answers.text(StepId::EstateBasis, "basis"),
        why => why,
    };
    Basis::parse(code)
}

#[cfg(test)]
mod tests;
