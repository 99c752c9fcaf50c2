//! Webhooks: the organisation's addresses to which events are delivered.

use sea_orm::{
    ActiveValue::Set,
    IntoActiveModel, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{Expr, LockBehavior, LockType},
};
use time::Duration;
use uuid::Uuid;

use crate::{Instant, RecordError, api_keys, store::Write};

/// The scope that a webhook's API key must have for events to be delivered.
pub const SCOPE: &str = "webhooks";

/// A webhook.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhooks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub url: String,
    /// The name of the API key that created the webhook.
    pub made_by: String,
    /// The secret that signs deliveries, sealed.
    pub secret: Vec<u8>,
    pub created_at: Instant,
    /// The position of the newest event when the webhook was created; only later events are delivered.
    pub began_after: i64,
    /// The position of the last event that was delivered.
    pub delivered: i64,
    /// The number of failed attempts to deliver the next event.
    pub failures: i32,
    pub failing_since: Option<Instant>,
    /// The code of the last failure.
    pub last_error: Option<String>,
    /// The earliest time of the next attempt. While a worker delivers, this is the end of its lease.
    pub due_at: Instant,
    pub given_up_at: Option<Instant>,
    /// When the organisation paused deliveries; `None` if they are not paused.
    pub paused_at: Option<Instant>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Lists all webhooks, the oldest first.
pub async fn list(db: &impl ConnectionTrait) -> Result<Vec<Model>, RecordError> {
    Ok(Entity::find().order_by_asc(Column::Id).all(db).await?)
}

/// Locks the webhook with this id until the transaction ends.
pub async fn lock(write: &Write, id: Uuid) -> Result<Option<Model>, RecordError> {
    let found = Entity::find_by_id(id).lock_exclusive();
    Ok(found.one(&write.tx()).await?)
}

/// Lists the webhooks that the API key with this name created, the oldest first.
pub async fn list_made_by(write: &Write, key_name: &str) -> Result<Vec<Model>, RecordError> {
    let made = Entity::find().filter(Column::MadeBy.eq(key_name)).order_by_asc(Column::Id);
    Ok(made.all(&write.tx()).await?)
}

pub async fn pause(write: &Write, id: Uuid, at: Instant) -> Result<(), RecordError> {
    let changed = ActiveModel {
        paused_at: Set(Some(at)),
        ..Default::default()
    };
    let one = Entity::update_many().set(changed).filter(Column::Id.eq(id));
    one.exec(&write.tx()).await?;
    Ok(())
}

/// Makes a webhook due now, neither paused nor given up. Deliveries continue after the last delivered event.
pub async fn resume(write: &Write, id: Uuid, at: Instant) -> Result<(), RecordError> {
    let changed = ActiveModel {
        paused_at: Set(None),
        given_up_at: Set(None),
        failures: Set(0),
        failing_since: Set(None),
        last_error: Set(None),
        due_at: Set(at),
        ..Default::default()
    };
    let one = Entity::update_many().set(changed).filter(Column::Id.eq(id));
    one.exec(&write.tx()).await?;
    Ok(())
}

/// Makes a webhook due now, neither paused nor given up, and continues deliveries after position `delivered`.
pub async fn go_on_after(write: &Write, id: Uuid, delivered: i64, at: Instant) -> Result<(), RecordError> {
    let changed = ActiveModel {
        delivered: Set(delivered),
        ..Default::default()
    };
    let one = Entity::update_many().set(changed).filter(Column::Id.eq(id));
    one.exec(&write.tx()).await?;
    resume(write, id, at).await
}

/// The number of webhooks, and of those that receive nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub all: u64,
    /// Webhooks for which the next event has failed.
    pub failing: u64,
    /// Webhooks that were given up.
    pub given_up: u64,
}

pub async fn count(db: &impl ConnectionTrait) -> Result<Counts, RecordError> {
    Ok(Counts {
        all: Entity::find().count(db).await?,
        failing: Entity::find().filter(Column::FailingSince.is_not_null()).count(db).await?,
        given_up: Entity::find().filter(Column::GivenUpAt.is_not_null()).count(db).await?,
    })
}

pub async fn add(write: &Write, webhook: Model) -> Result<(), RecordError> {
    Entity::insert(webhook.into_active_model())
        .exec_without_returning(&write.tx())
        .await?;
    Ok(())
}

/// Deletes a webhook. Returns false if there was none.
pub async fn remove(write: &Write, id: Uuid) -> Result<bool, RecordError> {
    Ok(Entity::delete_by_id(id).exec(&write.tx()).await?.rows_affected > 0)
}

/// Returns true if the holder of this lease may deliver the next event.
///
/// The webhook must exist, be neither paused nor given up, and its API key must be in use. No worker may have taken
/// it, and no operator may have moved it to another event, since the lease began.
pub async fn is_open(db: &impl ConnectionTrait, taken: &Model) -> Result<bool, RecordError> {
    let own = open().filter(Column::Id.eq(taken.id)).filter(Column::DueAt.eq(taken.due_at));
    Ok(own.count(db).await? > 0)
}

/// Returns true if a webhook with undelivered events is due. Writes nothing.
pub async fn any_due(db: &impl ConnectionTrait, now: Instant, newest: i64) -> Result<bool, RecordError> {
    Ok(due(now, newest).limit(1).count(db).await? > 0)
}

/// Takes up to `limit` due webhooks and leases them: no other worker delivers to them before `lease` has passed.
pub async fn take_due(write: &Write, now: Instant, newest: i64, lease: Duration, limit: u64) -> Result<Vec<Model>, RecordError> {
    let found = due(now, newest)
        .order_by_asc(Column::DueAt)
        .limit(limit)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    let mut taken = found.all(&write.tx()).await?;
    let again = Instant::from(now.time() + lease);
    let ids: Vec<Uuid> = taken.iter().map(|webhook| webhook.id).collect();
    if !ids.is_empty() {
        Entity::update_many()
            .col_expr(Column::DueAt, Expr::value(again))
            .filter(Column::Id.is_in(ids))
            .exec(&write.tx())
            .await?;
    }
    for webhook in &mut taken {
        webhook.due_at = again;
    }
    Ok(taken)
}

fn due(now: Instant, newest: i64) -> Select<Entity> {
    open().filter(Column::DueAt.lte(now)).filter(Column::Delivered.lt(newest))
}

/// Selects the webhooks to which events may be delivered.
///
/// The query checks that the API key is in use, so revoking a key changes nothing in this table.
fn open() -> Select<Entity> {
    Entity::find()
        .filter(Column::GivenUpAt.is_null())
        .filter(Column::PausedAt.is_null())
        .filter(Column::MadeBy.in_subquery(api_keys::names_in_use(SCOPE)))
}

/// Stores the outcome of a delivery, unless another worker has taken the webhook since.
pub async fn note(write: &Write, taken: &Model, now: Model) -> Result<bool, RecordError> {
    let changed = ActiveModel {
        delivered: Set(now.delivered),
        failures: Set(now.failures),
        failing_since: Set(now.failing_since),
        last_error: Set(now.last_error),
        due_at: Set(now.due_at),
        given_up_at: Set(now.given_up_at),
        ..Default::default()
    };
    let own = Entity::update_many()
        .set(changed)
        .filter(Column::Id.eq(taken.id))
        .filter(Column::DueAt.eq(taken.due_at));
    Ok(own.exec(&write.tx()).await?.rows_affected > 0)
}
