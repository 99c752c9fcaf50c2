//! The state of one person's authority, as the case's events leave it.

use time::Date;

use super::AuthorityState;
use crate::complaint::case_file::{Authority, PersonOnCase};

/// Returns the state of a person's authority on a day.
///
/// Sign-in, pages and REST call this to tell a person with a correct access code why the case is closed to them:
/// - [`AuthorityState::Waiting`]: the claim waits for proof. The sender may see the case meanwhile, a colleague who joined may not.
/// - [`AuthorityState::Unanswered`]: the wait ended without proof. The same people may see the case as before.
/// - [`AuthorityState::Refused`]: a claim was answered with no.
/// - [`AuthorityState::Ended`]: authority was given, and taken away or given up.
/// - [`AuthorityState::Past`]: the last day of the authority has gone by.
#[must_use]
pub fn state_of(person: &PersonOnCase, today: Date) -> AuthorityState {
    match &person.authority {
        Authority::Own => AuthorityState::Own,
        Authority::Claimed(_) if person.claim.has_run_out => AuthorityState::Unanswered,
        Authority::Claimed(_) => AuthorityState::Waiting,
        Authority::Given(rights) if rights.until.is_some_and(|until| until < today) => AuthorityState::Past,
        Authority::Given(_) => AuthorityState::Given,
        Authority::Refused => AuthorityState::Refused,
        Authority::Ended => AuthorityState::Ended,
    }
}
