//! Codes that were sent to a mailbox, to sign in with.

use sea_orm::{
    ActiveValue::Set,
    Condition, DbBackend, FromQueryResult, IntoActiveModel, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, LockType},
};
use sha2::{Digest, Sha256};
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
    /// A fingerprint of the address that asked, where strangers may ask.
    pub asked_from: Option<Vec<u8>>,
    /// Whether mail was allowed for it. The same for an address that somebody has and for any other, so that what is said about it
    /// tells nothing.
    pub within_limit: bool,
    /// How often a wrong code was typed by those who asked for this one.
    pub tries: i32,
    pub created_at: Instant,
    pub expires_at: Instant,
    pub used_at: Option<Instant>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

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

/// The newest codes that work in a place, held until the transaction ends, so that none is used twice.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn live(write: &Write, place: &[u8], now: Instant, limit: u64) -> Result<Vec<Model>, RecordError> {
    let live = Entity::find()
        .filter(Column::Place.eq(place))
        .filter(works(now))
        .order_by_desc(Column::Id)
        .limit(limit)
        .lock(LockType::Update);
    Ok(live.all(&write.tx()).await?)
}

/// A code that was within the limits and still works.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Counted {
    /// A fingerprint of the address that asked for it.
    pub asked_from: Option<Vec<u8>>,
    pub expires_at: Instant,
}

/// Waits until nobody else asks for codes from a place to a mailbox, or tries them, and keeps others waiting until the transaction ends:
/// what is counted stays true, and each try counts. The same whether there are any. SQLite has one writer anyhow.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn hold(write: &Write, place: &[u8], mailbox: &[u8]) -> Result<(), RecordError> {
    let tx = write.tx();
    if tx.get_database_backend() == DbBackend::Postgres {
        let mut sha = Sha256::new();
        sha.update(place);
        sha.update(mailbox);
        let mut first = [0; 8];
        first.copy_from_slice(&sha.finalize()[..8]);
        let lock = i64::from_be_bytes(first);
        tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({lock})")).await?;
    }
    Ok(())
}

/// Lists the codes from a place to a mailbox that count against its limits, those that stop working first first.
pub async fn list_counted(write: &Write, place: &[u8], mailbox: &[u8], now: Instant) -> Result<Vec<Counted>, RecordError> {
    let counted = Entity::find()
        .select_only()
        .columns([Column::AskedFrom, Column::ExpiresAt])
        .filter(Column::Place.eq(place))
        .filter(Column::Mailbox.eq(mailbox))
        .filter(Column::WithinLimit.eq(true))
        .filter(works(now))
        .order_by_asc(Column::ExpiresAt)
        .into_model::<Counted>();
    Ok(counted.all(&write.tx()).await?)
}

/// What somebody asked for, whether it still works or not, and all codes that were sent from the same place to the same mailbox and do.
/// The oldest first.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn asked(write: &Write, id: Uuid, place: &[u8], mailbox: &[u8], now: Instant) -> Result<Vec<Model>, RecordError> {
    let works = sent(place, mailbox).add(works(now));
    let found = Entity::find()
        .filter(Condition::any().add(Column::Id.eq(id)).add(works))
        .order_by_asc(Column::Id);
    Ok(found.all(&write.tx()).await?)
}

/// How many wrong codes were typed by those who asked and got no mail of their own.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn tries_without_mail(write: &Write, place: &[u8], mailbox: &[u8], now: Instant) -> Result<i64, RecordError> {
    let sum: Option<i64> = Entity::find()
        .select_only()
        .column_as(Column::Tries.sum(), "tries")
        .filter(Column::Place.eq(place))
        .filter(Column::Mailbox.eq(mailbox))
        .filter(Column::PersonId.is_null())
        .filter(works(now))
        .into_tuple()
        .one(&write.tx())
        .await?
        .flatten();
    Ok(sum.unwrap_or_default())
}

fn sent(place: &[u8], mailbox: &[u8]) -> Condition {
    Condition::all()
        .add(Column::Place.eq(place))
        .add(Column::Mailbox.eq(mailbox))
        .add(Column::PersonId.is_not_null())
}

fn works(now: Instant) -> Condition {
    Condition::all().add(Column::ExpiresAt.gt(now)).add(Column::UsedAt.is_null())
}

/// Counts a wrong code.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn count_try(write: &Write, id: Uuid) -> Result<(), RecordError> {
    Entity::update_many()
        .col_expr(Column::Tries, Expr::col(Column::Tries).add(1))
        .filter(Column::Id.eq(id))
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
    Entity::delete_many().filter(Column::ExpiresAt.lte(then)).exec(&write.tx()).await?;
    Ok(())
}
