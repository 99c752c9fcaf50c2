//! Acting for somebody else: by what right, for what, until when.

#[cfg(feature = "ssr")]
mod claim;
#[cfg(feature = "ssr")]
mod state;
#[cfg(feature = "ssr")]
mod table;
#[cfg(feature = "ssr")]
mod wait;

use time::Date;

use super::form::{Choice, choices};

#[cfg(feature = "ssr")]
pub use claim::{AskedBy, Claim};
#[cfg(feature = "ssr")]
pub use state::state_of;
#[cfg(feature = "ssr")]
pub use table::{Document, Rule, TABLE, TenantState, rule};
#[cfg(feature = "ssr")]
pub use wait::{Acts, NextStep, Papers, Wait, WaitRule, Waiting, next_step, nobody_can_act, waiting, waiting_for};

choices! {
    /// What a representative may do for the tenant. In the order of the question that asks for it.
    #[derive(PartialOrd, Ord, Hash)]
    Scope {
        /// See everything of the case, and its files. The other scopes do not include this: `case_file::sight` says what each sees.
        See = "see",
        /// Write, answer and add files for the tenant.
        Speak = "speak",
        /// Get the letters.
        Letters = "letters",
        /// Agree to outcomes, withdraw, ask for a review.
        Decide = "decide",
    }
}

choices! {
    /// By what right somebody acts for the tenant.
    Basis {
        /// The tenant agreed.
        Permission = "permission",
        /// Power of attorney.
        Attorney = "attorney",
        /// A deputy appointed by the court.
        Deputy = "deputy",
        /// An appointee for benefits.
        Appointee = "appointee",
        /// For somebody who has died.
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
    /// How the authority came to us.
    GivenBy {
        /// The tenant opened the link and agreed.
        Link = "link",
        /// The tenant read out the code.
        Phone = "phone",
        /// A signed paper, looked at by the organisation.
        Paper = "paper",
        /// The tenant, signed in to the case.
        Tenant = "tenant",
    }
}

choices! {
    /// The state of one person's authority on a case.
    AuthorityState {
        /// The tenant needs no authority.
        Own = "own",
        /// The representative's claim waits for proof.
        Waiting = "waiting",
        /// The wait for proof ended without any; the organisation decides how the case goes on.
        Unanswered = "unanswered",
        Given = "given",
        /// The last day of the authority has gone by.
        Past = "past",
        /// The claim was answered with no, before any authority was given.
        Refused = "refused",
        /// Authority was given, and ended.
        Ended = "ended",
    }
}

/// What somebody may do on a case, and until when. The tenant themselves may do everything, without end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    pub scopes: Vec<Scope>,
    /// The last day.
    pub until: Option<Date>,
}

impl Rights {
    /// All of it, without end.
    #[must_use]
    pub fn full() -> Self {
        Self {
            scopes: Scope::ALL.to_vec(),
            until: None,
        }
    }

    /// What they come to on a day.
    #[must_use]
    pub fn allow(&self, scope: Scope, today: Date) -> bool {
        self.until.is_none_or(|until| today <= until) && self.scopes.contains(&scope)
    }
}

/// Tidies a list of scopes: each once, in the order of the question. No scope brings another with it.
#[must_use]
pub fn tidy(scopes: &[Scope]) -> Vec<Scope> {
    Scope::ALL.iter().copied().filter(|scope| scopes.contains(scope)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::complaint::fields::iso_date;

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
        assert_eq!(tidy(&[Scope::Speak, Scope::Speak]), [Scope::Speak]);
        assert_eq!(tidy(&[Scope::Decide, Scope::See]), [Scope::See, Scope::Decide]);
        assert_eq!(tidy(&[]), []);
    }
}
