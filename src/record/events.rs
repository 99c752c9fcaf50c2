//! What happened to a case: a chain nobody can quietly change.
//!
//! Database triggers refuse to update or delete an event. Whoever gets past them (the file can be edited) breaks the
//! chain: each event holds the hash of the one before, and [`verify`] recomputes all of them.

use sea_orm::{ActiveValue, DbBackend, IntoActiveModel, QueryOrder, QuerySelect, entity::prelude::*};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    Instant, RecordError,
    cases::{self, Projection},
    store::{Store, Write},
};

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "case_events")]
pub struct Model {
    /// Its place among all events of all cases.
    #[sea_orm(primary_key)]
    pub seq: i64,
    pub case_id: Uuid,
    /// Its place in the case, from 1.
    pub n: i32,
    /// What kind of event.
    pub kind: String,
    pub at: Instant,
    /// Who did it: `resident`, `representative`, `desk`, `system` …
    pub actor_role: String,
    /// Their name, where one is known: the name of the key for a desk.
    pub actor_name: Option<String>,
    /// What it says, as JSON text, exactly as it was hashed.
    pub body: String,
    /// The hash of the event before; 32 zero bytes for the first.
    pub prev_hash: Vec<u8>,
    pub hash: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// An event to append.
#[derive(Clone, Debug)]
pub struct NewEvent {
    pub kind: String,
    pub actor_role: String,
    pub actor_name: Option<String>,
    /// JSON text.
    pub body: String,
}

/// What [`verify`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The chain holds and the case says what its events say. `head` is the newest hash in lower-case hex: kept
    /// elsewhere, it shows later that nothing was cut off the end.
    Intact { events: u32, head: String },
    /// The chain does not hold at event `n`.
    BrokenChain { n: u32 },
    /// The events are whole, but the status, date or time of change kept with the case is not what they say.
    WrongProjection,
}

/// The hash of an event: SHA-256 over these fields, in this order, each as its length in bytes (8 bytes, big-endian)
/// and then its bytes.
///
/// 1. `onrecord event 1` (ASCII), which names this encoding
/// 2. the hash of the event before, 32 bytes; zeros for the first
/// 3. the case's id, 16 bytes
/// 4. the event's place in the case, 4 bytes, big-endian
/// 5. kind, UTF-8
/// 6. the time, RFC 3339 in UTC with six digits of fraction and `Z`
/// 7. actor's role, UTF-8
/// 8. actor's name: empty when there is none, otherwise one byte 1 and then the name in UTF-8
/// 9. body, UTF-8
#[must_use]
pub fn hash(event: &Model) -> [u8; 32] {
    let name = event
        .actor_name
        .as_ref()
        .map(|name| [&[1], name.as_bytes()].concat())
        .unwrap_or_default();
    let mut sha = Sha256::new();
    for field in [
        b"onrecord event 1",
        event.prev_hash.as_slice(),
        event.case_id.as_bytes(),
        &event.n.to_be_bytes(),
        event.kind.as_bytes(),
        event.at.rfc3339().as_bytes(),
        event.actor_role.as_bytes(),
        &name,
        event.body.as_bytes(),
    ] {
        sha.update((field.len() as u64).to_be_bytes());
        sha.update(field);
    }
    sha.finalize().into()
}

/// Appends an event and writes what the case's events now say. The caller holds the case ([`cases::lock`]) or has just
/// added it in the same transaction.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn append(write: &Write, case_id: Uuid, new: NewEvent, at: Instant, now_says: &Projection) -> Result<Model, RecordError> {
    announce(write).await?;
    let last = Entity::find()
        .filter(Column::CaseId.eq(case_id))
        .order_by_desc(Column::N)
        .one(&write.tx())
        .await?;
    let (n, prev_hash) = last.map_or((1, vec![0; 32]), |last| (last.n + 1, last.hash));
    let NewEvent {
        kind,
        actor_role,
        actor_name,
        body,
    } = new;
    let mut event = Model {
        seq: 0,
        case_id,
        n,
        kind,
        at,
        actor_role,
        actor_name,
        body,
        prev_hash,
        hash: Vec::new(),
    };
    event.hash = hash(&event).to_vec();
    let mut row = event.clone().into_active_model();
    row.seq = ActiveValue::NotSet;
    event.seq = Entity::insert(row).exec(&write.tx()).await?.last_insert_id;
    cases::project(write, case_id, now_says, at).await?;
    Ok(event)
}

/// A case's events after its `after`-th (0 for all), oldest first, but none of the kinds in `without`.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn list(db: &impl ConnectionTrait, case_id: Uuid, after: i32, limit: u64, without: &[&str]) -> Result<Vec<Model>, RecordError> {
    let mut events = Entity::find().filter(Column::CaseId.eq(case_id)).filter(Column::N.gt(after));
    if !without.is_empty() {
        events = events.filter(Column::Kind.is_not_in(without.iter().copied()));
    }
    Ok(events.order_by_asc(Column::N).limit(limit).all(db).await?)
}

/// A number of our own among PostgreSQL's advisory locks: held shared by everybody who appends, until they have committed.
const APPENDING: i64 = 0x6f6e_7265_636f_7264;

/// On PostgreSQL places among all events are given out before they are committed, so a reader could pass one by that is committed
/// later. Whoever appends says so, and [`settled`] waits for them. SQLite has one writer, and so one order.
async fn announce(write: &Write) -> Result<(), RecordError> {
    let tx = write.tx();
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock_shared({APPENDING})"))
            .await?;
    }
    Ok(())
}

/// The place of the newest event up to which nothing is still on its way: what is read up to there stays complete.
///
/// # Errors
/// [`RecordError`] when the database cannot answer, or somebody appends for longer than anybody should.
pub async fn settled(store: &Store) -> Result<i64, RecordError> {
    if store.backend() == DbBackend::Postgres {
        let write = store.begin().await?;
        write
            .tx()
            .execute_unprepared(&format!("SELECT pg_advisory_xact_lock({APPENDING})"))
            .await?;
        let newest = newest(&write.tx()).await?;
        write.commit().await?;
        return Ok(newest);
    }
    newest(&store.read).await
}

/// The place of the newest event that can be read now. Before it there may be some that cannot yet: [`settled`].
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn newest(db: &impl ConnectionTrait) -> Result<i64, RecordError> {
    let last = Entity::find().order_by_desc(Column::Seq).limit(1).one(db).await?;
    Ok(last.map_or(0, |event| event.seq))
}

/// Events of all cases with places after `after` and up to `until`, in their order.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn feed(db: &impl ConnectionTrait, after: i64, until: i64, limit: u64) -> Result<Vec<Model>, RecordError> {
    let events = Entity::find().filter(Column::Seq.gt(after)).filter(Column::Seq.lte(until));
    Ok(events.order_by_asc(Column::Seq).limit(limit).all(db).await?)
}

/// Recomputes a case's whole chain and compares the case with what `replay` makes of it.
///
/// # Errors
/// [`RecordError`] when the database cannot answer. A broken chain is an answer.
pub async fn verify(
    db: &impl ConnectionTrait,
    case: &cases::Model,
    replay: impl Fn(&[Model]) -> Option<Projection>,
) -> Result<Verdict, RecordError> {
    let events = Entity::find()
        .filter(Column::CaseId.eq(case.id))
        .order_by_asc(Column::N)
        .all(db)
        .await?;
    let mut prev = vec![0; 32];
    let mut expected = 0;
    for event in &events {
        expected += 1;
        if event.n != expected || event.prev_hash != prev || event.hash != hash(event) {
            return Ok(Verdict::BrokenChain {
                n: u32::try_from(expected).unwrap_or_default(),
            });
        }
        prev.clone_from(&event.hash);
    }
    let Some(last) = events.last() else {
        return Ok(Verdict::BrokenChain { n: 1 });
    };
    let kept = Projection {
        status: case.status.clone(),
        due: case.due.clone(),
    };
    if case.updated_at != last.at || replay(&events) != Some(kept) {
        return Ok(Verdict::WrongProjection);
    }
    Ok(Verdict::Intact {
        events: u32::try_from(events.len()).unwrap_or(u32::MAX),
        head: hex(&prev),
    })
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|b| [DIGITS[usize::from(b >> 4)] as char, DIGITS[usize::from(b & 15)] as char])
        .collect()
}
