//! Authority to represent a tenant: on what basis, with which scopes, and until when.

mod table;
mod wait;

use time::Date;

use crate::fields::form::{Choice, FieldError, choices};

pub use table::{AuthorityRule, Document, TABLE, TenantState, rule};
pub use wait::{
    NextStep, PeopleWithDocument, Wait, WaitRule, WaitingClaim, WaitsFor, authority_state, next_step, nobody_can_act, waiting, waiting_for,
};

choices! {
    /// What a representative may do for the tenant, in the order of the choices on the page.
    #[derive(PartialOrd, Ord, Hash)]
    Scope {
        /// See the whole case and its files. No other scope includes this; `case::state::visibility` defines what each scope
        /// shows.
        See = "see",
        /// Write, answer and add files for the tenant.
        Speak = "speak",
        /// Receive the letters.
        Letters = "letters",
        /// Agree to outcomes, withdraw, request a review.
        Decide = "decide",
    }
}

choices! {
    /// The basis on which a representative represents the tenant.
    Basis {
        /// The tenant agreed.
        Permission = "permission",
        /// Power of attorney.
        Attorney = "attorney",
        /// A deputy appointed by the court.
        Deputy = "deputy",
        /// An appointee for benefits.
        Appointee = "appointee",
        /// The executor of a tenant who has died.
        Executor = "executor",
        Administrator = "administrator",
        NextOfKin = "next_of_kin",
        Parent = "parent",
        Councillor = "councillor",
        Adviser = "adviser",
        Other = "other",
    }
}

choices! {
    /// How the new representative knows the tenant.
    Connection {
        Family = "family",
        Friend = "friend",
        Adviser = "adviser",
        Solicitor = "solicitor",
        Councillor = "councillor",
        SupportWorker = "support_worker",
        Other = "other",
    }
}

impl Connection {
    /// Returns the basis on which the person represents the tenant, once the tenant agrees.
    pub fn basis(self) -> Basis {
        match self {
            Self::Adviser | Self::Solicitor | Self::SupportWorker => Basis::Adviser,
            Self::Councillor => Basis::Councillor,
            Self::Family | Self::Friend | Self::Other => Basis::Permission,
        }
    }
}

choices! {
    /// The kind of proof by which authority was given.
    ProofKind as GivenBy {
        /// The tenant opened the link and agreed.
        Link = "link",
        /// The tenant read the consent code out on the phone.
        Phone = "phone",
        /// A signed document that the organisation inspected.
        Paper = "paper",
        /// The tenant agreed while signed in to the case.
        Tenant = "tenant",
    }
}

choices! {
    /// The state of one person's authority on a case.
    AuthorityState {
        /// The person is the tenant, who needs no authority.
        Tenant = "own",
        /// The representative's claim waits for proof.
        Waiting = "waiting",
        /// The wait for proof ended without any. The organisation decides what happens to the case.
        Unanswered = "unanswered",
        Given = "given",
        /// The last day of the authority has passed.
        Expired = "past",
        /// The claim was refused before any authority was given.
        Refused = "refused",
        /// Authority was given and has ended.
        Ended = "ended",
    }
}

/// The scopes a person has on a case, and until when. The tenant has every scope without an end date.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    pub scopes: Vec<Scope>,
    /// The last day of the scopes.
    pub until: Option<Date>,
}

impl Rights {
    /// Returns every scope, without an end date.
    pub fn full() -> Self {
        Self {
            scopes: Scope::ALL.to_vec(),
            until: None,
        }
    }

    /// Checks chosen rights: at least one scope, and a last day that is not past. Returns them with the scopes in order.
    pub fn checked(self, today: Date) -> Result<Self, Vec<FieldError>> {
        // A page has one box for each scope, a JSON body a list.
        let no_scope = self.scopes.is_empty().then(|| FieldError {
            pointer: "/scopes".into(),
            ..FieldError::new("scope", "consent_scope_missing")
        });
        let is_past = self.until.is_some_and(|until| until < today);
        let past = is_past.then(|| FieldError::new("until", "consent_until_past").at_input("until-day"));
        let errors: Vec<FieldError> = no_scope.into_iter().chain(past).collect();
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Self {
            scopes: normalise_scopes(&self.scopes),
            until: self.until,
        })
    }

    /// Returns whether a scope is included and valid on a day.
    pub fn allow(&self, scope: Scope, today: Date) -> bool {
        self.until.is_none_or(|until| today <= until) && self.scopes.contains(&scope)
    }
}

/// Removes duplicates from a list of scopes and sorts it in the order of [`Scope`]. No scope implies another.
pub fn normalise_scopes(scopes: &[Scope]) -> Vec<Scope> {
    Scope::ALL.iter().copied().filter(|scope| scopes.contains(scope)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::iso_date;

    #[test]
    fn rights_end_after_their_last_day() {
        let until = iso_date::parse("2026-12-10");
        let rights = Rights {
            scopes: vec![Scope::See],
            until,
        };
        let day = |text| iso_date::parse(text).unwrap();
        assert!(rights.allow(Scope::See, day("2026-12-10")));
        assert!(!rights.allow(Scope::See, day("2026-12-11")));
        assert!(!rights.allow(Scope::Speak, day("2026-12-10")));
        assert!(Rights::full().allow(Scope::Decide, day("2036-12-10")));
    }

    #[test]
    fn no_scope_brings_another_with_it() {
        assert_eq!(normalise_scopes(&[Scope::Speak, Scope::Speak]), [Scope::Speak]);
        assert_eq!(normalise_scopes(&[Scope::Decide, Scope::See]), [Scope::See, Scope::Decide]);
        assert_eq!(normalise_scopes(&[]), []);
    }
}

choices! {
    /// How the tenant was asked.
    AskedBy {
        /// A link in an email.
        Email = "email",
        /// The organisation asks the tenant by phone or letter.
        Organisation = "organisation",
        /// On the case page, when the tenant is signed in.
        SignedIn = "signed_in",
    }
}

/// The progress of a claim: how the tenant was asked, and the days that limit the wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// How the tenant was last asked.
    pub asked: Option<AskedBy>,
    /// The last day for the organisation to ask the tenant by phone or letter.
    pub ask_by: Option<Date>,
    /// The last day of the wait for proof.
    pub until: Option<Date>,
    /// Whether the wait has ended without proof.
    pub has_expired: bool,
    /// By when the organisation decides about the case, once the wait has ended without proof.
    pub decide_by: Option<Date>,
}

impl Claim {
    /// Returns the claim after the tenant was asked again. It starts over: an ended wait no longer counts.
    pub fn asked(by: AskedBy, ask_by: Option<Date>, until: Option<Date>) -> Self {
        Self {
            asked: Some(by),
            ask_by,
            until,
            ..Self::default()
        }
    }
}
