//! A few named facts about the installation that the database belongs to.

use sea_orm::{ActiveValue::Set, IntoActiveModel, Statement, entity::prelude::*, sea_query::OnConflict};

use crate::{
    Instant, RecordError,
    store::{Store, Write},
};

/// The name of the fact that holds the fingerprint of the server's secret key.
pub const KEY_FINGERPRINT: &str = "key_fingerprint";

/// The name of the fact that holds the public key that signs the log.
pub const LOG_KEY: &str = "log_key";

/// The name of the fact that all deliveries are held until an operator releases them. Its time is when the hold
/// began.
pub const DELIVERIES_HELD: &str = "deliveries_held";

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "installation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub value: String,
    pub at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

pub async fn lookup(db: &impl ConnectionTrait, name: &str) -> Result<Option<Model>, RecordError> {
    Ok(Entity::find_by_id(name.to_owned()).one(db).await?)
}

/// Stores a fact, unless one with its name exists.
pub async fn add(write: &Write, name: &str, value: &str, at: Instant) -> Result<(), RecordError> {
    let row = Model {
        name: name.to_owned(),
        value: value.to_owned(),
        at,
    };
    let kept = OnConflict::column(Column::Name).do_nothing().to_owned();
    Entity::insert(row.into_active_model())
        .on_conflict(kept)
        .exec_without_returning(&write.tx())
        .await?;
    Ok(())
}

/// Replaces the value and time of an existing fact.
pub async fn change(write: &Write, name: &str, value: &str, at: Instant) -> Result<(), RecordError> {
    let changed = ActiveModel {
        name: Set(name.to_owned()),
        value: Set(value.to_owned()),
        at: Set(at),
    };
    let own = Entity::update_many().set(changed).filter(Column::Name.eq(name));
    own.exec(&write.tx()).await?;
    Ok(())
}

/// Deletes a fact. Returns false if there was none.
pub async fn remove(write: &Write, name: &str) -> Result<bool, RecordError> {
    Ok(Entity::delete_by_id(name.to_owned()).exec(&write.tx()).await?.rows_affected > 0)
}

/// Returns whether the database contains a case or a draft.
pub async fn has_cases_or_drafts(store: &Store) -> Result<bool, RecordError> {
    let query = "SELECT 1 AS one WHERE EXISTS (SELECT 1 FROM cases) OR EXISTS (SELECT 1 FROM drafts)";
    let found = store.read.query_one_raw(Statement::from_string(store.backend(), query)).await?;
    Ok(found.is_some())
}
