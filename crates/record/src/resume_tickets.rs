//! Resume links and resume codes: they open a draft on another device.

use sea_orm::{IntoActiveModel, entity::prelude::*};
use uuid::Uuid;

use crate::{Instant, RecordError, store::Write};

/// How a resume secret reaches the other device: as a link or as a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Kind {
    /// A link in an email.
    #[sea_orm(string_value = "link")]
    Link,
    /// A short code that the resident reads out or types.
    #[sea_orm(string_value = "code")]
    Code,
}

/// A resume link or code. It opens its draft any number of times until it expires.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "return_tickets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub draft_id: Uuid,
    pub kind: Kind,
    /// A hash of the link's token or of the code.
    pub token_hash: Vec<u8>,
    pub created_at: Instant,
    /// From this moment on it opens nothing.
    pub expires_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Finds the link or code with this hash, if it opens its draft at `now`.
pub async fn find_live(db: &impl ConnectionTrait, kind: Kind, token_hash: &[u8], now: Instant) -> Result<Option<Model>, RecordError> {
    let live = Entity::find()
        .filter(Column::TokenHash.eq(token_hash))
        .filter(Column::Kind.eq(kind))
        .filter(Column::ExpiresAt.gt(now));
    Ok(live.one(db).await?)
}

/// Inserts a resume link or code.
///
/// # Errors
/// [`RecordError::Duplicate`] if the same token or code was drawn before.
pub async fn add(write: &Write, ticket: Model) -> Result<(), RecordError> {
    Entity::insert(ticket.into_active_model())
        .exec_without_returning(&write.tx())
        .await?;
    Ok(())
}

/// Counts the links and codes that open a draft at `now`.
pub async fn count_live(db: &impl ConnectionTrait, draft_id: Uuid, now: Instant) -> Result<u64, RecordError> {
    let live = Entity::find()
        .filter(Column::DraftId.eq(draft_id))
        .filter(Column::ExpiresAt.gt(now));
    Ok(live.count(db).await?)
}

/// Deletes a draft's links and codes: all, or those of one kind. Returns how many there were.
pub async fn remove_by_draft(write: &Write, draft_id: Uuid, kind: Option<Kind>) -> Result<u64, RecordError> {
    let mut tickets = Entity::delete_many().filter(Column::DraftId.eq(draft_id));
    if let Some(kind) = kind {
        tickets = tickets.filter(Column::Kind.eq(kind));
    }
    Ok(tickets.exec(&write.tx()).await?.rows_affected)
}

/// Deletes links and codes that expired at or before `now`.
pub async fn remove_expired(write: &Write, now: Instant) -> Result<u64, RecordError> {
    Ok(Entity::delete_many()
        .filter(Column::ExpiresAt.lte(now))
        .exec(&write.tx())
        .await?
        .rows_affected)
}
