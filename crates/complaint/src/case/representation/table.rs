//! The authority table: for each tenant state and basis, the accepted kinds of proof and the scopes they give.
//!
//! Every caller asks this table: page handlers, the REST API, the desk and the command line. A kind of proof that a row does not
//! list is refused. That also holds for a link or code issued earlier.

use crate::case::representation::{Basis, ProofKind, Scope};
use crate::fields::form::{Choice, choices};

choices! {
    /// Whether the tenant can agree to be represented, according to the representatives on the case.
    #[derive(PartialOrd, Ord)]
    TenantState {
        Agrees = "agrees",
        /// The tenant cannot make this decision themselves.
        NoCapacity = "no_capacity",
        Died = "died",
    }
}

impl TenantState {
    /// Returns the tenant state that a basis implies, whatever else is known about the tenant.
    ///
    /// A lasting power of attorney implies nothing: for money matters it can be used while the tenant still decides.
    pub fn presupposed_by(basis: Basis) -> Self {
        match basis {
            Basis::Deputy | Basis::Appointee => Self::NoCapacity,
            Basis::Executor | Basis::Administrator | Basis::NextOfKin => Self::Died,
            Basis::Permission | Basis::Attorney | Basis::Parent | Basis::Councillor | Basis::Adviser | Basis::Other => Self::Agrees,
        }
    }
}

choices! {
    /// A document that proves a basis. `locales/` has its name for the person who has to send it.
    Document {
        /// A letter or form that the tenant signed.
        SignedConsent = "signed_consent",
        PowerOfAttorney = "power_of_attorney",
        /// The order of the Court of Protection.
        CourtOrder = "court_order",
        /// The letter of the Department for Work and Pensions.
        AppointeeLetter = "appointee_letter",
        /// Any other document that proves a basis for a tenant who cannot decide.
        CapacityProof = "capacity_proof",
        /// The will, or the grant of probate.
        Will = "will",
        LettersOfAdministration = "letters_of_administration",
        /// A certificate that shows the relationship to the tenant.
        FamilyProof = "family_proof",
        /// Any other document that proves a basis for a tenant who has died.
        EstateProof = "estate_proof",
        ParentProof = "parent_proof",
        /// A letter from the office of a councillor or Member of Parliament.
        OfficeLetter = "office_letter",
    }
}

impl Document {
    /// Returns the locale key of the document's name.
    pub fn key(self) -> String {
        format!("authority.document.{}", self.code())
    }
}

/// A row of the authority table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuthorityRule {
    pub tenant: TenantState,
    pub basis: Basis,
    /// The accepted kinds of proof.
    pub accepted_proofs: &'static [ProofKind],
    pub document: Document,
    /// The most scopes that a document gives. By link or code the tenant gives at most the scopes asked for; signed in, the
    /// scopes they tick.
    pub max_scopes: &'static [Scope],
    /// Whether a signed-in tenant may end authority that was given. The tenant may always refuse a claim.
    pub tenant_may_end: bool,
}

impl AuthorityRule {
    /// Returns whether this kind of proof is accepted.
    pub fn allows(&self, way: ProofKind) -> bool {
        self.accepted_proofs.contains(&way)
    }

    /// Returns whether the organisation may ask the tenant by link, by phone, or while the tenant is signed in.
    pub fn tenant_can_be_asked(&self) -> bool {
        self.accepted_proofs.iter().any(|way| *way != ProofKind::Paper)
    }
}

/// The tenant can be asked by every method, or signs a document.
const ANY_PROOF: &[ProofKind] = &[ProofKind::Link, ProofKind::Phone, ProofKind::Paper, ProofKind::Tenant];
/// The organisation does not ask the tenant. A tenant who is on the case decides there.
const PAPER_OR_SIGNED_IN: &[ProofKind] = &[ProofKind::Paper, ProofKind::Tenant];
const PAPER_ONLY: &[ProofKind] = &[ProofKind::Paper];

const ALL: &[Scope] = &[Scope::See, Scope::Speak, Scope::Letters, Scope::Decide];
/// Every scope except agreeing to outcomes, withdrawing and requesting a review.
const NOT_DECIDE: &[Scope] = &[Scope::See, Scope::Speak, Scope::Letters];

const fn tenant_can_agree(basis: Basis, ways: &'static [ProofKind], document: Document, most: &'static [Scope]) -> AuthorityRule {
    AuthorityRule {
        tenant: TenantState::Agrees,
        basis,
        accepted_proofs: ways,
        document,
        max_scopes: most,
        tenant_may_end: true,
    }
}

const fn tenant_cannot_agree(tenant: TenantState, basis: Basis, document: Document, most: &'static [Scope]) -> AuthorityRule {
    AuthorityRule {
        tenant,
        basis,
        accepted_proofs: PAPER_ONLY,
        document,
        max_scopes: most,
        tenant_may_end: false,
    }
}

/// The authority table. A pair without a row is refused, such as permission from a tenant who cannot give it, or a power of
/// attorney after a death.
pub const TABLE: &[AuthorityRule] = &[
    tenant_can_agree(Basis::Permission, ANY_PROOF, Document::SignedConsent, ALL),
    tenant_can_agree(Basis::Adviser, ANY_PROOF, Document::SignedConsent, ALL),
    tenant_can_agree(Basis::Other, ANY_PROOF, Document::SignedConsent, ALL),
    tenant_can_agree(Basis::Parent, ANY_PROOF, Document::ParentProof, ALL),
    // The resident asked the office for help, and the office confirms it. Accepting an outcome stays with the resident.
    tenant_can_agree(Basis::Councillor, PAPER_OR_SIGNED_IN, Document::OfficeLetter, NOT_DECIDE),
    tenant_can_agree(Basis::Attorney, PAPER_OR_SIGNED_IN, Document::PowerOfAttorney, ALL),
    tenant_cannot_agree(TenantState::NoCapacity, Basis::Attorney, Document::PowerOfAttorney, ALL),
    tenant_cannot_agree(TenantState::NoCapacity, Basis::Deputy, Document::CourtOrder, ALL),
    // An appointee is appointed only for benefits.
    tenant_cannot_agree(TenantState::NoCapacity, Basis::Appointee, Document::AppointeeLetter, NOT_DECIDE),
    tenant_cannot_agree(TenantState::NoCapacity, Basis::Parent, Document::CapacityProof, ALL),
    tenant_cannot_agree(TenantState::NoCapacity, Basis::Adviser, Document::CapacityProof, ALL),
    tenant_cannot_agree(TenantState::NoCapacity, Basis::Councillor, Document::OfficeLetter, NOT_DECIDE),
    tenant_cannot_agree(TenantState::NoCapacity, Basis::Other, Document::CapacityProof, ALL),
    tenant_cannot_agree(TenantState::Died, Basis::Executor, Document::Will, ALL),
    tenant_cannot_agree(TenantState::Died, Basis::Administrator, Document::LettersOfAdministration, ALL),
    tenant_cannot_agree(TenantState::Died, Basis::NextOfKin, Document::FamilyProof, ALL),
    tenant_cannot_agree(TenantState::Died, Basis::Adviser, Document::EstateProof, ALL),
    tenant_cannot_agree(TenantState::Died, Basis::Councillor, Document::OfficeLetter, NOT_DECIDE),
    tenant_cannot_agree(TenantState::Died, Basis::Other, Document::EstateProof, ALL),
];

/// Returns the row for a tenant state and a basis, or `None` if no proof is accepted for the pair.
///
/// The later of `tenant` and the state that the basis implies counts, in the order of [`TenantState`].
pub fn rule(tenant: TenantState, basis: Basis) -> Option<&'static AuthorityRule> {
    let tenant = tenant.max(TenantState::presupposed_by(basis));
    TABLE.iter().find(|rule| rule.tenant == tenant && rule.basis == basis)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::questionnaire::answers::Answers;
    use crate::questionnaire::question::{Input, Question};
    use crate::{StepId, questionnaire::questions};

    #[test]
    fn a_pair_has_one_row_and_every_right_has_one() {
        for (place, rule) in TABLE.iter().enumerate() {
            let same = |other: &AuthorityRule| (other.tenant, other.basis) == (rule.tenant, rule.basis);
            assert_eq!(TABLE.iter().position(same), Some(place), "{rule:?}");
            assert!(rule.allows(ProofKind::Paper), "every pair allows a document on paper: {rule:?}");
        }
        for basis in Basis::ALL {
            assert!(TABLE.iter().any(|rule| rule.basis == *basis), "{basis:?}");
        }
    }

    #[test]
    fn a_tenant_who_cannot_agree_is_never_asked() {
        for tenant in [TenantState::NoCapacity, TenantState::Died] {
            assert_eq!(rule(tenant, Basis::Permission), None);
            for basis in Basis::ALL {
                let asked = rule(tenant, *basis).is_some_and(AuthorityRule::tenant_can_be_asked);
                assert!(!asked, "{tenant:?} {basis:?}");
            }
        }
        assert_eq!(
            rule(TenantState::Died, Basis::Attorney),
            None,
            "a power of attorney ends with the tenant's death"
        );
        let executor = rule(TenantState::Agrees, Basis::Executor).unwrap();
        assert_eq!(
            executor.tenant,
            TenantState::Died,
            "the basis executor implies that the tenant has died"
        );
    }

    /// The questionnaire offers "ask the resident" for exactly the bases for which the table accepts a link.
    #[test]
    fn the_form_offers_what_the_table_opens() {
        let why = questions::question(StepId::RepresentativeWhy);
        let how = questions::question(StepId::Authority);
        let offered = |question: &Question, answers: &Answers| match question.fields()[0].input {
            Input::One(options) => options(answers, 1).to_vec(),
            _ => panic!("the question must have one choice"),
        };
        for why in offered(why, &Answers::default()) {
            let json = format!(r#"{{"role":{{"role":"representative"}},"representative_why":{{"why":"{why}"}}}}"#);
            let answers: Answers = serde_json::from_str(&json).unwrap();
            let open = match why {
                "no_capacity" | "died" => false,
                why => rule(TenantState::Agrees, Basis::parse(why).unwrap())
                    .unwrap()
                    .allows(ProofKind::Link),
            };
            let asks = offered(how, &answers).contains(&"ask_resident");
            assert_eq!(asks, open, "{why}");
        }
    }
}
