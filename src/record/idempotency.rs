//! Answers already given, so that the same request gets the same answer.

use sea_orm::{IntoActiveModel, entity::prelude::*};

use super::{Instant, RecordError, store::Write};

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency")]
pub struct Model {
    /// Whose keys these are and for what: two clients may use the same key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope: String,
    /// The key the client chose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// SHA-256 of the request: the same key with another request is a mistake of the client.
    pub request_hash: Vec<u8>,
    /// What is needed to give the same answer, as JSON text. Never a secret.
    pub answer: String,
    pub created_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The answer given to this key before.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn lookup(db: &impl ConnectionTrait, scope: &str, key: &str) -> Result<Option<Model>, RecordError> {
    Ok(Entity::find_by_id((scope.to_owned(), key.to_owned())).one(db).await?)
}

/// Keeps an answer.
///
/// # Errors
/// [`RecordError::Duplicate`] when the key was answered in the meantime.
pub async fn add(write: &Write, answer: Model) -> Result<(), RecordError> {
    Entity::insert(answer.into_active_model())
        .exec_without_returning(&write.tx())
        .await?;
    Ok(())
}
