//! Events of cases: append-only, each holding the hash of the event before.
//!
//! Database triggers refuse to update or delete an event. An edit that gets past the triggers breaks the chain of hashes,
//! and a changed text no longer fits the commitment of the event that brought it: [`super::verification`] finds both.

use sea_orm::{ActiveValue, DbBackend, IntoActiveModel, QueryOrder, QuerySelect, QueryTrait, entity::prelude::*};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    Instant, RecordError,
    cases::{self, Projection},
    commitments::{Commitments, Item},
    entropy::Entropy,
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
    /// How `hash` was computed: 1 or [`ENCODING`]. See [`hash`].
    pub encoding: i32,
    /// Commitments to the items that the event brought, as [`Commitments`] writes them. Empty in encoding 1.
    pub commitments: String,
    /// The salts of the commitments. Empty in encoding 1.
    pub salts: String,
}

/// The encoding of new events.
pub const ENCODING: i32 = 2;

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
    /// What the event brought besides its body and its actor's name, to be bound to the chain with them.
    pub brought: Vec<Item>,
}

/// The item that binds an event's body.
pub const BODY: &str = "body";

/// The item that binds the name of an event's actor, where there is one.
pub const ACTOR_NAME: &str = "actor_name";

/// The hash of an event: SHA-256 over these fields, in this order, each as its length in bytes (8 bytes, big-endian)
/// and then its bytes.
///
/// 1. `onrecord event 2` (ASCII), which names this encoding
/// 2. the hash of the event before, 32 bytes; zeros for the first
/// 3. the case's id, 16 bytes
/// 4. the event's place in the case, 4 bytes, big-endian
/// 5. kind, UTF-8
/// 6. the time, RFC 3339 in UTC with six digits of fraction and `Z`
/// 7. actor's role, UTF-8
/// 8. the column `commitments`, UTF-8: it binds body, actor's name and everything else the event brought
///
/// Encoding 1, of events that were appended before there were commitments, begins with `onrecord event 1` and has two fields
/// in place of the last: the actor's name (empty when there is none, otherwise one byte 1 and then the name in UTF-8) and the
/// body, UTF-8.
pub fn hash(event: &Model) -> [u8; 32] {
    let n = event.n.to_be_bytes();
    let at = event.at.rfc3339();
    let common = [
        event.prev_hash.as_slice(),
        event.case_id.as_bytes(),
        &n,
        event.kind.as_bytes(),
        at.as_bytes(),
        event.actor_role.as_bytes(),
    ];
    let mut sha = Sha256::new();
    let mut put = |field: &[u8]| {
        sha.update((field.len() as u64).to_be_bytes());
        sha.update(field);
    };
    put(format!("onrecord event {}", event.encoding).as_bytes());
    common.into_iter().for_each(&mut put);
    if event.encoding == 1 {
        let name = event.actor_name.as_ref();
        put(&name.map(|name| [&[1], name.as_bytes()].concat()).unwrap_or_default());
        put(event.body.as_bytes());
    } else {
        put(event.commitments.as_bytes());
    }
    sha.finalize().into()
}

/// Appends an event, with a commitment to each item that it brings, and writes what the case's events now say. The caller holds
/// the case ([`cases::lock`]) or has just added it in the same transaction.
pub async fn append(
    write: &Write,
    entropy: &dyn Entropy,
    case_id: Uuid,
    new: NewEvent,
    at: Instant,
    now_says: &Projection,
) -> Result<Model, RecordError> {
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
        brought,
    } = new;
    let mut items = vec![Item::new(BODY, body.as_str())];
    items.extend(actor_name.as_deref().map(|name| Item::new(ACTOR_NAME, name)));
    items.extend(brought);
    let Commitments { commitments, salts } = Commitments::to_items(&items, entropy);
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
        encoding: ENCODING,
        commitments,
        salts,
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

/// Up to `limit` cases with ids after `after` whose first event has encoding 1, and that have no event of the kind `binding`.
pub async fn list_unbound_cases(db: &impl ConnectionTrait, binding: &str, after: Uuid, limit: u64) -> Result<Vec<Uuid>, RecordError> {
    let bound = Entity::find().select_only().column(Column::CaseId).filter(Column::Kind.eq(binding));
    let unbound = Entity::find()
        .select_only()
        .column(Column::CaseId)
        .filter(Column::N.eq(1))
        .filter(Column::Encoding.eq(1))
        .filter(Column::CaseId.gt(after))
        .filter(Column::CaseId.not_in_subquery(bound.into_query()));
    Ok(unbound.order_by_asc(Column::CaseId).limit(limit).into_tuple().all(db).await?)
}

/// Ids of cases that have events and no row.
pub async fn list_without_case(db: &impl ConnectionTrait) -> Result<Vec<Uuid>, RecordError> {
    let cases = cases::Entity::find().select_only().column(cases::Column::Id).into_query();
    let orphans = Entity::find().select_only().column(Column::CaseId).distinct();
    let orphans = orphans.filter(Column::CaseId.not_in_subquery(cases));
    Ok(orphans.into_tuple().all(db).await?)
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    hex::encode(bytes)
}
