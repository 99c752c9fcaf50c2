//! Complaints being filled in.

use sea_orm::{
    ActiveValue::Set,
    FromQueryResult, IntoActiveModel, QueryOrder, QuerySelect, QueryTrait, Statement,
    entity::prelude::*,
    sea_query::{LockType, SelectStatement},
};
use uuid::Uuid;

use super::uploads;
use super::{Instant, RecordError, store::Write};

/// One draft.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "drafts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The answers so far, as JSON text.
    pub answers: String,
    /// Counts saved pages, from 0.
    pub revision: i64,
    pub created_at: Instant,
    /// When a page was last saved.
    pub saved_at: Instant,
    /// From this moment on it is gone.
    pub expires_at: Instant,
    /// The case it became, once it was sent.
    pub case_id: Option<Uuid>,
    /// The device that sent it: only that device is given the receipt.
    pub sent_by: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(has_many = "uploads::Entity")]
    Uploads,
}

impl Related<uploads::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Uploads.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// The draft with this id, expired or not.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn lookup(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, RecordError> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// A draft with the device a key belongs to, and whether the draft has files: one query, which every page of the journey runs.
/// Written as SQL, because building the query and reading its row took as long as the database took.
const BY_KEY: &str = "SELECT drafts.id, answers, revision, drafts.created_at, saved_at, expires_at, case_id, sent_by, \
     draft_devices.id AS device_id, seen_at, \
     EXISTS (SELECT 1 FROM uploads WHERE uploads.draft_id = drafts.id) AS has_files \
     FROM drafts JOIN draft_devices ON draft_devices.draft_id = drafts.id \
     WHERE drafts.id = $1 AND key_hash = $2 AND ended_at IS NULL";

/// A draft as the key of one of its devices opens it.
#[derive(Clone, Debug)]
pub struct Opened {
    pub draft: Model,
    /// The device the key belongs to.
    pub device_id: Uuid,
    /// When the device's key was last used.
    pub seen_at: Instant,
    /// Whether the draft has files, here or on their way.
    pub has_files: bool,
}

/// The draft with this id, when a device that has not ended has this key hash; expired or not.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn find_by_key(db: &impl ConnectionTrait, id: Uuid, key_hash: &[u8]) -> Result<Option<Opened>, RecordError> {
    let query = Statement::from_sql_and_values(db.get_database_backend(), BY_KEY, [id.into(), key_hash.into()]);
    let Some(row) = db.query_one_raw(query).await? else {
        return Ok(None);
    };
    Ok(Some(Opened {
        draft: Model::from_query_result(&row, "")?,
        device_id: row.try_get("", "device_id")?,
        seen_at: row.try_get("", "seen_at")?,
        has_files: row.try_get("", "has_files")?,
    }))
}

/// The same without its files, held until the transaction ends: whoever comes next waits, and sees what this one wrote.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn lock(write: &Write, id: Uuid) -> Result<Option<Model>, RecordError> {
    // SQLite has no row locks and drops the clause; its write transactions queue as a whole.
    Ok(Entity::find_by_id(id).lock(LockType::Update).one(&write.tx()).await?)
}

/// Adds a draft.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn add(write: &Write, draft: Model) -> Result<(), RecordError> {
    Entity::insert(draft.into_active_model())
        .exec_without_returning(&write.tx())
        .await?;
    Ok(())
}

/// Replaces the answers and moves the end of its life. Lock the draft first.
///
/// # Errors
/// [`RecordError`] when the database refuses.
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

/// Marks the draft as sent by a device: it became this case. From now on it is only there to show the receipt again, until
/// `expires_at`.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn sent(write: &Write, id: Uuid, case_id: Uuid, sent_by: Uuid, expires_at: Instant) -> Result<(), RecordError> {
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

/// Up to `limit` drafts that expired before `now` and were never sent, the oldest first.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
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
pub(super) fn sent_and_over(now: Instant) -> SelectStatement {
    let over = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::ExpiresAt.lte(now))
        .filter(Column::CaseId.is_not_null());
    QueryTrait::into_query(over)
}

/// Removes the draft; its uploads, tickets and devices must have gone before. Whether it was there.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn remove(write: &Write, id: Uuid) -> Result<bool, RecordError> {
    Ok(Entity::delete_by_id(id).exec(&write.tx()).await?.rows_affected > 0)
}
