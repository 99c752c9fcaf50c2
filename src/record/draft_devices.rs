//! The devices a draft is open on, each with a key of its own.

use sea_orm::{ActiveValue::Set, IntoActiveModel, QueryOrder, entity::prelude::*};
use uuid::Uuid;

use super::{Instant, RecordError, drafts, store::Write};

/// How a device got its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum OpenedBy {
    /// The draft was made there.
    #[sea_orm(string_value = "first")]
    First,
    /// The link of an email.
    #[sea_orm(string_value = "link")]
    Link,
    /// A short code.
    #[sea_orm(string_value = "code")]
    Code,
}

/// One device. An ended row stays until the draft is removed, so that the device can be told that it was ended.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "draft_devices")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub draft_id: Uuid,
    /// SHA-256 of the secret that only the device keeps.
    pub key_hash: Vec<u8>,
    pub opened_by: OpenedBy,
    /// Browser and system in few words; `None` when the browser did not say.
    pub device: Option<String>,
    pub created_at: Instant,
    /// When the key was last used, to a quarter of an hour.
    pub seen_at: Instant,
    /// From this moment on the key opens nothing.
    pub ended_at: Option<Instant>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The device of a draft with this key hash, ended or not.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn find_by_key(db: &impl ConnectionTrait, draft_id: Uuid, key_hash: &[u8]) -> Result<Option<Model>, RecordError> {
    let device = Entity::find()
        .filter(Column::DraftId.eq(draft_id))
        .filter(Column::KeyHash.eq(key_hash));
    Ok(device.one(db).await?)
}

/// The devices of a draft that have not ended, the last used first.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn list_live(db: &impl ConnectionTrait, draft_id: Uuid) -> Result<Vec<Model>, RecordError> {
    let live = Entity::find()
        .filter(Column::DraftId.eq(draft_id))
        .filter(Column::EndedAt.is_null());
    Ok(live.order_by_desc(Column::SeenAt).order_by_desc(Column::Id).all(db).await?)
}

/// Adds a device.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn add(write: &Write, device: Model) -> Result<(), RecordError> {
    Entity::insert(device.into_active_model())
        .exec_without_returning(&write.tx())
        .await?;
    Ok(())
}

/// Notes that a device's key was used.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn set_seen(write: &Write, id: Uuid, at: Instant) -> Result<(), RecordError> {
    let seen = ActiveModel {
        seen_at: Set(at),
        ..Default::default()
    };
    Entity::update_many().set(seen).filter(Column::Id.eq(id)).exec(&write.tx()).await?;
    Ok(())
}

/// Ends one device of a draft. Returns false when no live device has this id.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn end(write: &Write, draft_id: Uuid, id: Uuid, at: Instant) -> Result<bool, RecordError> {
    let one = Entity::update_many()
        .set(ended(at))
        .filter(Column::DraftId.eq(draft_id))
        .filter(Column::Id.eq(id))
        .filter(Column::EndedAt.is_null());
    Ok(one.exec(&write.tx()).await?.rows_affected > 0)
}

/// Ends all devices of a draft but one. Returns how many there were.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn end_others(write: &Write, draft_id: Uuid, but: Uuid, at: Instant) -> Result<u64, RecordError> {
    let others = Entity::update_many()
        .set(ended(at))
        .filter(Column::DraftId.eq(draft_id))
        .filter(Column::Id.ne(but))
        .filter(Column::EndedAt.is_null());
    Ok(others.exec(&write.tx()).await?.rows_affected)
}

fn ended(at: Instant) -> ActiveModel {
    ActiveModel {
        ended_at: Set(Some(at)),
        ..Default::default()
    }
}

/// Removes the devices of a draft.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn remove_by_draft(write: &Write, draft_id: Uuid) -> Result<(), RecordError> {
    Entity::delete_many().filter(Column::DraftId.eq(draft_id)).exec(&write.tx()).await?;
    Ok(())
}

/// Removes the devices of drafts that were sent and whose receipt is no longer shown: they open nothing any more.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn remove_of_sent(write: &Write, now: Instant) -> Result<u64, RecordError> {
    let over = drafts::sent_and_over(now);
    let devices = Entity::delete_many().filter(Column::DraftId.in_subquery(over));
    Ok(devices.exec(&write.tx()).await?.rows_affected)
}
