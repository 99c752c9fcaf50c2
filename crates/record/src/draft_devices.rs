//! The devices on which a draft is open. Each has its own draft key.

use sea_orm::{ActiveValue::Set, IntoActiveModel, QueryOrder, entity::prelude::*};
use uuid::Uuid;

use crate::{Instant, RecordError, drafts, store::Write};

/// How a device got its draft key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum OpenedBy {
    /// The draft was started on it.
    #[sea_orm(string_value = "first")]
    First,
    /// By a resume link from an email.
    #[sea_orm(string_value = "link")]
    Link,
    /// By a resume code.
    #[sea_orm(string_value = "code")]
    Code,
}

/// A device. An ended row is kept until the draft is deleted, so that the page can tell the device that it was ended.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "draft_devices")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub draft_id: Uuid,
    /// SHA-256 of the draft key, which only the device stores.
    pub key_hash: Vec<u8>,
    pub opened_by: OpenedBy,
    /// Browser and operating system in a few words; `None` if the browser did not send them.
    pub device: Option<String>,
    pub created_at: Instant,
    /// When the draft key was last used; updated at most every quarter of an hour.
    pub seen_at: Instant,
    /// From this moment on the draft key opens nothing.
    pub ended_at: Option<Instant>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Finds the device of a draft with this key hash, including ended ones.
pub async fn find_by_key(db: &impl ConnectionTrait, draft_id: Uuid, key_hash: &[u8]) -> Result<Option<Model>, RecordError> {
    let device = Entity::find()
        .filter(Column::DraftId.eq(draft_id))
        .filter(Column::KeyHash.eq(key_hash));
    Ok(device.one(db).await?)
}

/// Lists the devices of a draft that have not ended, the last used first.
pub async fn list_live(db: &impl ConnectionTrait, draft_id: Uuid) -> Result<Vec<Model>, RecordError> {
    let live = Entity::find()
        .filter(Column::DraftId.eq(draft_id))
        .filter(Column::EndedAt.is_null());
    Ok(live.order_by_desc(Column::SeenAt).order_by_desc(Column::Id).all(db).await?)
}

pub async fn add(write: &Write, device: Model) -> Result<(), RecordError> {
    Entity::insert(device.into_active_model())
        .exec_without_returning(&write.tx())
        .await?;
    Ok(())
}

pub async fn set_seen(write: &Write, id: Uuid, at: Instant) -> Result<(), RecordError> {
    let seen = ActiveModel {
        seen_at: Set(at),
        ..Default::default()
    };
    Entity::update_many().set(seen).filter(Column::Id.eq(id)).exec(&write.tx()).await?;
    Ok(())
}

/// Ends one device of a draft. Returns false when no live device has this id.
pub async fn end(write: &Write, draft_id: Uuid, id: Uuid, at: Instant) -> Result<bool, RecordError> {
    let one = Entity::update_many()
        .set(ended(at))
        .filter(Column::DraftId.eq(draft_id))
        .filter(Column::Id.eq(id))
        .filter(Column::EndedAt.is_null());
    Ok(one.exec(&write.tx()).await?.rows_affected > 0)
}

/// Ends all devices of a draft except `but`. Returns how many it ended.
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

pub async fn remove_by_draft(write: &Write, draft_id: Uuid) -> Result<(), RecordError> {
    Entity::delete_many().filter(Column::DraftId.eq(draft_id)).exec(&write.tx()).await?;
    Ok(())
}

/// Deletes the devices of drafts that were sent and whose receipt is no longer shown. Their keys open nothing any
/// more.
pub async fn remove_of_sent(write: &Write, now: Instant) -> Result<u64, RecordError> {
    let over = drafts::sent_and_over(now);
    let devices = Entity::delete_many().filter(Column::DraftId.in_subquery(over));
    Ok(devices.exec(&write.tx()).await?.rows_affected)
}
