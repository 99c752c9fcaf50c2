//! Codes that were sent to a mailbox, to sign in with.

use sea_orm::{
    ActiveValue::Set,
    IntoActiveModel, QueryOrder, QuerySelect, QueryTrait,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, LockType, OnConflict},
};
use uuid::Uuid;

use super::{Instant, RecordError, store::Write};

/// One code.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_codes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// A fingerprint of what it is used with: a reference, or the address.
    pub place: Vec<u8>,
    /// A fingerprint of the address.
    pub mailbox: Vec<u8>,
    /// Whose it is; none when it was sent to nobody and opens nothing.
    pub person_id: Option<Uuid>,
    /// A hash of the code that only the server can make.
    pub code_hash: Vec<u8>,
    /// How often another code was typed for it, from everywhere.
    pub tries: i32,
    pub created_at: Instant,
    pub expires_at: Instant,
    pub used_at: Option<Instant>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Wrong codes from one address.
pub mod tries {
    use sea_orm::entity::prelude::*;

    /// How often one address typed another code than this.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "sign_in_tries")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub code_id: Uuid,
        /// A fingerprint of the address.
        #[sea_orm(primary_key, auto_increment = false)]
        pub address: Vec<u8>,
        pub tries: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Adds a code.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn add(write: &Write, code: Model) -> Result<(), RecordError> {
    Entity::insert(code.into_active_model()).exec_without_returning(&write.tx()).await?;
    Ok(())
}

/// How many codes were asked for a mailbox since then.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn count_since(write: &Write, mailbox: &[u8], since: Instant) -> Result<u64, RecordError> {
    let recent = Entity::find()
        .filter(Column::Mailbox.eq(mailbox))
        .filter(Column::PersonId.is_not_null())
        .filter(Column::CreatedAt.gte(since));
    Ok(recent.count(&write.tx()).await?)
}

/// The newest codes that work in a place, those that were sent before those that were not, held until the transaction ends, so that none is used twice.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn live(write: &Write, place: &[u8], now: Instant, limit: u64) -> Result<Vec<Model>, RecordError> {
    let live = Entity::find()
        .filter(Column::Place.eq(place))
        .filter(Column::ExpiresAt.gt(now))
        .filter(Column::UsedAt.is_null())
        .order_by_desc(Column::PersonId.is_not_null())
        .order_by_desc(Column::Id)
        .limit(limit)
        .lock(LockType::Update);
    Ok(live.all(&write.tx()).await?)
}

/// How often an address has typed another code than this.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn tries_from(write: &Write, code: Uuid, address: &[u8]) -> Result<i32, RecordError> {
    let found = tries::Entity::find_by_id((code, address.to_vec())).one(&write.tx()).await?;
    Ok(found.map_or(0, |found| found.tries))
}

/// Counts another code that an address typed for this one.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn count_try(write: &Write, code: Uuid, address: &[u8]) -> Result<(), RecordError> {
    let first = tries::ActiveModel {
        code_id: Set(code),
        address: Set(address.to_vec()),
        tries: Set(1),
    };
    let again = OnConflict::columns([tries::Column::CodeId, tries::Column::Address])
        .value(tries::Column::Tries, Expr::col((tries::Entity, tries::Column::Tries)).add(1))
        .to_owned();
    tries::Entity::insert(first)
        .on_conflict(again)
        .exec_without_returning(&write.tx())
        .await?;
    Entity::update_many()
        .col_expr(Column::Tries, Expr::col(Column::Tries).add(1))
        .filter(Column::Id.eq(code))
        .exec(&write.tx())
        .await?;
    Ok(())
}

/// Uses a code up.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn use_up(write: &Write, id: Uuid, at: Instant) -> Result<(), RecordError> {
    let used = ActiveModel {
        used_at: Set(Some(at)),
        ..Default::default()
    };
    Entity::update_many().set(used).filter(Column::Id.eq(id)).exec(&write.tx()).await?;
    Ok(())
}

/// Removes what stopped working before `then`.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn remove_expired(write: &Write, then: Instant) -> Result<(), RecordError> {
    let old = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::ExpiresAt.lte(then))
        .into_query();
    tries::Entity::delete_many()
        .filter(tries::Column::CodeId.in_subquery(old))
        .exec(&write.tx())
        .await?;
    Entity::delete_many().filter(Column::ExpiresAt.lte(then)).exec(&write.tx()).await?;
    Ok(())
}
