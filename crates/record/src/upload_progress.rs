//! Progress of resumable uploads. A row exists from the announcement of an upload until some time after its last
//! byte.
//!
//! One writer at a time advances a row: the one whose id is in `writer`, and only from the offset it knows. A writer
//! that has lost the row to another one, on this server or another, changes nothing any more.

use sea_orm::{ActiveValue::Set, IntoActiveModel, QueryOrder, QuerySelect, entity::prelude::*, sea_query::Expr};
use uuid::Uuid;

use crate::{Instant, RecordError, store::Write};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "upload_progress")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub upload_id: Uuid,
    /// The number of bytes safely stored, contiguous from the start.
    pub received: i64,
    /// The storage's own notes on where the bytes are, if not in one file, as JSON text.
    pub pieces: String,
    /// The metadata that the client sent for the file, unchanged.
    pub metadata: String,
    /// The id of the writer that is advancing the row, if there is one.
    pub writer: Option<Uuid>,
    /// 1 if another request wants the row and asks its writer to stop, otherwise 0.
    pub asked: i64,
    /// When an unfinished upload is given up. For a finished one: when this row is deleted.
    pub expires_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Finds the row of this upload. `None` if it is not resumable, finished long ago, or does not exist.
pub async fn lookup(db: &impl ConnectionTrait, upload: Uuid) -> Result<Option<Model>, RecordError> {
    Ok(Entity::find_by_id(upload).one(db).await?)
}

/// Inserts a row. The upload's own row must exist.
pub async fn add(write: &Write, row: Model) -> Result<(), RecordError> {
    Entity::insert(row.into_active_model()).exec_without_returning(&write.tx()).await?;
    Ok(())
}

/// Replaces the writer `from` by `to`, and sets a new expiry if one is given. Returns false if `from` is not the
/// writer.
pub async fn change_writer(
    write: &Write,
    upload: Uuid,
    from: Option<Uuid>,
    to: Option<Uuid>,
    expires_at: Option<Instant>,
) -> Result<bool, RecordError> {
    let mut changed = ActiveModel {
        writer: Set(to),
        asked: Set(0),
        ..Default::default()
    };
    if let Some(at) = expires_at {
        changed.expires_at = Set(at);
    }
    let held = match from {
        Some(writer) => Column::Writer.eq(writer),
        None => Column::Writer.is_null(),
    };
    let row = Entity::update_many().set(changed).filter(Column::UploadId.eq(upload)).filter(held);
    Ok(row.exec(&write.tx()).await?.rows_affected > 0)
}

/// Asks the current writer of the row to stop.
pub async fn request_stop(write: &Write, upload: Uuid) -> Result<(), RecordError> {
    Entity::update_many()
        .col_expr(Column::Asked, Expr::value(1))
        .filter(Column::UploadId.eq(upload))
        .filter(Column::Writer.is_not_null())
        .exec(&write.tx())
        .await?;
    Ok(())
}

/// The progress that a writer reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgressUpdate {
    pub upload: Uuid,
    pub writer: Uuid,
    /// The offset before this step, as the writer knows it.
    pub from: i64,
    /// The new offset.
    pub to: i64,
    pub pieces: String,
    pub expires_at: Instant,
    /// Whether the writer continues; otherwise it gives up the row.
    pub continues: bool,
}

/// Records a writer's progress. Returns false if another writer has the row or the row is gone.
pub async fn advance(write: &Write, step: ProgressUpdate) -> Result<bool, RecordError> {
    let changed = ActiveModel {
        received: Set(step.to),
        pieces: Set(step.pieces),
        expires_at: Set(step.expires_at),
        writer: Set(step.continues.then_some(step.writer)),
        ..Default::default()
    };
    let row = Entity::update_many()
        .set(changed)
        .filter(Column::UploadId.eq(step.upload))
        .filter(Column::Writer.eq(step.writer))
        .filter(Column::Received.eq(step.from));
    Ok(row.exec(&write.tx()).await?.rows_affected > 0)
}

/// Deletes the row only, because the upload is complete. Returns false if there was none.
pub async fn remove(write: &Write, upload: Uuid) -> Result<bool, RecordError> {
    Ok(Entity::delete_by_id(upload).exec(&write.tx()).await?.rows_affected > 0)
}

/// Lists up to `limit` uploads whose row expired at or before `now`, the oldest first.
pub async fn list_expired(db: &impl ConnectionTrait, now: Instant, limit: u64) -> Result<Vec<Uuid>, RecordError> {
    let expired = Entity::find()
        .select_only()
        .column(Column::UploadId)
        .filter(Column::ExpiresAt.lte(now))
        .order_by_asc(Column::ExpiresAt)
        .limit(limit);
    Ok(expired.into_tuple().all(db).await?)
}

/// Lists up to `limit` rows with ids after `after`, in id order; used to visit all rows page by page.
pub async fn page(db: &impl ConnectionTrait, after: Uuid, limit: u64) -> Result<Vec<Model>, RecordError> {
    let rows = Entity::find().filter(Column::UploadId.gt(after)).order_by_asc(Column::UploadId);
    Ok(rows.limit(limit).all(db).await?)
}
