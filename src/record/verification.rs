//! Verification of a case: the chain of its events, the commitments, and everything that is derived from the events.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{
    Instant, RecordError,
    cases::{self, Model as Case, Projection},
    commitments::{Commitment, Commitments},
    contents::{self, ANSWERS},
    events::{self, ACTOR_NAME, BODY, ENCODING, Model as Event, hash, hex},
    people::{self, Model as Person},
    store::Store,
    uploads::{self, Owner, State},
};

/// The result of verifying one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Everything is as it was written.
    Intact {
        events: u32,
        /// The newest hash in lower-case hex: kept elsewhere, it shows later that no event was cut off the end.
        head: String,
        /// The event from which answers, files and access codes are bound to the chain: 1, or a later one for a case from before
        /// there were commitments. `None` when none of them is bound yet.
        bound_from: Option<u32>,
    },
    /// The chain does not hold at event `n`.
    BrokenChain { n: u32 },
    /// Event `n` committed to this item, and the database now holds another text for it, or none.
    Changed { n: u32, item: String },
    /// The case holds this item, and no event brought it.
    Unbound { item: String },
    /// The bytes of a file are not those that were received, or cannot be read.
    WrongBytes { file: Uuid },
    /// A row does not read back: the database holds something that this program never writes.
    Unreadable { why: String },
    /// There are events of a case whose own row is gone.
    NoCase,
    /// The events are whole, and a column that is derived from them says something else.
    WrongProjection { table: &'static str, column: &'static str },
}

/// What the database has to say if it follows the events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    pub projection: Projection,
    /// People with a way in, by number.
    pub people: BTreeMap<i32, ExpectedPerson>,
    /// The codes of why files were refused, by the id of the upload.
    pub refused: BTreeMap<String, String>,
}

/// A person's row if it follows the events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedPerson {
    /// The fingerprint of the mailbox; a row without one is right too, since rows from before there were fingerprints have none.
    pub mailbox: Option<Vec<u8>>,
    /// Whether the way in was ended.
    pub ended: bool,
}

/// Verifies a case against `expected`, which is computed from the case's row and events; `None` when the events do not read
/// back. All is read from one snapshot, so that an act at the same moment is not mistaken for a change. `None` when there is
/// no such case.
pub async fn verify(
    store: &Store,
    case_id: Uuid,
    expected: impl Fn(&Case, &[Event]) -> Option<Expected> + Send,
) -> Result<Option<Verdict>, RecordError> {
    let snapshot = store.snapshot().await?;
    let Some(case) = cases::lookup(&snapshot, case_id).await? else {
        return Ok(None);
    };
    let chain = events::list(&snapshot, case.id, 0, u64::from(u32::MAX), &[]).await?;
    let people = people::list(&snapshot, case.id).await?;
    let files = uploads::list(&snapshot, Owner::Case(case.id)).await?;
    let held = contents::all(&snapshot, &case).await?;
    snapshot.rollback().await?;

    let latest = match check_chain(&chain) {
        Ok(latest) => latest,
        Err(n) => return Ok(Some(Verdict::BrokenChain { n })),
    };
    let bound_from = latest.get(ANSWERS).map(|(n, _)| *n);
    if bound_from.is_some() {
        let mut held: BTreeMap<String, String> = held.into_iter().map(|item| (item.name, item.text)).collect();
        for (item, (n, commitment)) in latest {
            if !held.remove(&item).is_some_and(|text| commitment.binds(&text)) {
                return Ok(Some(Verdict::Changed { n, item }));
            }
        }
        if let Some((item, _)) = held.pop_first() {
            return Ok(Some(Verdict::Unbound { item }));
        }
    }
    let (Some(first), Some(last)) = (chain.first(), chain.last()) else {
        return Ok(Some(Verdict::BrokenChain { n: 1 }));
    };
    let expected = expected(&case, &chain);
    let wrong = wrong_column(&case, (first.at, last.at), &people, &files, expected.as_ref());
    Ok(Some(match wrong {
        Some((table, column)) => Verdict::WrongProjection { table, column },
        None => Verdict::Intact {
            events: u32::try_from(chain.len()).unwrap_or(u32::MAX),
            head: hex(&last.hash),
            bound_from,
        },
    }))
}

/// The newest commitment to each item of a case, with the place of its event.
type Latest = BTreeMap<String, (u32, Commitment)>;

/// Recomputes the chain. Returns the commitments to items that are kept beside the events; the place of the first event that
/// does not hold otherwise.
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

/// Checks an event's body and actor's name against its commitments and returns the others. `None` when one does not fit.
fn check_event(event: &Event) -> Option<Vec<Commitment>> {
    if event.encoding != ENCODING {
        // The hash covers body and name themselves.
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

/// The first column that does not say what the events say.
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
