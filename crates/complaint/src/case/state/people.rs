//! The people on a case: their rights and contact plans, derived from answers and events.

use time::Date;

use crate::case::contact_plan::{ContactPlan, change::ConfirmBy};
use crate::case::event::{ActorRole, EventBody};
use crate::case::person_number::{PersonNumber, SENDER, TENANT_BEHIND};
use crate::case::representation::{AskedBy, Basis, Claim, Rights, Scope, TenantState, normalise_scopes};
use crate::case::state::CaseProjection;
use crate::case::status::Status;
use crate::fields::form::Choice;
use crate::questionnaire::answers::Answers;
use crate::questionnaire::questions::RoleKind;
use crate::questionnaire::steps::StepId;

/// A person's authority on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authority {
    /// The person is the tenant, and it is the tenant's own case.
    Own,
    /// The representative claims these rights, and no proof was accepted yet.
    Claimed(Rights),
    Given(Rights),
    /// The claim was refused.
    Refused,
    /// The authority was given and has ended, or the representative stopped the claim.
    Ended,
}

impl Authority {
    /// Returns whether the claim or authority is over.
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Refused | Self::Ended)
    }
}

/// The reason in `AuthorityEnded` when representatives end their own claim or authority.
pub const STOPPED: &str = "stopped";

/// A person on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participant {
    /// The person number, from 1.
    pub number: PersonNumber,
    pub role: ActorRole,
    pub name: String,
    /// The representative's own reference for the case.
    pub own_reference: Option<String>,
    pub basis: Option<Basis>,
    pub authority: Authority,
    /// Whether the tenant can agree, according to this representative.
    pub tenant: TenantState,
    pub claim: Claim,
    /// Whether the email that asked the tenant about this person bounced.
    pub consent_email_bounced: bool,
    /// The contact plan in force.
    pub contact: ContactPlan,
    /// A requested contact plan that waits for confirmation.
    pub requested_contact: Option<RequestedContactChange>,
    /// The organisation's message about the last contact change, if it could not confirm that change.
    pub not_confirmed: Option<String>,
    /// Whether the person has access of their own. The tenant behind a representative has none until they join the case.
    pub has_joined: bool,
}

/// A requested contact change that waits for confirmation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestedContactChange {
    /// The event number of the request.
    pub change: i32,
    pub contact: ContactPlan,
    pub confirm: ConfirmBy,
}

impl Participant {
    /// Returns the waiting contact change if it has this event number.
    pub fn waiting_change(&self, change: i32) -> Option<&RequestedContactChange> {
        self.requested_contact.as_ref().filter(|wanted| wanted.change == change)
    }

    /// Returns whether the person has a scope on a day.
    ///
    /// The sender may see the case and write about it before authority is given, but decide nothing. A representative who joined
    /// later sees nothing until the claim is accepted.
    pub fn has_scope(&self, scope: Scope, today: Date) -> bool {
        self.has_joined
            && match &self.authority {
                Authority::Own => true,
                Authority::Claimed(_) => self.number == SENDER && matches!(scope, Scope::See | Scope::Speak),
                Authority::Given(rights) => rights.allow(scope, today),
                Authority::Refused | Authority::Ended => false,
            }
    }
}

impl CaseProjection {
    /// Puts a contact plan in force. The person's failed deliveries and waiting change no longer count.
    pub(crate) fn set_contact_plan(&mut self, number: PersonNumber, contact: ContactPlan) {
        self.failed_contact_methods.retain(|(person, _)| *person != number);
        if let Some(person) = self.person_mut(number) {
            person.contact = contact;
            person.requested_contact = None;
            person.not_confirmed = None;
        }
    }

    pub(crate) fn apply_contact_event(&mut self, n: i32, event: &EventBody) {
        let Some(number) = event.visible_only_to() else { return };
        let Some(person) = self.person_mut(number) else { return };
        match event {
            EventBody::ContactChangeAsked { contact, confirm, .. } => {
                person.not_confirmed = None;
                person.requested_contact = Some(RequestedContactChange {
                    change: n,
                    contact: contact.clone(),
                    confirm: *confirm,
                });
            }
            EventBody::ContactChangeConfirmed { change, .. } => {
                if let Some(wanted) = person.waiting_change(*change).cloned() {
                    self.set_contact_plan(number, wanted.contact);
                }
            }
            EventBody::ContactChangeRefused { change, message, .. } if person.waiting_change(*change).is_some() => {
                person.requested_contact = None;
                person.not_confirmed = Some(message.clone());
            }
            EventBody::ContactChangeDropped { change, .. } if person.waiting_change(*change).is_some() => person.requested_contact = None,
            _ => {}
        }
    }

    pub(crate) fn apply_people_event(&mut self, event: &EventBody) {
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
                let is_here = self.tenant().is_some_and(|tenant| tenant.has_joined);
                let asked = match (by_email, is_here) {
                    (true, _) => AskedBy::Email,
                    (false, true) => AskedBy::SignedIn,
                    (false, false) => AskedBy::Organisation,
                };
                // Older events name no last day: then the case's due date was the limit.
                let last = answer_by.or(self.state.due.filter(|_| self.state.status == Status::AwaitingAuthority));
                if let Some(person) = self.person_mut(*person)
                    && matches!(person.authority, Authority::Claimed(_))
                {
                    person.authority = Authority::Claimed(rights);
                    person.claim = Claim::asked(asked, *ask_by, last);
                    person.consent_email_bounced &= asked == AskedBy::Organisation;
                }
            }
            EventBody::AuthorityRequestExpired { person, due, .. } => {
                if let Some(person) = self.person_mut(*person)
                    && matches!(person.authority, Authority::Claimed(_))
                {
                    person.claim.has_expired = true;
                    person.claim.decide_by = *due;
                }
            }
            EventBody::ConsentRequestBounced { person, .. } => {
                if let Some(person) = self.person_mut(*person) {
                    person.consent_email_bounced = matches!(person.authority, Authority::Claimed(_));
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
                // A tenant's rights are the tenant's own: no event gives them, so no event can reduce them.
                if let Some(person) = self.person_mut(*person)
                    && person.role == ActorRole::Representative
                {
                    person.basis = Some(*basis);
                    person.authority = Authority::Given(rights);
                    person.tenant = person.tenant.max(TenantState::presupposed_by(*basis));
                    person.consent_email_bounced = false;
                }
                // Once the tenant is known to have died, the tenant's access closes: another person would be using it.
                if self.tenant_state() == TenantState::Died
                    && let Some(tenant) = self.tenant_mut()
                {
                    tenant.has_joined = false;
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
                    person.consent_email_bounced = false;
                }
            }
            _ => {}
        }
    }

    fn join(&mut self, number: PersonNumber, role: ActorRole, name: &str, basis: Option<Basis>) {
        let authority = if role == ActorRole::Representative {
            Authority::Claimed(Rights::default())
        } else {
            Authority::Own
        };
        // Joining after a representative of a tenant who cannot agree does not change the tenant's state.
        let tenant = self
            .tenant_state()
            .max(basis.map_or(TenantState::Agrees, TenantState::presupposed_by));
        match self.person_mut(number) {
            Some(there) => {
                there.has_joined = true;
                name.clone_into(&mut there.name);
            }
            None => self.people.push(Participant {
                number,
                role,
                name: name.to_owned(),
                own_reference: None,
                basis,
                authority,
                tenant,
                claim: Claim::default(),
                consent_email_bounced: false,
                contact: ContactPlan::default(),
                requested_contact: None,
                not_confirmed: None,
                has_joined: true,
            }),
        }
    }

    pub fn person(&self, number: PersonNumber) -> Option<&Participant> {
        self.people.iter().find(|person| person.number == number)
    }

    fn person_mut(&mut self, number: PersonNumber) -> Option<&mut Participant> {
        self.people.iter_mut().find(|person| person.number == number)
    }

    /// Returns the tenant, with or without access of their own.
    pub fn tenant(&self) -> Option<&Participant> {
        self.people.iter().find(|person| person.role == ActorRole::Resident)
    }

    fn tenant_mut(&mut self) -> Option<&mut Participant> {
        self.people.iter_mut().find(|person| person.role == ActorRole::Resident)
    }

    /// Returns whether the tenant can agree, according to the current representatives and claimants.
    ///
    /// A person whose claim or authority is over no longer counts: what they said may have been untrue.
    pub fn tenant_state(&self) -> TenantState {
        let acting = self.people.iter().filter(|person| !person.authority.is_over());
        acting.map(|person| person.tenant).max().unwrap_or(TenantState::Agrees)
    }

    /// Extends every open claim to the date until which the case waits for authority, including claims whose wait had ended.
    pub(crate) fn extend_claims(&mut self, due: Option<Date>) {
        let claims = self
            .people
            .iter_mut()
            .filter(|person| matches!(person.authority, Authority::Claimed(_)));
        for Claim {
            until,
            has_expired: has_run_out,
            ..
        } in claims.map(|person| &mut person.claim)
        {
            *until = (*until).max(due);
            *has_run_out = false;
        }
    }

    /// Returns the person number for the next person who joins.
    pub fn next_number(&self) -> PersonNumber {
        let taken = self.people.iter().map(|person| person.number.0);
        PersonNumber(taken.max().unwrap_or_default().saturating_add(1))
    }
}

fn rights(scopes: &[Scope], until: Option<Date>) -> Rights {
    Rights {
        scopes: normalise_scopes(scopes),
        until,
    }
}

/// Returns the people on a new case: its sender, and the tenant if the sender is a representative.
pub(crate) fn people(answers: &Answers) -> Vec<Participant> {
    let person = |number, role, step, authority| Participant {
        number,
        role,
        name: answers.text(step, "full_name").to_owned(),
        own_reference: None,
        basis: None,
        authority,
        tenant: TenantState::Agrees,
        claim: Claim::default(),
        consent_email_bounced: false,
        contact: ContactPlan::default(),
        requested_contact: None,
        not_confirmed: None,
        has_joined: number == SENDER,
    };
    let mut people = if answers.role_kind() == Some(RoleKind::Representative) {
        let scopes: Vec<Scope> = Scope::ALL
            .iter()
            .copied()
            .filter(|scope| answers.has_choice_once(StepId::AuthorityScope, "scope", scope.code()))
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

/// Returns the basis that the sender claims.
fn claimed_basis(answers: &Answers) -> Option<Basis> {
    let why = answers.text(StepId::RepresentativeWhy, "why");
    let code = match why {
        "no_capacity" => answers.text(StepId::CapacityBasis, "basis"),
        "died" => answers.text(StepId::EstateBasis, "basis"),
        why => why,
    };
    Basis::parse(code)
}
