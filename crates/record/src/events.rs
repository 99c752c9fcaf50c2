//! Events of cases: append-only, each containing the hash of the previous event.
//!
//! Database triggers refuse to update or delete an event. An edit that gets past the triggers breaks the hash chain,
//! and a changed text no longer matches the commitment of its event. [`crate::verification`] finds both.

use sea_orm::{ActiveValue, Condition, DbBackend, IntoActiveModel, QueryOrder, QuerySelect, QueryTrait, entity::prelude::*};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    Instant, RecordError,
    cases::{self, Projection},
    commitments::{Commitments, Item},
    entropy::Entropy,
    store::{Store, Write},
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "case_events")]
pub struct Model {
    /// Position among the events of all cases.
    #[sea_orm(primary_key)]
    pub seq: i64,
    pub case_id: Uuid,
    /// Position among the events of its case, from 1.
    pub n: i32,
    pub kind: String,
    pub at: Instant,
    /// The actor's role: `resident`, `representative`, `desk`, `system` …
    pub actor_role: String,
    /// The actor's name, if known; for a desk, the name of its API key.
    pub actor_name: Option<String>,
    /// The event's data as JSON text, exactly as it was hashed.
    pub body: String,
    /// The hash of the case's previous event; 32 zero bytes for the first.
    pub prev_hash: Vec<u8>,
    pub hash: Vec<u8>,
    /// The version of the hash input: 1 or [`ENCODING`]. See [`hash`].
    pub encoding: i32,
    /// Commitments to the event's items, in the form of [`Commitments`]. Empty in encoding 1.
    pub commitments: String,
    /// The salts of the commitments. Empty in encoding 1.
    pub salts: String,
}

/// The encoding of new events.
pub const ENCODING: i32 = 2;

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

#[derive(Clone, Debug)]
pub struct NewEvent {
    pub kind: String,
    pub actor_role: String,
    pub actor_name: Option<String>,
    /// The event's data as JSON text.
    pub body: String,
    /// Further items that the event binds to the chain, besides its body and its actor's name.
    pub brought: Vec<Item>,
}

/// The name of the item that binds an event's body.
pub const BODY: &str = "body";

/// The name of the item that binds the name of an event's actor, if there is one.
pub const ACTOR_NAME: &str = "actor_name";

/// Returns the hash of an event: SHA-256 over the fields below, in this order.
///
/// Each field is hashed as its length in bytes (8 bytes, big-endian), followed by its bytes.
///
/// 1. `onrecord event 2` (ASCII), which names this encoding
/// 2. the hash of the previous event, 32 bytes; zeros for the first
/// 3. the case's id, 16 bytes
/// 4. the event's position in the case, 4 bytes, big-endian
/// 5. kind, UTF-8
/// 6. the time, RFC 3339 in UTC with six digits of fraction and `Z`
/// 7. actor's role, UTF-8
/// 8. the column `commitments`, UTF-8: it binds the body, the actor's name and the event's other items
///
/// Encoding 1 is that of events appended before commitments existed. It begins with `onrecord event 1` and has two
/// fields in place of the last: the actor's name and the body, both UTF-8. The name is empty if there is none;
/// otherwise it is preceded by one byte 1.
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

/// Appends an event with a commitment to each of its items, and stores the case's new projection. The commit adds the event's leaf to
/// the log.
///
/// The caller has locked the case ([`cases::lock`]) or has added it in the same transaction.
pub async fn append(
    write: &Write,
    entropy: &dyn Entropy,
    case_id: Uuid,
    new: NewEvent,
    at: Instant,
    now_says: &Projection,
) -> Result<Model, RecordError> {
    lock_for_append(write).await?;
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
    write.add_to_log(event.hash.clone());
    cases::project(write, case_id, now_says, at).await?;
    Ok(event)
}

/// Lists a case's events after position `after` (0 for all), oldest first, leaving out the kinds in `without`.
#[tracing::instrument(level = "debug", skip_all, fields(after = after))]
pub async fn list(db: &impl ConnectionTrait, case_id: Uuid, after: i32, limit: u64, without: &[&str]) -> Result<Vec<Model>, RecordError> {
    let mut events = Entity::find().filter(Column::CaseId.eq(case_id)).filter(Column::N.gt(after));
    if !without.is_empty() {
        events = events.filter(Column::Kind.is_not_in(without.iter().copied()));
    }
    Ok(events.order_by_asc(Column::N).limit(limit).all(db).await?)
}

/// The id of this program's PostgreSQL advisory lock. Every transaction that appends an event holds it shared until
/// it ends.
const APPENDING: i64 = 0x6f6e_7265_636f_7264;

/// Takes the shared lock that [`last_committed_position`] waits for, on PostgreSQL.
///
/// PostgreSQL assigns positions before transactions commit, so a reader could move past a position that is committed
/// later. SQLite has a single writer, so its events commit in the order of their positions.
async fn lock_for_append(write: &Write) -> Result<(), RecordError> {
    let tx = write.tx();
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock_shared({APPENDING})"))
            .await?;
    }
    Ok(())
}

/// Returns the newest position up to which every event is committed; no event appears later at or before it.
///
/// # Errors
/// [`RecordError::Unavailable`] also if a transaction that appends takes longer than the statement timeout.
pub async fn last_committed_position(store: &Store) -> Result<i64, RecordError> {
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

/// Returns the newest position that can be read now. Earlier ones may still be uncommitted: see
/// [`last_committed_position`].
pub async fn newest(db: &impl ConnectionTrait) -> Result<i64, RecordError> {
    let last = Entity::find().order_by_desc(Column::Seq).limit(1).one(db).await?;
    Ok(last.map_or(0, |event| event.seq))
}

/// Lists events of all cases with positions after `after` and up to `until`, in order of position.
pub async fn feed(db: &impl ConnectionTrait, after: i64, until: i64, limit: u64) -> Result<Vec<Model>, RecordError> {
    let events = Entity::find().filter(Column::Seq.gt(after)).filter(Column::Seq.lte(until));
    Ok(events.order_by_asc(Column::Seq).limit(limit).all(db).await?)
}

/// Lists up to `limit` cases with ids after `after` whose events are not bound to commitments yet.
///
/// These are cases whose first event has encoding 1 and that have no event of the kind `binding`.
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

/// Returns the ids of cases on which a wait for authority may have ended; their events say which waits have.
///
/// Some have the status `waiting` and a date before `today`. In the others the status is not `closed` and the tenant
/// was asked at or before `asked`.
pub async fn list_waits_over(
    db: &impl ConnectionTrait,
    waiting: &str,
    closed: &str,
    today: &str,
    asked: Instant,
) -> Result<Vec<Uuid>, RecordError> {
    let asked = Entity::find()
        .select_only()
        .column(Column::CaseId)
        .filter(Column::Kind.eq("authority_asked"))
        .filter(Column::At.lte(asked));
    let asked = cases::Column::Id.in_subquery(asked.into_query());
    let late = Condition::all()
        .add(cases::Column::Status.eq(waiting))
        .add(cases::Column::Due.lt(today));
    let open = Condition::all().add(cases::Column::Status.ne(closed)).add(asked);
    let ids = cases::Entity::find().select_only().column(cases::Column::Id);
    let ids = ids.filter(Condition::any().add(late).add(open)).order_by_asc(cases::Column::Id);
    Ok(ids.into_tuple().all(db).await?)
}

/// Lists the ids of cases that have events but no row.
pub async fn list_without_case(db: &impl ConnectionTrait) -> Result<Vec<Uuid>, RecordError> {
    let cases = cases::Entity::find().select_only().column(cases::Column::Id).into_query();
    let orphans = Entity::find().select_only().column(Column::CaseId).distinct();
    let orphans = orphans.filter(Column::CaseId.not_in_subquery(cases));
    Ok(orphans.into_tuple().all(db).await?)
}
