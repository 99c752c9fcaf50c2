//! How far uploads have got that go on after a break. A row is there from the announcement until some time after the last byte.
//!
//! One writer at a time moves a row on: whoever put their own id into `writer`, and only from the offset they know. A
//! writer who lost the row to another, on this server or elsewhere, changes nothing any more.

use sea_orm::{ActiveValue::Set, IntoActiveModel, QueryOrder, QuerySelect, entity::prelude::*, sea_query::Expr};
use uuid::Uuid;

use super::{Instant, RecordError, store::Write};

/// One upload.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "upload_progress")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub upload_id: Uuid,
    /// Bytes that are safely stored, from the beginning without a gap.
    pub received: i64,
    /// Where they are, when they are not one file: the storage's own notes, as JSON text.
    pub pieces: String,
    /// What the sender said about the file, as they wrote it.
    pub metadata: String,
    /// Who is moving it on; none when nobody is.
    pub writer: Option<Uuid>,
    /// 1 when somebody else wants the row and asks its writer to stop.
    pub asked: i64,
    /// From this moment on it is given up, or if it is all here, forgotten that it came this way.
    pub expires_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The row of this upload. `None` when it came in one go, is long finished, or is none.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn lookup(db: &impl ConnectionTrait, upload: Uuid) -> Result<Option<Model>, RecordError> {
    Ok(Entity::find_by_id(upload).one(db).await?)
}

/// Adds a row; the upload's own must be there.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn add(write: &Write, row: Model) -> Result<(), RecordError> {
    Entity::insert(row.into_active_model()).exec_without_returning(&write.tx()).await?;
    Ok(())
}

/// Changes the writer from one to another, and with a writer also when the upload expires. False when it was somebody else's by then.
///
/// # Errors
/// [`RecordError`] when the database refuses.
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

/// Asks whoever moves the row on to stop.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn ask(write: &Write, upload: Uuid) -> Result<(), RecordError> {
    Entity::update_many()
        .col_expr(Column::Asked, Expr::value(1))
        .filter(Column::UploadId.eq(upload))
        .filter(Column::Writer.is_not_null())
        .exec(&write.tx())
        .await?;
    Ok(())
}

/// Where a writer got to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub upload: Uuid,
    pub writer: Uuid,
    /// The offset the writer knows.
    pub from: i64,
    /// The new one.
    pub to: i64,
    pub pieces: String,
    pub expires_at: Instant,
    /// Whether the writer stays.
    pub stays: bool,
}

/// Moves the row on. False when it is another's by now, or gone.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn advance(write: &Write, step: Step) -> Result<bool, RecordError> {
    let changed = ActiveModel {
        received: Set(step.to),
        pieces: Set(step.pieces),
        expires_at: Set(step.expires_at),
        writer: Set(step.stays.then_some(step.writer)),
        ..Default::default()
    };
    let row = Entity::update_many()
        .set(changed)
        .filter(Column::UploadId.eq(step.upload))
        .filter(Column::Writer.eq(step.writer))
        .filter(Column::Received.eq(step.from));
    Ok(row.exec(&write.tx()).await?.rows_affected > 0)
}

/// Removes the row alone: the upload is all here. Whether it was there.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn remove(write: &Write, upload: Uuid) -> Result<bool, RecordError> {
    Ok(Entity::delete_by_id(upload).exec(&write.tx()).await?.rows_affected > 0)
}

/// Up to `limit` uploads whose row has had its day by `now`, the oldest first.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn list_expired(db: &impl ConnectionTrait, now: Instant, limit: u64) -> Result<Vec<Uuid>, RecordError> {
    let expired = Entity::find()
        .select_only()
        .column(Column::UploadId)
        .filter(Column::ExpiresAt.lte(now))
        .order_by_asc(Column::ExpiresAt)
        .limit(limit);
    Ok(expired.into_tuple().all(db).await?)
}

/// Up to `limit` rows with ids after `after`, in their order: for going through all of them.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn page(db: &impl ConnectionTrait, after: Uuid, limit: u64) -> Result<Vec<Model>, RecordError> {
    let rows = Entity::find().filter(Column::UploadId.gt(after)).order_by_asc(Column::UploadId);
    Ok(rows.limit(limit).all(db).await?)
}
