//! Keys of other systems.

use sea_orm::{
    ActiveValue::Set, Condition, IntoActiveModel, QueryOrder, QuerySelect, QueryTrait, entity::prelude::*, sea_query::SelectStatement,
};
use uuid::Uuid;

use super::{Instant, RecordError, store::Write};

/// One key.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What its holder is called on the record.
    pub name: String,
    /// SHA-256 of the secret.
    pub token_hash: Vec<u8>,
    /// What it may do: words with a space between.
    pub scopes: String,
    pub created_at: Instant,
    pub revoked_at: Option<Instant>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The key with this token hash, revoked or not.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn find_by_token(db: &impl ConnectionTrait, token_hash: &[u8]) -> Result<Option<Model>, RecordError> {
    Ok(Entity::find().filter(Column::TokenHash.eq(token_hash)).one(db).await?)
}

/// All keys by name, the revoked ones too.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn list(db: &impl ConnectionTrait) -> Result<Vec<Model>, RecordError> {
    Ok(Entity::find().order_by_asc(Column::Name).all(db).await?)
}

/// Lists the names of the keys that are not revoked and have this scope.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn list_in_use(db: &impl ConnectionTrait, scope: &str) -> Result<Vec<String>, RecordError> {
    let found = Entity::find().filter(Column::RevokedAt.is_null()).filter(has_scope(scope));
    Ok(found.all(db).await?.into_iter().map(|key| key.name).collect())
}

/// Selects the names of the keys that are not revoked and have this scope, for a condition of another query.
pub(super) fn names_in_use(scope: &str) -> SelectStatement {
    Entity::find()
        .select_only()
        .column(Column::Name)
        .filter(Column::RevokedAt.is_null())
        .filter(has_scope(scope))
        .into_query()
}

/// Scopes are words with one space between them: the scope is the only, the first, the last or a middle word.
fn has_scope(scope: &str) -> Condition {
    Condition::any()
        .add(Column::Scopes.eq(scope))
        .add(Column::Scopes.starts_with(format!("{scope} ")))
        .add(Column::Scopes.ends_with(format!(" {scope}")))
        .add(Column::Scopes.contains(format!(" {scope} ")))
}

/// Adds a key.
///
/// # Errors
/// [`RecordError::Duplicate`] when the name was used before, by a revoked key too: a name on the record means one key.
pub async fn add(write: &Write, key: Model) -> Result<(), RecordError> {
    Entity::insert(key.into_active_model()).exec_without_returning(&write.tx()).await?;
    Ok(())
}

/// Ends a key. Whether one with this name was in use.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn revoke(write: &Write, name: &str, at: Instant) -> Result<bool, RecordError> {
    let changed = ActiveModel {
        revoked_at: Set(Some(at)),
        ..Default::default()
    };
    let in_use = Entity::update_many()
        .set(changed)
        .filter(Column::Name.eq(name))
        .filter(Column::RevokedAt.is_null());
    Ok(in_use.exec(&write.tx()).await?.rows_affected > 0)
}
