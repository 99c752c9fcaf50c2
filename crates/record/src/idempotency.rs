//! Answers stored by idempotency key, so that a repeated request gets the same answer.

use sea_orm::{IntoActiveModel, entity::prelude::*};

use crate::{Instant, RecordError, store::Write};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency")]
pub struct Model {
    /// The client and the operation that the idempotency key belongs to; two clients may choose the same key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope: String,
    /// The idempotency key that the client chose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// SHA-256 of the request. The same idempotency key with a different request is a client error.
    pub request_hash: Vec<u8>,
    /// The data needed to give the same answer again, as JSON text. Never a secret.
    pub answer: String,
    pub created_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Finds the answer that was given for this idempotency key.
pub async fn lookup(db: &impl ConnectionTrait, scope: &str, key: &str) -> Result<Option<Model>, RecordError> {
    Ok(Entity::find_by_id((scope.to_owned(), key.to_owned())).one(db).await?)
}

/// Stores an answer.
///
/// # Errors
/// [`RecordError::Duplicate`] if a concurrent request has stored an answer for the idempotency key.
pub async fn add(write: &Write, answer: Model) -> Result<(), RecordError> {
    Entity::insert(answer.into_active_model())
        .exec_without_returning(&write.tx())
        .await?;
    Ok(())
}
