//! Who is signed in.

use sea_orm::{ActiveValue::Set, Condition, IntoActiveModel, QueryOrder, entity::prelude::*};
use uuid::Uuid;

use super::{Instant, RecordError, store::Write};

/// One session: somebody showed an access code, or that they read a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// SHA-256 of the secret its holder keeps.
    pub token_hash: Vec<u8>,
    /// Who came in.
    pub person_id: Uuid,
    /// Set when they came in by their mail: then it opens all cases of that mailbox.
    pub mailbox: Option<Vec<u8>>,
    /// Whether the device is remembered: the session then lasts long.
    pub remembered: bool,
    /// What kind of device it is, in few words, so that its owner knows it again.
    pub device: Option<String>,
    pub created_at: Instant,
    /// When it was last used, to the hour or so.
    pub seen_at: Instant,
    pub expires_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The session with this token hash, expired or not.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn find_by_token(db: &impl ConnectionTrait, token_hash: &[u8]) -> Result<Option<Model>, RecordError> {
    Ok(Entity::find().filter(Column::TokenHash.eq(token_hash)).one(db).await?)
}

/// Adds a session.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn add(write: &Write, session: Model) -> Result<(), RecordError> {
    Entity::insert(session.into_active_model())
        .exec_without_returning(&write.tx())
        .await?;
    Ok(())
}

/// Ends the session with this token hash. Whether there was one.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn remove_by_token(write: &Write, token_hash: &[u8]) -> Result<bool, RecordError> {
    Ok(Entity::delete_many()
        .filter(Column::TokenHash.eq(token_hash))
        .exec(&write.tx())
        .await?
        .rows_affected
        > 0)
}

/// Notes that a session is used.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn set_seen(write: &Write, id: Uuid, at: Instant) -> Result<(), RecordError> {
    let seen = ActiveModel {
        seen_at: Set(at),
        ..Default::default()
    };
    Entity::update_many().set(seen).filter(Column::Id.eq(id)).exec(&write.tx()).await?;
    Ok(())
}

/// Whose sessions they are: those of these people, and those that one mailbox opened.
fn of(people: &[Uuid], mailbox: Option<&[u8]>) -> Condition {
    let theirs = Condition::any().add(Column::PersonId.is_in(people.iter().copied()));
    match mailbox {
        Some(mailbox) => theirs.add(Column::Mailbox.eq(mailbox)),
        None => theirs,
    }
}

/// The sessions of these people and this mailbox that have not ended, the last used first.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn list(db: &impl ConnectionTrait, people: &[Uuid], mailbox: Option<&[u8]>, now: Instant) -> Result<Vec<Model>, RecordError> {
    let live = Entity::find().filter(of(people, mailbox)).filter(Column::ExpiresAt.gt(now));
    Ok(live.order_by_desc(Column::SeenAt).order_by_desc(Column::Id).all(db).await?)
}

/// Ends one of the sessions of these people and this mailbox. Whether there was one.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn remove(write: &Write, people: &[Uuid], mailbox: Option<&[u8]>, id: Uuid) -> Result<bool, RecordError> {
    let one = Entity::delete_many().filter(of(people, mailbox)).filter(Column::Id.eq(id));
    Ok(one.exec(&write.tx()).await?.rows_affected > 0)
}

/// Ends all sessions of these people and this mailbox, but one if that is named. How many there were.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn remove_all(write: &Write, people: &[Uuid], mailbox: Option<&[u8]>, but: Option<Uuid>) -> Result<u64, RecordError> {
    let mut others = Entity::delete_many().filter(of(people, mailbox));
    if let Some(but) = but {
        others = others.filter(Column::Id.ne(but));
    }
    Ok(others.exec(&write.tx()).await?.rows_affected)
}

/// Removes what ended before `now`, so that the table does not grow for ever.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn remove_expired(write: &Write, now: Instant) -> Result<u64, RecordError> {
    Ok(Entity::delete_many()
        .filter(Column::ExpiresAt.lte(now))
        .exec(&write.tx())
        .await?
        .rows_affected)
}
