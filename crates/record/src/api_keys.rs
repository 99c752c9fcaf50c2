//! API keys of other systems.

use sea_orm::{
    ActiveValue::Set, Condition, IntoActiveModel, QueryOrder, QuerySelect, QueryTrait, entity::prelude::*, sea_query::SelectStatement,
};
use uuid::Uuid;

use crate::{Instant, RecordError, store::Write};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The name under which the record shows the key's holder.
    pub name: String,
    /// SHA-256 of the secret.
    pub token_hash: Vec<u8>,
    /// The key's scopes, separated by single spaces.
    pub scopes: String,
    pub created_at: Instant,
    pub revoked_at: Option<Instant>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Finds the API key with this token hash, including revoked ones.
pub async fn find_by_token(db: &impl ConnectionTrait, token_hash: &[u8]) -> Result<Option<Model>, RecordError> {
    Ok(Entity::find().filter(Column::TokenHash.eq(token_hash)).one(db).await?)
}

/// Lists all API keys by name, including revoked ones.
pub async fn list(db: &impl ConnectionTrait) -> Result<Vec<Model>, RecordError> {
    Ok(Entity::find().order_by_asc(Column::Name).all(db).await?)
}

/// Lists the names of the API keys that are not revoked and have this scope.
pub async fn list_in_use(db: &impl ConnectionTrait, scope: &str) -> Result<Vec<String>, RecordError> {
    let found = Entity::find().filter(Column::RevokedAt.is_null()).filter(has_scope(scope));
    Ok(found.all(db).await?.into_iter().map(|key| key.name).collect())
}

/// Selects the names of the API keys that are not revoked and have this scope, as a subquery.
pub(crate) fn names_in_use(scope: &str) -> SelectStatement {
    Entity::find()
        .select_only()
        .column(Column::Name)
        .filter(Column::RevokedAt.is_null())
        .filter(has_scope(scope))
        .into_query()
}

/// Matches keys whose `scopes` contain the word `scope`: as the only, first, last or a middle word.
fn has_scope(scope: &str) -> Condition {
    Condition::any()
        .add(Column::Scopes.eq(scope))
        .add(Column::Scopes.starts_with(format!("{scope} ")))
        .add(Column::Scopes.ends_with(format!(" {scope}")))
        .add(Column::Scopes.contains(format!(" {scope} ")))
}

/// Inserts an API key.
///
/// # Errors
/// [`RecordError::Duplicate`] if the name was used before, even by a revoked key: each name on the record means one
/// key.
pub async fn add(write: &Write, key: Model) -> Result<(), RecordError> {
    Entity::insert(key.into_active_model()).exec_without_returning(&write.tx()).await?;
    Ok(())
}

/// Revokes the API key with this name. Returns false if there was none in use.
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
