//! Drafts: complaints that residents are still filling in.

use sea_orm::{
    ActiveValue::Set,
    DbBackend, FromQueryResult, IntoActiveModel, QueryOrder, QuerySelect, QueryTrait, Statement,
    entity::prelude::*,
    sea_query::{LockType, SelectStatement},
};
use uuid::Uuid;

use crate::{Instant, RecordError, store::Write};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "drafts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The answers so far, as JSON text.
    pub answers: String,
    /// The number of times a page was saved, from 0.
    pub revision: i64,
    pub created_at: Instant,
    /// When a page was last saved.
    pub saved_at: Instant,
    /// From this moment on the draft no longer opens.
    pub expires_at: Instant,
    /// The case that the draft became when it was sent.
    pub case_id: Option<Uuid>,
    /// The device that sent the draft. Only this device is shown the receipt.
    pub sent_by: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Finds the draft with this id, including expired ones.
pub async fn lookup(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, RecordError> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// Selects a draft, the device that a draft key belongs to, and whether the draft has files and typed text.
///
/// Every page of the questionnaire runs this query. It is plain SQL because building the query and decoding its row
/// took as long as the database did.
const BY_KEY: &str = "SELECT drafts.id, answers, revision, drafts.created_at, saved_at, expires_at, case_id, sent_by, \
     draft_devices.id AS device_id, seen_at, \
     EXISTS (SELECT 1 FROM uploads WHERE uploads.draft_id = drafts.id) AS has_files, \
     EXISTS (SELECT 1 FROM typed_text WHERE holder = drafts.id) AS has_typed_text \
     FROM drafts JOIN draft_devices ON draft_devices.draft_id = drafts.id \
     WHERE drafts.id = $1 AND key_hash = $2 AND ended_at IS NULL";

/// A draft opened with the key of one of its devices.
#[derive(Clone, Debug)]
pub struct OpenedDraft {
    pub draft: Model,
    /// The device that the draft key belongs to.
    pub device_id: Uuid,
    /// When the device's draft key was last used.
    pub seen_at: Instant,
    /// Whether the draft has files, including those still being uploaded. True for a locked draft on PostgreSQL.
    pub has_files: bool,
    /// Whether the draft has text that was typed and not submitted. True for a locked draft on PostgreSQL.
    pub has_typed_text: bool,
}

/// The same on PostgreSQL, with locks. After waiting for a lock, PostgreSQL sees the other tables as they were before, so files and
/// typed text may always be there.
const LOCKED_BY_KEY: &str = "SELECT drafts.id, answers, revision, drafts.created_at, saved_at, expires_at, case_id, sent_by, \
     draft_devices.id AS device_id, seen_at, TRUE AS has_files, TRUE AS has_typed_text \
     FROM drafts JOIN draft_devices ON draft_devices.draft_id = drafts.id \
     WHERE drafts.id = $1 AND key_hash = $2 AND ended_at IS NULL FOR UPDATE";

/// Finds the draft that this key hash opens, including expired ones. Ended devices open nothing.
pub async fn find_by_key(db: &impl ConnectionTrait, id: Uuid, key_hash: &[u8]) -> Result<Option<OpenedDraft>, RecordError> {
    by_key(db, BY_KEY, id, key_hash).await
}

/// Finds the draft like [`find_by_key`], and locks it until the transaction ends. A later caller waits and then reads what this
/// transaction wrote.
pub async fn lock_by_key(write: &Write, id: Uuid, key_hash: &[u8]) -> Result<Option<OpenedDraft>, RecordError> {
    let tx = write.tx();
    // SQLite has no row locks; its write transactions are serialised anyway.
    let query = match tx.get_database_backend() {
        DbBackend::Postgres => LOCKED_BY_KEY,
        _ => BY_KEY,
    };
    by_key(&tx, query, id, key_hash).await
}

async fn by_key(db: &impl ConnectionTrait, query: &str, id: Uuid, key_hash: &[u8]) -> Result<Option<OpenedDraft>, RecordError> {
    let query = Statement::from_sql_and_values(db.get_database_backend(), query, [id.into(), key_hash.into()]);
    let Some(row) = db.query_one_raw(query).await? else {
        return Ok(None);
    };
    Ok(Some(OpenedDraft {
        draft: Model::from_query_result(&row, "")?,
        device_id: row.try_get("", "device_id")?,
        seen_at: row.try_get("", "seen_at")?,
        has_files: row.try_get("", "has_files")?,
        has_typed_text: row.try_get("", "has_typed_text")?,
    }))
}

/// Locks the draft until the transaction ends. A later caller waits and then reads what this transaction wrote.
pub async fn lock(write: &Write, id: Uuid) -> Result<Option<Model>, RecordError> {
    // SQLite has no row locks and drops the clause; its write transactions are serialised anyway.
    Ok(Entity::find_by_id(id).lock(LockType::Update).one(&write.tx()).await?)
}

pub async fn add(write: &Write, draft: Model) -> Result<(), RecordError> {
    Entity::insert(draft.into_active_model())
        .exec_without_returning(&write.tx())
        .await?;
    Ok(())
}

/// Stores the answers, revision, save time and expiry of a draft. Lock the draft first.
pub async fn save(write: &Write, draft: &Model) -> Result<(), RecordError> {
    let changed = ActiveModel {
        answers: Set(draft.answers.clone()),
        revision: Set(draft.revision),
        saved_at: Set(draft.saved_at),
        expires_at: Set(draft.expires_at),
        ..Default::default()
    };
    Entity::update_many()
        .set(changed)
        .filter(Column::Id.eq(draft.id))
        .exec(&write.tx())
        .await?;
    Ok(())
}

/// Marks the draft as sent from a device: it became this case. It is kept until `expires_at` to show the receipt
/// again.
pub async fn mark_sent(write: &Write, id: Uuid, case_id: Uuid, sent_by: Uuid, expires_at: Instant) -> Result<(), RecordError> {
    let changed = ActiveModel {
        case_id: Set(Some(case_id)),
        sent_by: Set(Some(sent_by)),
        expires_at: Set(expires_at),
        ..Default::default()
    };
    Entity::update_many()
        .set(changed)
        .filter(Column::Id.eq(id))
        .exec(&write.tx())
        .await?;
    Ok(())
}

/// Lists up to `limit` drafts that expired at or before `now` and were never sent, the oldest first.
pub async fn list_expired(db: &impl ConnectionTrait, now: Instant, limit: u64) -> Result<Vec<Uuid>, RecordError> {
    let expired = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::ExpiresAt.lte(now))
        .filter(Column::CaseId.is_null())
        .order_by_asc(Column::ExpiresAt)
        .limit(limit);
    Ok(expired.into_tuple().all(db).await?)
}

/// Selects the ids of drafts that were sent and whose receipt is no longer shown at `now`.
pub(crate) fn sent_and_over(now: Instant) -> SelectStatement {
    let over = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::ExpiresAt.lte(now))
        .filter(Column::CaseId.is_not_null());
    QueryTrait::into_query(over)
}

/// Deletes the draft. Its uploads, resume links and codes, and devices must be deleted first. Returns false if there
/// was none.
pub async fn remove(write: &Write, id: Uuid) -> Result<bool, RecordError> {
    Ok(Entity::delete_by_id(id).exec(&write.tx()).await?.rows_affected > 0)
}
