//! Sign-in sessions.

use sea_orm::{ActiveValue::Set, Condition, IntoActiveModel, QueryOrder, entity::prelude::*};
use uuid::Uuid;

use crate::{Instant, RecordError, store::Write};

/// A session. It was opened with an access code, or with a code that was sent to the person's mailbox.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// SHA-256 of the session token, which only the browser or client stores.
    pub token_hash: Vec<u8>,
    /// The person who signed in.
    pub person_id: Uuid,
    /// Set if the person signed in with an emailed code. The session then opens all cases of that mailbox.
    pub mailbox: Option<Vec<u8>>,
    /// Whether the person asked to be remembered on the device. The session then lasts longer.
    pub remembered: bool,
    /// The kind of device in a few words, so that its owner recognises it.
    pub device: Option<String>,
    pub created_at: Instant,
    /// When the session was last used; updated at most every quarter of an hour.
    pub seen_at: Instant,
    pub expires_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Finds the session with this token hash, including expired ones.
pub async fn find_by_token(db: &impl ConnectionTrait, token_hash: &[u8]) -> Result<Option<Model>, RecordError> {
    Ok(Entity::find().filter(Column::TokenHash.eq(token_hash)).one(db).await?)
}

pub async fn add(write: &Write, session: Model) -> Result<(), RecordError> {
    Entity::insert(session.into_active_model())
        .exec_without_returning(&write.tx())
        .await?;
    Ok(())
}

/// Ends the session with this token hash. Returns false if there was none.
pub async fn remove_by_token(write: &Write, token_hash: &[u8]) -> Result<bool, RecordError> {
    Ok(Entity::delete_many()
        .filter(Column::TokenHash.eq(token_hash))
        .exec(&write.tx())
        .await?
        .rows_affected
        > 0)
}

pub async fn set_seen(write: &Write, id: Uuid, at: Instant) -> Result<(), RecordError> {
    let seen = ActiveModel {
        seen_at: Set(at),
        ..Default::default()
    };
    Entity::update_many().set(seen).filter(Column::Id.eq(id)).exec(&write.tx()).await?;
    Ok(())
}

/// Selects the sessions of these people and those opened by this mailbox.
fn of(people: &[Uuid], mailbox: Option<&[u8]>) -> Condition {
    let theirs = Condition::any().add(Column::PersonId.is_in(people.iter().copied()));
    match mailbox {
        Some(mailbox) => theirs.add(Column::Mailbox.eq(mailbox)),
        None => theirs,
    }
}

/// Lists the unexpired sessions of these people and this mailbox, the last used first.
pub async fn list(db: &impl ConnectionTrait, people: &[Uuid], mailbox: Option<&[u8]>, now: Instant) -> Result<Vec<Model>, RecordError> {
    let live = Entity::find().filter(of(people, mailbox)).filter(Column::ExpiresAt.gt(now));
    Ok(live.order_by_desc(Column::SeenAt).order_by_desc(Column::Id).all(db).await?)
}

/// Ends one of the sessions of these people and this mailbox. Returns false if it is not among them.
pub async fn remove(write: &Write, people: &[Uuid], mailbox: Option<&[u8]>, id: Uuid) -> Result<bool, RecordError> {
    let one = Entity::delete_many().filter(of(people, mailbox)).filter(Column::Id.eq(id));
    Ok(one.exec(&write.tx()).await?.rows_affected > 0)
}

/// Ends all sessions of these people and this mailbox except `but`. Returns how many it ended.
pub async fn remove_all(write: &Write, people: &[Uuid], mailbox: Option<&[u8]>, but: Option<Uuid>) -> Result<u64, RecordError> {
    let mut others = Entity::delete_many().filter(of(people, mailbox));
    if let Some(but) = but {
        others = others.filter(Column::Id.ne(but));
    }
    Ok(others.exec(&write.tx()).await?.rows_affected)
}

/// Deletes expired sessions and returns how many, so that the table does not grow forever.
pub async fn remove_expired(write: &Write, now: Instant) -> Result<u64, RecordError> {
    Ok(Entity::delete_many()
        .filter(Column::ExpiresAt.lte(now))
        .exec(&write.tx())
        .await?
        .rows_affected)
}
