//! Who is on a case: what each may do and how they are reached, as the answers and events say it.

use time::Date;

use super::CaseFile;
use crate::complaint::answers::Answers;
use crate::complaint::authority::{AskedBy, Basis, Claim, Rights, Scope, TenantState, tidy};
use crate::complaint::contact_plan::{ContactPlan, change::ConfirmBy};
use crate::complaint::event::{ActorRole, EventBody};
use crate::complaint::form::Choice;
use crate::complaint::journey::StepId;
use crate::complaint::questions::RoleKind;
use crate::complaint::status::Status;

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
    /// The claim was answered with no.
    Refused,
    /// It was given, and ended.
    Ended,
}

impl Authority {
    /// Whether it is neither asked for nor there any more.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Refused | Self::Ended)
    }
}

/// The reason of an end that the representative brought about themselves.
pub const STOPPED: &str = "stopped";

/// Somebody on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonOnCase {
    /// From 1.
    pub number: u8,
    pub role: ActorRole,
    pub name: String,
    /// What the person calls the case in their own papers.
    pub own_reference: Option<String>,
    pub basis: Option<Basis>,
    pub authority: Authority,
    /// What the representative says of the tenant: whether they can agree.
    pub tenant: TenantState,
    pub claim: Claim,
    /// Whether the email that asked the tenant about them came back.
    pub ask_came_back: bool,
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
                Authority::Refused | Authority::Ended => false,
            }
    }
}

impl CaseFile {
    /// Somebody says anew how they are reached: nothing of before counts any more.
    pub(super) fn reach(&mut self, number: u8, contact: ContactPlan) {
        self.unreached.retain(|(person, _)| *person != number);
        if let Some(person) = self.person_mut(number) {
            person.contact = contact;
            person.wanted = None;
            person.not_confirmed = None;
        }
    }

    pub(super) fn take_change(&mut self, n: i32, event: &EventBody) {
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

    pub(super) fn take_people(&mut self, event: &EventBody) {
        match event {
            EventBody::PersonJoined { person, role, name, basis } => self.join(*person, *role, name, *basis),
            EventBody::AuthorityAsked {
                by_email,
                person,
                scopes,
                until,
                ask_by,
                answer_by,
            } => {
                let rights = rights(scopes, *until);
                let is_here = self.tenant().is_some_and(|tenant| tenant.is_here);
                let asked = match (by_email, is_here) {
                    (true, _) => AskedBy::Email,
                    (false, true) => AskedBy::SignedIn,
                    (false, false) => AskedBy::Organisation,
                };
                // Events of before named no last day: the case itself had one.
                let last = answer_by.or(self.standing.due.filter(|_| self.standing.status == Status::AwaitingAuthority));
                if let Some(person) = self.person_mut(*person)
                    && matches!(person.authority, Authority::Claimed(_))
                {
                    person.authority = Authority::Claimed(rights);
                    person.claim = Claim::asked(asked, *ask_by, last);
                    person.ask_came_back &= asked == AskedBy::Organisation;
                }
            }
            EventBody::AuthorityRequestExpired { person, due, .. } => {
                if let Some(person) = self.person_mut(*person)
                    && matches!(person.authority, Authority::Claimed(_))
                {
                    person.claim.has_run_out = true;
                    person.claim.decide_by = *due;
                }
            }
            EventBody::ConsentRequestBounced { person, .. } => {
                if let Some(person) = self.person_mut(*person) {
                    person.ask_came_back = matches!(person.authority, Authority::Claimed(_));
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
                    person.tenant = person.tenant.max(TenantState::presupposed_by(*basis));
                    person.ask_came_back = false;
                }
                // What was found closes a dead tenant's own way in: another would be reading their case with it.
                if self.tenant_state() == TenantState::Died
                    && let Some(tenant) = self.tenant_mut()
                {
                    tenant.is_here = false;
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
            EventBody::AuthorityEnded { person, reason } => {
                if let Some(person) = self.person_mut(*person)
                    && person.role == ActorRole::Representative
                {
                    let is_claim = matches!(person.authority, Authority::Claimed(_));
                    let stopped = reason.as_deref() == Some(STOPPED);
                    person.authority = match person.authority {
                        Authority::Refused => Authority::Refused,
                        _ if is_claim && !stopped => Authority::Refused,
                        _ => Authority::Ended,
                    };
                    person.ask_came_back = false;
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
        // Whoever comes after a person who acts for a tenant who cannot agree does not change that.
        let tenant = self
            .tenant_state()
            .max(basis.map_or(TenantState::Agrees, TenantState::presupposed_by));
        match self.person_mut(number) {
            Some(there) => {
                there.is_here = true;
                name.clone_into(&mut there.name);
            }
            None => self.people.push(PersonOnCase {
                number,
                role,
                name: name.to_owned(),
                own_reference: None,
                basis,
                authority,
                tenant,
                claim: Claim::default(),
                ask_came_back: false,
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

    fn tenant_mut(&mut self) -> Option<&mut PersonOnCase> {
        self.people.iter_mut().find(|person| person.role == ActorRole::Resident)
    }

    /// Whether the tenant can agree, as those say who act or ask to act for them. What a person said counts no more once their part is
    /// over: it may have been untrue.
    #[must_use]
    pub fn tenant_state(&self) -> TenantState {
        let acting = self.people.iter().filter(|person| !person.authority.is_over());
        acting.map(|person| person.tenant).max().unwrap_or(TenantState::Agrees)
    }

    /// Lets every claim wait until the day until which the case waits for authority, also one whose wait had run out.
    pub(super) fn wait_until(&mut self, due: Option<Date>) {
        let claims = self
            .people
            .iter_mut()
            .filter(|person| matches!(person.authority, Authority::Claimed(_)));
        for Claim { until, has_run_out, .. } in claims.map(|person| &mut person.claim) {
            *until = (*until).max(due);
            *has_run_out = false;
        }
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
}

fn rights(scopes: &[Scope], until: Option<Date>) -> Rights {
    Rights {
        scopes: tidy(scopes),
        until,
    }
}

/// Who is on a case when it comes in: its sender, and the tenant they act for.
pub(super) fn people(answers: &Answers) -> Vec<PersonOnCase> {
    let person = |number, role, step, authority| PersonOnCase {
        number,
        role,
        name: answers.text(step, "full_name").to_owned(),
        own_reference: None,
        basis: None,
        authority,
        tenant: TenantState::Agrees,
        claim: Claim::default(),
        ask_came_back: false,
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
        sender.tenant = match answers.text(StepId::RepresentativeWhy, "why") {
            "no_capacity" => TenantState::NoCapacity,
            "died" => TenantState::Died,
            _ => TenantState::Agrees,
        };
        let own_reference = answers.text(StepId::Representative, "own_reference");
        sender.own_reference = Some(own_reference.to_owned()).filter(|typed| !typed.is_empty());
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
