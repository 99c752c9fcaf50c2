//! The state of one person's authority, derived from the case's events.

use time::Date;

use crate::case::representation::AuthorityState;
use crate::case::state::{Authority, Participant};

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
