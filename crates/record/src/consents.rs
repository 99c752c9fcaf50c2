//! Links and codes for consent requests to a tenant, and codes that hand a case over. Each is used at most once.

use sea_orm::{ActiveValue::Set, IntoActiveModel, entity::prelude::*};
use uuid::Uuid;

use crate::{Instant, RecordError, store::Write};

/// What a link or code is for, and how it travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Kind {
    /// A consent request: a link in an email to the tenant.
    #[sea_orm(string_value = "link")]
    Link,
    /// A consent request: a code that is read out over the phone.
    #[sea_orm(string_value = "code")]
    Code,
    /// A handover: a code with which another person joins the case.
    #[sea_orm(string_value = "handover")]
    Handover,
}

/// A link or code.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "consents")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub case_id: Uuid,
    pub kind: Kind,
    /// The number of the person whom the request is about; for a handover, of the person who made the code.
    pub person: i32,
    /// A keyed fingerprint of the link's token or of the code.
    pub token_hash: Vec<u8>,
    /// Codes of the scopes requested or handed over, separated by spaces.
    pub scopes: String,
    /// The last day of the authority requested, `YYYY-MM-DD`.
    pub last_day: Option<String>,
    /// Whether the tenant's address or phone number that it went to is also a representative's.
    pub own_contact: bool,
    pub created_at: Instant,
    /// From this moment on the link or code does not work.
    pub expires_at: Instant,
    /// When the link or code was used.
    pub decided_at: Option<Instant>,
    /// The code of the outcome.
    pub outcome: Option<String>,
    /// The number of the person who joined the case with it.
    pub joined: Option<i32>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Finds the row with this fingerprint, including expired and used ones.
pub async fn find_by_token(db: &impl ConnectionTrait, token_hash: &[u8]) -> Result<Option<Model>, RecordError> {
    Ok(Entity::find().filter(Column::TokenHash.eq(token_hash)).one(db).await?)
}

/// Returns the number of the person whose consent request `id` is still open at `now`.
///
/// `None` if the request was answered, was replaced by a newer one (which removes the row) or has expired.
pub async fn find_requester_of_open(db: &impl ConnectionTrait, id: Option<Uuid>, now: Instant) -> Result<Option<i32>, RecordError> {
    let Some(id) = id else { return Ok(None) };
    let open = Entity::find_by_id(id)
        .filter(Column::DecidedAt.is_null())
        .filter(Column::ExpiresAt.gt(now));
    Ok(open.one(db).await?.map(|open| open.person))
}

/// Inserts a row.
///
/// # Errors
/// [`RecordError::Duplicate`] if the same token or code was drawn before.
pub async fn add(write: &Write, consent: Model) -> Result<(), RecordError> {
    Entity::insert(consent.into_active_model())
        .exec_without_returning(&write.tx())
        .await?;
    Ok(())
}

/// Marks a link or code as used, with the outcome.
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

/// Lists the email links about a person that can still be answered at `now`.
pub async fn list_open_links(write: &Write, case_id: Uuid, person: i32, now: Instant) -> Result<Vec<Model>, RecordError> {
    let open = Entity::find()
        .filter(Column::CaseId.eq(case_id))
        .filter(Column::Person.eq(person))
        .filter(Column::Kind.eq(Kind::Link))
        .filter(Column::DecidedAt.is_null())
        .filter(Column::ExpiresAt.gt(now));
    Ok(open.all(&write.tx()).await?)
}

/// Deletes all unused links and codes about a person, so that they no longer work.
pub async fn remove_unused(write: &Write, case_id: Uuid, person: i32) -> Result<(), RecordError> {
    remove_unused_but(write, case_id, person, &[]).await
}

/// Deletes the unused links and codes about a person, except those created at one of the instants in `made`.
///
/// A link and its code are created at the same instant.
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

/// Finds the number of the person who handed the case over to `joined`.
pub async fn find_handed_by(db: &impl ConnectionTrait, case_id: Uuid, joined: i32) -> Result<Option<i32>, RecordError> {
    let found = Entity::find()
        .filter(Column::CaseId.eq(case_id))
        .filter(Column::Kind.eq(Kind::Handover))
        .filter(Column::Joined.eq(joined));
    Ok(found.one(db).await?.map(|row| row.person))
}

/// Deletes links and codes that expired unused.
pub async fn remove_expired(write: &Write, now: Instant) -> Result<u64, RecordError> {
    Ok(Entity::delete_many()
        .filter(Column::ExpiresAt.lte(now))
        .filter(Column::DecidedAt.is_null())
        .exec(&write.tx())
        .await?
        .rows_affected)
}
