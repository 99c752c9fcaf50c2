//! Ways back to a draft from another device: links sent by email, and codes to read out.

use sea_orm::{IntoActiveModel, entity::prelude::*};
use uuid::Uuid;

use super::{Instant, RecordError, store::Write};

/// What a ticket is written on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Kind {
    /// A link in an email.
    #[sea_orm(string_value = "link")]
    Link,
    /// A short code that is read out or typed.
    #[sea_orm(string_value = "code")]
    Code,
}

/// One way back. It opens its draft until it ends, as often as it is used.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "return_tickets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub draft_id: Uuid,
    pub kind: Kind,
    /// A hash of what is written on it.
    pub token_hash: Vec<u8>,
    pub created_at: Instant,
    /// From this moment on it opens nothing.
    pub expires_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The ticket of this kind with this hash, when it opens its draft at `now`.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn find_live(db: &impl ConnectionTrait, kind: Kind, token_hash: &[u8], now: Instant) -> Result<Option<Model>, RecordError> {
    let live = Entity::find()
        .filter(Column::TokenHash.eq(token_hash))
        .filter(Column::Kind.eq(kind))
        .filter(Column::ExpiresAt.gt(now));
    Ok(live.one(db).await?)
}

/// Adds a ticket.
///
/// # Errors
/// [`RecordError::Duplicate`] when the same was drawn before.
pub async fn add(write: &Write, ticket: Model) -> Result<(), RecordError> {
    Entity::insert(ticket.into_active_model())
        .exec_without_returning(&write.tx())
        .await?;
    Ok(())
}

/// How many tickets of a draft still open it at `now`.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn count_live(db: &impl ConnectionTrait, draft_id: Uuid, now: Instant) -> Result<u64, RecordError> {
    let live = Entity::find()
        .filter(Column::DraftId.eq(draft_id))
        .filter(Column::ExpiresAt.gt(now));
    Ok(live.count(db).await?)
}

/// Ends the draft's tickets: all, or those of one kind. How many there were.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn remove_by_draft(write: &Write, draft_id: Uuid, kind: Option<Kind>) -> Result<u64, RecordError> {
    let mut tickets = Entity::delete_many().filter(Column::DraftId.eq(draft_id));
    if let Some(kind) = kind {
        tickets = tickets.filter(Column::Kind.eq(kind));
    }
    Ok(tickets.exec(&write.tx()).await?.rows_affected)
}

/// Removes what ended before `now`.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn remove_expired(write: &Write, now: Instant) -> Result<u64, RecordError> {
    Ok(Entity::delete_many()
        .filter(Column::ExpiresAt.lte(now))
        .exec(&write.tx())
        .await?
        .rows_affected)
}
