//! The claims to represent a tenant, as participants and the desk see them.

use time::Date;

use complaint::case::{
    person_number::PersonNumber,
    representation::{PeopleWithDocument, WaitingClaim, waiting},
    state::{CaseProjection, Participant},
};
use contract::people::ClaimView;

/// Returns the waiting claims as one reader sees them: the person with this number, or the organisation for `None`.
pub(crate) fn claims(file: &CaseProjection, papers: &PeopleWithDocument, reader: Option<PersonNumber>) -> Vec<ClaimView> {
    let view = |waiting: WaitingClaim| {
        let person = file.person(waiting.person)?;
        Some(ClaimView {
            person: person.number,
            name: person.name.clone(),
            wait: waiting.wait,
            who_acts: waiting.next_step(file).read_by(file, reader),
            by: waiting.by,
            document: file.rule_for(person).map(|rule| rule.document),
        })
    };
    waiting(file, papers).into_iter().filter_map(view).collect()
}

/// Returns the claims that a participant may see: all with the scope `see`, otherwise only their own.
pub(crate) fn claims_seen(file: &CaseProjection, person: &Participant, papers: &PeopleWithDocument, today: Date) -> Vec<ClaimView> {
    let mut seen = claims(file, papers, Some(person.number));
    seen.retain(|claim| person.sees_all(today) || claim.person == person.number);
    seen
}
