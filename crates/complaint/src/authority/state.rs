//! The state of one person's authority, derived from the case's events.

use time::Date;

use crate::authority::AuthorityState;
use crate::case_file::{Authority, PersonOnCase};

/// Returns the state of a person's authority on a day.
///
/// Sign-in, pages and the REST API explain with it why a case is closed to a person with a correct access code:
/// - [`AuthorityState::Waiting`]: the claim waits for proof. Meanwhile only the sender may see the case, not a colleague who
///   joined.
/// - [`AuthorityState::Unanswered`]: the wait ended without proof. Access stays as it was during the wait.
/// - [`AuthorityState::Refused`]: the claim was refused.
/// - [`AuthorityState::Ended`]: authority was given and has ended, or the representative stopped the claim.
/// - [`AuthorityState::Past`]: the last day of the authority has passed.
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
