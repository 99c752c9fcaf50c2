//! Complaints being filled in.

use sea_orm::{
    ActiveValue::Set, FromQueryResult, IntoActiveModel, QueryOrder, QuerySelect, Statement, entity::prelude::*, sea_query::LockType,
};
use uuid::Uuid;

use super::uploads::{self, Owner};
use super::{Instant, RecordError, store::Write};

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

/// A draft, and whether there is any file of it: one question to the database, which every page of the journey asks. Written out
/// and short, because building a longer one and reading its row took as long as the database took.
const WITH_WHETHER_FILES: &str = "SELECT id, token_hash, answers, revision, created_at, saved_at, expires_at, case_id, \
     EXISTS (SELECT 1 FROM uploads WHERE uploads.draft_id = drafts.id) AS has_files FROM drafts WHERE id = $1";

/// The draft with this id and its files that are all here, oldest first.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn lookup_with_files(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<(Model, Vec<uploads::Model>)>, RecordError> {
    let question = Statement::from_sql_and_values(db.get_database_backend(), WITH_WHETHER_FILES, [id.into()]);
    let Some(row) = db.query_one_raw(question).await? else {
        return Ok(None);
    };
    let draft = Model::from_query_result(&row, "")?;
    let files = if row.try_get("", "has_files")? {
        uploads::list(db, Owner::Draft(id)).await?
    } else {
        Vec::new()
    };
    Ok(Some((draft, files)))
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
