//! What opens a request for consent, and what hands a case over: links, codes to read out, hand-over codes. One decision each.

use sea_orm::{ActiveValue::Set, IntoActiveModel, entity::prelude::*};
use uuid::Uuid;

use super::{Instant, RecordError, store::Write};

/// What it is written on, and for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Kind {
    /// A link in an email to the tenant.
    #[sea_orm(string_value = "link")]
    Link,
    /// A code that is read out over the phone.
    #[sea_orm(string_value = "code")]
    Code,
    /// A code by which somebody else comes onto the case.
    #[sea_orm(string_value = "handover")]
    Handover,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "consents")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub case_id: Uuid,
    pub kind: Kind,
    /// Who is asked for; of a hand-over, who made the code.
    pub person: i32,
    /// A fingerprint of what is written on it.
    pub token_hash: Vec<u8>,
    /// Codes of the scopes asked for or handed over, parted by spaces.
    pub scopes: String,
    /// The last day asked for, `YYYY-MM-DD`.
    pub last_day: Option<String>,
    /// Whether it went to an address or a number that is also the representative's.
    pub own_contact: bool,
    pub created_at: Instant,
    /// From this moment on it opens nothing.
    pub expires_at: Instant,
    /// When it was used.
    pub decided_at: Option<Instant>,
    /// What came of it, as a code.
    pub outcome: Option<String>,
    /// Who came onto the case by it.
    pub joined: Option<i32>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The one with this fingerprint, expired or used or not.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn find_by_token(db: &impl ConnectionTrait, token_hash: &[u8]) -> Result<Option<Model>, RecordError> {
    Ok(Entity::find().filter(Column::TokenHash.eq(token_hash)).one(db).await?)
}

/// Who waits for the answer to the one with this id; nobody once it is there, or was asked for anew, or can be given no more.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn waits_for(db: &impl ConnectionTrait, id: Option<Uuid>, now: Instant) -> Result<Option<u8>, RecordError> {
    let Some(id) = id else { return Ok(None) };
    let open = Entity::find_by_id(id)
        .filter(Column::DecidedAt.is_null())
        .filter(Column::ExpiresAt.gt(now));
    Ok(open.one(db).await?.and_then(|open| u8::try_from(open.person).ok()))
}

/// Adds one.
///
/// # Errors
/// [`RecordError::Duplicate`] when the same was drawn before.
pub async fn add(write: &Write, consent: Model) -> Result<(), RecordError> {
    Entity::insert(consent.into_active_model())
        .exec_without_returning(&write.tx())
        .await?;
    Ok(())
}

/// Notes what came of one.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn decide(write: &Write, id: Uuid, at: Instant, outcome: &str, joined: Option<i32>) -> Result<(), RecordError> {
    let changed = ActiveModel {
        decided_at: Set(Some(at)),
        outcome: Set(Some(outcome.to_owned())),
        joined: Set(joined),
        ..Default::default()
    };
    Entity::update_many()
        .set(changed)
        .filter(Column::Id.eq(id))
        .exec(&write.tx())
        .await?;
    Ok(())
}

/// The links about a person that can still be decided.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn list_open_links(write: &Write, case_id: Uuid, person: i32, now: Instant) -> Result<Vec<Model>, RecordError> {
    let open = Entity::find()
        .filter(Column::CaseId.eq(case_id))
        .filter(Column::Person.eq(person))
        .filter(Column::Kind.eq(Kind::Link))
        .filter(Column::DecidedAt.is_null())
        .filter(Column::ExpiresAt.gt(now));
    Ok(open.all(&write.tx()).await?)
}

/// Takes away all about a person that nobody has used: they open nothing any more.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn remove_unused(write: &Write, case_id: Uuid, person: i32) -> Result<(), RecordError> {
    remove_unused_but(write, case_id, person, &[]).await
}

/// The same, but for those that were made in one of these moments: a link and its code are made together.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn remove_unused_but(write: &Write, case_id: Uuid, person: i32, made: &[Instant]) -> Result<(), RecordError> {
    Entity::delete_many()
        .filter(Column::CaseId.eq(case_id))
        .filter(Column::Person.eq(person))
        .filter(Column::DecidedAt.is_null())
        .filter(Column::CreatedAt.is_not_in(made.iter().copied()))
        .exec(&write.tx())
        .await?;
    Ok(())
}

/// Who handed the case to somebody who joined it.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn find_handed_by(db: &impl ConnectionTrait, case_id: Uuid, joined: i32) -> Result<Option<i32>, RecordError> {
    let found = Entity::find()
        .filter(Column::CaseId.eq(case_id))
        .filter(Column::Kind.eq(Kind::Handover))
        .filter(Column::Joined.eq(joined));
    Ok(found.one(db).await?.map(|row| row.person))
}

/// Removes what ended unused before `now`.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn remove_expired(write: &Write, now: Instant) -> Result<u64, RecordError> {
    Ok(Entity::delete_many()
        .filter(Column::ExpiresAt.lte(now))
        .filter(Column::DecidedAt.is_null())
        .exec(&write.tx())
        .await?
        .rows_affected)
}
