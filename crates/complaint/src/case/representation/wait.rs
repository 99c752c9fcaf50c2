//! What each claim waits for: who acts next, until when, and which sentences each person reads meanwhile; and the state of each
//! person's authority.

use time::Date;

use crate::case::actions::CaseActionKind;
use crate::case::desk_task::DeskTaskKind;
use crate::case::event::ActorRole;
use crate::case::person_number::{PersonNumber, SENDER};
use crate::case::representation::{AskedBy, AuthorityRule, AuthorityState, ProofKind, Scope, rule};
use crate::case::state::{Authority, CaseProjection, Participant};
use crate::case::status::{Actor, Status};
use crate::fields::form::{Choice, choices};

choices! {
    /// What a claim to represent the tenant waits for. `authority.wait` in `locales/` has the sentences for each reader.
    Wait {
        /// The tenant answers by the link in an email.
        Link = "link",
        /// The organisation asks the tenant by phone or letter.
        AskedByOrganisation = "ring",
        /// The tenant answers on the case page, when signed in.
        Tenant = "tenant",
        /// The email to the tenant bounced: the representative gives another address, or sends a document.
        EmailBounced = "came_back",
        /// The organisation inspects the document that arrived.
        Check = "check",
        /// The representative sends a document, or has the tenant asked.
        Proof = "proof",
        /// The representative sends a document: the tenant cannot be asked.
        Document = "document",
        /// The organisation asks for a document from a representative who cannot see the case yet.
        Contact = "contact",
        /// The wait has ended without proof: the organisation decides what happens to the case.
        Expired = "ran_out",
    }
}

/// Who acts next on a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitsFor {
    /// The person who claims to represent the tenant.
    Claimant,
    Tenant,
    Organisation,
}

/// A row of the table of waits: who acts during a wait, and the desk's task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitRule {
    pub wait: Wait,
    pub acts: WaitsFor,
    /// The desk's task during the wait.
    pub task: Option<DeskTaskKind>,
}

const fn row(wait: Wait, acts: WaitsFor, task: Option<DeskTaskKind>) -> WaitRule {
    WaitRule { wait, acts, task }
}

const WAITS: [WaitRule; 9] = [
    row(Wait::Link, WaitsFor::Tenant, None),
    row(Wait::AskedByOrganisation, WaitsFor::Organisation, Some(DeskTaskKind::AskTenant)),
    row(Wait::Tenant, WaitsFor::Tenant, None),
    row(Wait::EmailBounced, WaitsFor::Claimant, Some(DeskTaskKind::TenantNotReached)),
    row(Wait::Check, WaitsFor::Organisation, Some(DeskTaskKind::AuthorityPaper)),
    row(Wait::Proof, WaitsFor::Claimant, None),
    row(Wait::Document, WaitsFor::Claimant, None),
    row(Wait::Contact, WaitsFor::Organisation, Some(DeskTaskKind::AskForDocument)),
    row(Wait::Expired, WaitsFor::Organisation, Some(DeskTaskKind::AuthorityRunOut)),
];

impl Wait {
    pub fn rule(self) -> WaitRule {
        WAITS[self as usize]
    }

    /// Returns the locale key of the sentence for the claimant.
    pub fn claimant_key(self) -> String {
        format!("authority.wait.{}.claimant", self.code())
    }

    /// Returns the locale key of the sentence for the tenant.
    pub fn tenant_key(self) -> String {
        format!("authority.wait.{}.tenant", self.code())
    }

    /// Returns the locale key of the sentence for the desk.
    pub fn desk_key(self) -> String {
        format!("authority.wait.{}.desk", self.code())
    }

    /// Returns the locale key of the sentence that names the last day.
    pub fn until(self) -> String {
        format!("authority.wait.{}.until", self.code())
    }
}

/// The numbers of the people whose document has arrived and was not refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeopleWithDocument(pub Vec<PersonNumber>);

/// A claim that waits, and what it waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitingClaim {
    /// The claimant's person number.
    pub person: PersonNumber,
    pub wait: Wait,
    /// The last day of the wait, if it has one.
    pub by: Option<Date>,
}

impl WaitingClaim {
    /// Returns who has to act next on this claim.
    pub fn next_step(self, file: &CaseProjection) -> NextStep {
        match self.wait.rule().acts {
            WaitsFor::Organisation => NextStep::Organisation,
            WaitsFor::Claimant => NextStep::Person(self.person),
            WaitsFor::Tenant => file
                .tenant()
                .map_or(NextStep::Organisation, |tenant| NextStep::Person(tenant.number)),
        }
    }
}

impl CaseProjection {
    /// Returns the authority table's row for a person who represents, or claims to represent, the tenant.
    pub fn rule_for(&self, person: &Participant) -> Option<&'static AuthorityRule> {
        let basis = person.basis.unwrap_or(crate::case::representation::Basis::Permission);
        rule(self.tenant_state(), basis)
    }

    /// Returns whether this kind of proof is accepted for the person's authority.
    pub fn allows(&self, person: &Participant, way: ProofKind) -> bool {
        person.role == ActorRole::Representative && self.rule_for(person).is_some_and(|rule| rule.allows(way))
    }
}

/// Returns what a person's claim waits for, or `None` if the person has no open claim.
pub fn waiting_for(file: &CaseProjection, person: &Participant, papers: &PeopleWithDocument) -> Option<WaitingClaim> {
    if !matches!(person.authority, Authority::Claimed(_)) {
        return None;
    }
    let claim = person.claim;
    let open = |way| file.allows(person, way);
    let tenant_is_here = file.tenant().is_some_and(|tenant| tenant.has_joined);
    let wait = if papers.0.contains(&person.number) {
        Wait::Check
    } else if claim.has_expired {
        Wait::Expired
    } else if tenant_is_here && open(ProofKind::Tenant) {
        Wait::Tenant
    } else if claim.asked == Some(AskedBy::Organisation) && open(ProofKind::Phone) {
        Wait::AskedByOrganisation
    } else if claim.asked == Some(AskedBy::Email) && open(ProofKind::Link) && !person.consent_email_bounced {
        Wait::Link
    } else if person.number != SENDER {
        // This person cannot see the case yet, and so cannot send a document there.
        Wait::Contact
    } else if person.consent_email_bounced && open(ProofKind::Link) {
        Wait::EmailBounced
    } else if open(ProofKind::Link) {
        Wait::Proof
    } else {
        Wait::Document
    };
    let by = match wait {
        Wait::AskedByOrganisation => claim.ask_by.or(claim.until),
        Wait::Expired => claim.decide_by,
        Wait::Contact => None,
        _ => claim.until,
    };
    Some(WaitingClaim {
        person: person.number,
        wait,
        by,
    })
}

/// Returns what each open claim of a case waits for.
pub fn waiting(file: &CaseProjection, papers: &PeopleWithDocument) -> Vec<WaitingClaim> {
    let people = file.people.iter();
    people.filter_map(|person| waiting_for(file, person, papers)).collect()
}

/// Who has to act next on a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// A person on the case, by number. A tenant may have only a link and no access code yet.
    Person(PersonNumber),
    Organisation,
    Landlord,
    /// The case is decided or closed.
    Nobody,
}

impl NextStep {
    /// Returns the next actor from a reader's point of view. `None` reads as the organisation, for which each person on the case
    /// is [`Actor::You`].
    pub fn read_by(self, file: &CaseProjection, reader: Option<PersonNumber>) -> Actor {
        match self {
            Self::Person(number) if reader.is_none_or(|reader| reader == number) => Actor::You,
            Self::Person(number) => match file.person(number).map(|person| person.role) {
                Some(ActorRole::Representative) => Actor::Representative,
                _ => Actor::Resident,
            },
            Self::Organisation => Actor::Us,
            Self::Landlord => Actor::Landlord,
            Self::Nobody => Actor::Nobody,
        }
    }
}

/// Returns whether no person on the case can take the next action. The desk then asks the tenant, or closes the case.
pub fn nobody_can_act(file: &CaseProjection, papers: &PeopleWithDocument, today: Date) -> bool {
    let has_claims = !waiting(file, papers).is_empty();
    match file.state.status {
        Status::Closed => false,
        Status::AwaitingResident => next_step(file, papers, today) == NextStep::Organisation,
        Status::AwaitingAuthority => !has_claims && next_step(file, papers, today) == NextStep::Organisation,
        _ => !has_claims && !file.people.iter().any(|person| person.has_access(today)),
    }
}

/// Returns who has to act next on a case.
pub fn next_step(file: &CaseProjection, papers: &PeopleWithDocument, today: Date) -> NextStep {
    match file.state.status.who_acts() {
        Actor::Nobody => NextStep::Nobody,
        Actor::Landlord => NextStep::Landlord,
        Actor::Us => NextStep::Organisation,
        _ if file.state.status == Status::AwaitingAuthority => for_authority(file, papers, today),
        _ => answers(file, today),
    }
}

/// Returns who acts while the case waits for authority. A claim that waits for the organisation comes first: other claims must
/// not delay it.
fn for_authority(file: &CaseProjection, papers: &PeopleWithDocument, today: Date) -> NextStep {
    let steps: Vec<NextStep> = waiting(file, papers).into_iter().map(|claim| claim.next_step(file)).collect();
    if steps.contains(&NextStep::Organisation) {
        return NextStep::Organisation;
    }
    // Without a claim the tenant continues the case, or the organisation asks the tenant.
    let tenant = file.tenant().filter(|tenant| tenant.has_scope(Scope::Decide, today));
    let tenant = tenant.map(|tenant| NextStep::Person(tenant.number));
    steps.first().copied().or(tenant).unwrap_or(NextStep::Organisation)
}

/// Returns who acts while the case waits for answers: a person who may answer, the tenant first.
fn answers(file: &CaseProjection, today: Date) -> NextStep {
    let may = |person: &&Participant| person.has_scope(CaseActionKind::Answer.scope(), today);
    let tenant = file.tenant().filter(may);
    let found = tenant.or_else(|| file.people.iter().find(may));
    found.map_or(NextStep::Organisation, |person| NextStep::Person(person.number))
}

/// Returns the state of a person's authority on a day.
///
/// Sign-in, pages and the REST API explain with it why a case is closed to a person with a correct access code:
/// - [`AuthorityState::Waiting`]: the claim waits for proof. Meanwhile only the sender may see the case, not a colleague who
///   joined.
/// - [`AuthorityState::Unanswered`]: the wait ended without proof. Access stays as it was during the wait.
/// - [`AuthorityState::Refused`]: the claim was refused.
/// - [`AuthorityState::Ended`]: authority was given and has ended, or the representative stopped the claim.
/// - [`AuthorityState::Expired`]: the last day of the authority has passed.
pub fn authority_state(person: &Participant, today: Date) -> AuthorityState {
    match &person.authority {
        Authority::Own => AuthorityState::Tenant,
        Authority::Claimed(_) if person.claim.has_expired => AuthorityState::Unanswered,
        Authority::Claimed(_) => AuthorityState::Waiting,
        Authority::Given(rights) if rights.until.is_some_and(|until| until < today) => AuthorityState::Expired,
        Authority::Given(_) => AuthorityState::Given,
        Authority::Refused => AuthorityState::Refused,
        Authority::Ended => AuthorityState::Ended,
    }
}

#[cfg(test)]
mod tests;
