//! Complaints being filled in.

use sea_orm::{ActiveValue::Set, IntoActiveModel, QueryOrder, QuerySelect, entity::prelude::*, sea_query::LockType};
use uuid::Uuid;

use super::{Instant, RecordError, store::Write, uploads};

/// One draft.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "drafts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// SHA-256 of the secret its holder keeps.
    pub token_hash: Vec<u8>,
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

/// The draft with this id and its files that are all here, oldest first. One question to the database instead of two: every
/// page of the journey asks it.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn lookup_with_files(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<(Model, Vec<uploads::Model>)>, RecordError> {
    let found = Entity::find_by_id(id).find_with_related(uploads::Entity).all(db).await?;
    Ok(found.into_iter().next().map(|(draft, mut files)| {
        files.retain(|file| file.state != uploads::State::Receiving);
        files.sort_by_key(|file| file.id);
        (draft, files)
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

/// Marks the draft as sent: it became this case. From now on it is only there to show the receipt again, until
/// `expires_at`.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn sent(write: &Write, id: Uuid, case_id: Uuid, expires_at: Instant) -> Result<(), RecordError> {
    let changed = ActiveModel {
        case_id: Set(Some(case_id)),
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

/// Removes the draft; its uploads and tickets must have gone before. Whether it was there.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn remove(write: &Write, id: Uuid) -> Result<bool, RecordError> {
    Ok(Entity::delete_by_id(id).exec(&write.tx()).await?.rows_affected > 0)
}
