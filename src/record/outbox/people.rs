//! Messages to people on a case. They hold no address: whoever delivers them looks up how the person may be reached then.

use sea_orm::{
    ActiveValue::Set,
    QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{LockBehavior, LockType},
};
use uuid::Uuid;

use super::{ActiveModel, Column, Entity, Model, State};
use crate::record::{Instant, RecordError, store::Write};

/// The channel of "you have a message".
pub const NOTICE: &str = "notice";

/// The channel of a sign-in code.
pub const CODE: &str = "code";

/// The channel of a code that confirms a change of contact details.
pub const CONFIRM: &str = "confirm";

/// The channel of an email that asks a tenant who has no way in. It goes to an address that whoever acts for them gave.
pub const CONSENT: &str = "consent";

/// The channel of a message that nobody gets: written where there is nobody to write to, so that this takes as long.
pub const NONE: &str = "none";

/// The codes of `last_error` of messages that were rightly not sent.
pub const NOT_SENT: [&str; 3] = [BY_CHOICE, NO_RIGHT, NO_WAY];

/// The person wants to hear of nothing but by signing in.
pub const BY_CHOICE: &str = "by_choice";

/// The person may not see the case any more, or what was asked of them is decided.
pub const NO_RIGHT: &str = "no_right";

/// There is no safe way to the person.
pub const NO_WAY: &str = "no_way";

/// The code of `last_error` of a message that came back after it had left.
pub const BOUNCED: &str = "bounced";

/// The message with this id.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn lookup(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, RecordError> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// The emails about a case that carry these links.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn asking(db: &impl ConnectionTrait, case_id: Uuid, consents: &[Uuid]) -> Result<Vec<Model>, RecordError> {
    let asking = Entity::find()
        .filter(Column::CaseId.eq(case_id))
        .filter(Column::ConsentId.is_in(consents.iter().copied()));
    Ok(asking.all(db).await?)
}

/// The newest notice to somebody, held until the transaction ends: a courier that comes for it meanwhile passes it over.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn newest_notice(write: &Write, person_id: Uuid) -> Result<Option<Model>, RecordError> {
    let notices = Entity::find()
        .filter(Column::PersonId.eq(person_id))
        .filter(Column::Channel.eq(NOTICE))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .limit(1)
        // One that a courier is just taking is as good as gone.
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    Ok(notices.one(&write.tx()).await?)
}

/// What was given up and should not have been, of one case, oldest first.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn undelivered(db: &impl ConnectionTrait, case_id: Uuid) -> Result<Vec<Model>, RecordError> {
    let given_up = Entity::find()
        .filter(Column::CaseId.eq(case_id))
        .filter(Column::State.eq(State::GivenUp))
        .filter(Column::LastError.is_not_in(NOT_SENT));
    Ok(given_up.order_by_asc(Column::Id).all(db).await?)
}

/// Notes by which way a message leaves.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn set_way(write: &Write, id: Uuid, way: &str) -> Result<(), RecordError> {
    let way = ActiveModel {
        way: Set(Some(way.to_owned())),
        ..Default::default()
    };
    Entity::update_many().set(way).filter(Column::Id.eq(id)).exec(&write.tx()).await?;
    Ok(())
}

/// Notes that a message came back that had been delivered. False when that is known already, or it never left.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn came_back(write: &Write, id: Uuid, at: Instant) -> Result<bool, RecordError> {
    let back = ActiveModel {
        state: Set(State::GivenUp),
        ended_at: Set(Some(at)),
        last_error: Set(Some(BOUNCED.to_owned())),
        ..Default::default()
    };
    let delivered = Entity::update_many()
        .set(back)
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(State::Delivered));
    Ok(delivered.exec(&write.tx()).await?.rows_affected > 0)
}
