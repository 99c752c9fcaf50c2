//! Verification of a case: its hash chain, its commitments, and everything derived from its events. Verification of the log.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::{
    Instant, RecordError,
    cases::{self, Model as Case, Projection},
    commitments::{Commitment, Commitments},
    contents::{self, ANSWERS},
    events::{self, ACTOR_NAME, BODY, ENCODING, Model as Event, hash},
    log::{self, LogVerdict},
    people::{self, Model as Person},
    store::Store,
    uploads::{self, Owner, State},
};

/// The result of verifying one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VerificationResult {
    /// Everything is as it was written.
    Intact {
        events: u32,
        /// The newest hash in lower-case hex. A copy of it, kept elsewhere, shows later whether the last events were
        /// cut off.
        head: String,
        /// The event from which answers, files and access codes are bound to the chain. `None` if they are not bound
        /// yet.
        ///
        /// It is 1, or later for a case from before commitments existed.
        bound_from: Option<u32>,
    },
    /// The hash chain is broken at event `n`.
    BrokenChain { n: u32 },
    /// Event `n` committed to this item, and the database now contains another text for it, or none.
    Changed { n: u32, item: String },
    /// The case contains this item, but no event committed to it.
    Unbound { item: String },
    /// The bytes of a file differ from those received, or cannot be read.
    WrongBytes { file: Uuid },
    /// A row cannot be read back: the database contains something that this program never writes.
    Unreadable { why: String },
    /// Events exist of a case whose own row is gone.
    NoCase,
    /// The events are intact, but a column derived from them has another value.
    WrongProjection { table: &'static str, column: &'static str },
}

/// The values of all columns that are derived from a case's events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    pub projection: Projection,
    /// People who have, or had, access, by person number.
    pub people: BTreeMap<i32, ExpectedPerson>,
    /// The reason codes of refused files, by upload id.
    pub refused: BTreeMap<String, String>,
}

/// The derived columns of a person's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedPerson {
    /// The fingerprint of the mailbox. A row without one is accepted too: rows older than the fingerprints have none.
    pub mailbox: Option<Vec<u8>>,
    /// Whether the person's access was ended.
    pub ended: bool,
}

/// Verifies a case. Returns `None` if there is no such case.
///
/// `expected` computes the derived columns from the case's row and events, or returns `None` if an event cannot be
/// read. All reads come from one snapshot, so that a concurrent change is not mistaken for tampering.
pub async fn verify(
    store: &Store,
    case_id: Uuid,
    expected: impl Fn(&Case, &[Event]) -> Option<Expected> + Send,
) -> Result<Option<VerificationResult>, RecordError> {
    let snapshot = store.snapshot().await?;
    let Some(case) = cases::lookup(&snapshot, case_id).await? else {
        return Ok(None);
    };
    let chain = events::list(&snapshot, case.id, 0, u64::from(u32::MAX), &[]).await?;
    let people = people::list(&snapshot, case.id).await?;
    let files = uploads::list(&snapshot, Owner::Case(case.id)).await?;
    let held = contents::list_items(&snapshot, &case).await?;
    snapshot.rollback().await?;

    let latest = match check_chain(&chain) {
        Ok(latest) => latest,
        Err(n) => return Ok(Some(VerificationResult::BrokenChain { n })),
    };
    let bound_from = latest.get(ANSWERS).map(|(n, _)| *n);
    if bound_from.is_some() {
        let mut held: BTreeMap<String, String> = held.into_iter().map(|item| (item.name, item.text)).collect();
        for (item, (n, commitment)) in latest {
            if !held.remove(&item).is_some_and(|text| commitment.binds(&text)) {
                return Ok(Some(VerificationResult::Changed { n, item }));
            }
        }
        if let Some((item, _)) = held.pop_first() {
            return Ok(Some(VerificationResult::Unbound { item }));
        }
    }
    let (Some(first), Some(last)) = (chain.first(), chain.last()) else {
        return Ok(Some(VerificationResult::BrokenChain { n: 1 }));
    };
    let expected = expected(&case, &chain);
    let wrong = wrong_column(&case, (first.at, last.at), &people, &files, expected.as_ref());
    Ok(Some(match wrong {
        Some((table, column)) => VerificationResult::WrongProjection { table, column },
        None => VerificationResult::Intact {
            events: u32::try_from(chain.len()).unwrap_or(u32::MAX),
            head: hex::encode(&last.hash),
            bound_from,
        },
    }))
}

/// Verifies the log: see [`LogVerdict`].
pub async fn verify_log(store: &Store) -> Result<LogVerdict, RecordError> {
    let snapshot = store.snapshot().await?;
    let verdict = log::verify(&snapshot).await;
    snapshot.rollback().await?;
    verdict
}

/// The newest commitment to each item of a case, with the position of its event.
type Latest = BTreeMap<String, (u32, Commitment)>;

/// Recomputes the hash chain and returns the newest commitments to items stored outside the events.
///
/// # Errors
/// The position of the first event that breaks the chain.
fn check_chain(chain: &[Event]) -> Result<Latest, u32> {
    let mut latest = Latest::new();
    let mut prev = vec![0; 32];
    for (place, event) in (1..).zip(chain) {
        let brought = check_event(event).ok_or(place)?;
        if u32::try_from(event.n) != Ok(place) || event.prev_hash != prev || event.hash != hash(event) {
            return Err(place);
        }
        for commitment in brought {
            latest.insert(commitment.item.clone(), (place, commitment));
        }
        prev.clone_from(&event.hash);
    }
    Ok(latest)
}

/// Checks an event's body and actor's name against its commitments and returns the other commitments.
///
/// Returns `None` if one does not match.
fn check_event(event: &Event) -> Option<Vec<Commitment>> {
    if event.encoding != ENCODING {
        // In encoding 1 the hash covers the body and the name themselves.
        return (event.commitments.is_empty() && event.salts.is_empty()).then(Vec::new);
    }
    let mut brought = Commitments::parse(&event.commitments, &event.salts)?;
    let mut own = |name: &str, text: Option<&str>| {
        let place = brought.iter().position(|commitment| commitment.item == name);
        match (place.map(|place| brought.remove(place)), text) {
            (Some(commitment), Some(text)) => commitment.binds(text),
            (None, None) => true,
            _ => false,
        }
    };
    let fits = own(BODY, Some(&event.body)) && own(ACTOR_NAME, event.actor_name.as_deref());
    fits.then_some(brought)
}

/// Returns the first table and column that differ from what the events determine.
fn wrong_column(
    case: &Case,
    (first, last): (Instant, Instant),
    people: &[Person],
    files: &[uploads::Model],
    expected: Option<&Expected>,
) -> Option<(&'static str, &'static str)> {
    let Some(expected) = expected else {
        return Some(("case_events", "body"));
    };
    let refused = |file: &&uploads::Model| file.state == State::Refused;
    let reasons: BTreeMap<String, String> = files
        .iter()
        .filter(refused)
        .map(|file| (file.id.to_string(), file.reason.clone().unwrap_or_default()))
        .collect();
    let numbers = people.iter().map(|person| person.number);
    let column_of = |person: &Person| {
        let expected = expected.people.get(&person.number)?;
        if person.ended_at.is_some() != expected.ended {
            return Some(("people", "ended_at"));
        }
        let other_mailbox = person.mailbox.is_some() && person.mailbox != expected.mailbox;
        other_mailbox.then_some(("people", "mailbox"))
    };
    [
        (case.submitted_at != first, ("cases", "submitted_at")),
        (case.updated_at != last, ("cases", "updated_at")),
        (case.status != expected.projection.status, ("cases", "status")),
        (case.due != expected.projection.due, ("cases", "due")),
        (!numbers.eq(expected.people.keys().copied()), ("people", "number")),
        (reasons != expected.refused, ("uploads", "state")),
    ]
    .into_iter()
    .find_map(|(wrong, column)| wrong.then_some(column))
    .or_else(|| people.iter().find_map(column_of))
    .or_else(|| {
        let reason_of_none = |file: &uploads::Model| file.state != State::Refused && file.reason.is_some();
        files.iter().any(reason_of_none).then_some(("uploads", "reason"))
    })
}
