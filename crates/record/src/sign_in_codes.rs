//! Codes sent to a person, to sign in or to confirm a change of contact details.

use sea_orm::{
    ActiveValue::Set,
    Condition, DbBackend, FromQueryResult, IntoActiveModel, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, LockType},
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{Instant, RecordError, store::Write};

/// A request for a code. There is a row even if no code was sent.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_codes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// A fingerprint of what the code is valid for: a case reference, the mailbox, or a change of contact details.
    pub place: Vec<u8>,
    /// A fingerprint of the email address; for a change of contact details, of the person.
    pub mailbox: Vec<u8>,
    /// The person to whom the code was sent. `None` if none was sent; then the code opens nothing.
    pub person_id: Option<Uuid>,
    /// A hash of the code under the server's key.
    pub code_hash: Vec<u8>,
    /// A fingerprint of the network address that asked, for codes that anyone can request.
    pub asked_from: Option<Vec<u8>>,
    /// Whether the limits allowed sending mail. It is set in the same way for addresses that no person uses, so that
    /// what the server answers about it reveals nothing.
    pub within_limit: bool,
    /// The number of wrong codes typed for this request.
    pub tries: i32,
    pub created_at: Instant,
    pub expires_at: Instant,
    pub used_at: Option<Instant>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

pub async fn add(write: &Write, code: Model) -> Result<(), RecordError> {
    Entity::insert(code.into_active_model()).exec_without_returning(&write.tx()).await?;
    Ok(())
}

/// Counts the codes sent to a mailbox at or after `since`.
pub async fn count_since(write: &Write, mailbox: &[u8], since: Instant) -> Result<u64, RecordError> {
    let recent = Entity::find()
        .filter(Column::Mailbox.eq(mailbox))
        .filter(Column::PersonId.is_not_null())
        .filter(Column::CreatedAt.gte(since));
    Ok(recent.count(&write.tx()).await?)
}

/// Locks and returns the newest `limit` valid codes of a `place`, so that none is used twice.
pub async fn live(write: &Write, place: &[u8], now: Instant, limit: u64) -> Result<Vec<Model>, RecordError> {
    let live = Entity::find()
        .filter(Column::Place.eq(place))
        .filter(works(now))
        .order_by_desc(Column::Id)
        .limit(limit)
        .lock(LockType::Update);
    Ok(live.all(&write.tx()).await?)
}

/// A request that was within the limits and whose code still works.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Counted {
    /// A fingerprint of the network address that asked for it.
    pub asked_from: Option<Vec<u8>>,
    pub expires_at: Instant,
}

/// Locks requests for, and tries of, the codes of a `place` and mailbox until the transaction ends.
///
/// Counts therefore stay correct, and every try is counted. The lock is the same whether there are codes or not.
/// SQLite needs no lock: it has a single writer.
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

/// Lists the codes of a `place` and mailbox that count against the limits, the first to expire first.
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

/// Lists a request and the codes that a person may type for it, the oldest first. These are the request `id` in any
/// state, and the sent codes of this `place` and mailbox that still work.
pub async fn list_candidates(write: &Write, id: Uuid, place: &[u8], mailbox: &[u8], now: Instant) -> Result<Vec<Model>, RecordError> {
    let works = sent(place, mailbox).add(works(now));
    let found = Entity::find()
        .filter(Condition::any().add(Column::Id.eq(id)).add(works))
        .order_by_asc(Column::Id);
    Ok(found.all(&write.tx()).await?)
}

/// Counts the wrong codes typed for requests of this `place` and mailbox for which no mail was sent.
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

/// Counts a wrong code typed for this request.
pub async fn count_try(write: &Write, id: Uuid) -> Result<(), RecordError> {
    Entity::update_many()
        .col_expr(Column::Tries, Expr::col(Column::Tries).add(1))
        .filter(Column::Id.eq(id))
        .exec(&write.tx())
        .await?;
    Ok(())
}

/// Marks a code as used.
pub async fn use_up(write: &Write, id: Uuid, at: Instant) -> Result<(), RecordError> {
    let used = ActiveModel {
        used_at: Set(Some(at)),
        ..Default::default()
    };
    Entity::update_many().set(used).filter(Column::Id.eq(id)).exec(&write.tx()).await?;
    Ok(())
}

/// Deletes codes that expired at or before `then`.
pub async fn remove_expired(write: &Write, then: Instant) -> Result<(), RecordError> {
    Entity::delete_many().filter(Column::ExpiresAt.lte(then)).exec(&write.tx()).await?;
    Ok(())
}
