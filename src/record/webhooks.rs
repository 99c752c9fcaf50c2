//! Where news of cases is delivered.

use sea_orm::{
    ActiveValue::Set,
    IntoActiveModel, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{Expr, LockBehavior, LockType},
};
use time::Duration;
use uuid::Uuid;

use super::{Instant, RecordError, keys, store::Write};

/// The scope that the key of an address needs for as long as events are delivered there.
pub const SCOPE: &str = "webhooks";

/// One address.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhooks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub url: String,
    /// The name of the key that made it.
    pub made_by: String,
    /// What deliveries are signed with, sealed.
    pub secret: Vec<u8>,
    pub created_at: Instant,
    /// The place of the newest event when it was made: nothing before is delivered.
    pub began_after: i64,
    /// The place of the last event that arrived.
    pub delivered: i64,
    /// How often the next one was tried in vain.
    pub failures: i32,
    pub failing_since: Option<Instant>,
    /// What went wrong last, as a code.
    pub last_error: Option<String>,
    /// Not before this moment. One that somebody is at is due again when whoever took it must have died.
    pub due_at: Instant,
    pub given_up_at: Option<Instant>,
    /// When the organisation paused the deliveries; `None` while they are not paused.
    pub paused_at: Option<Instant>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// All of them, the oldest first.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn list(db: &impl ConnectionTrait) -> Result<Vec<Model>, RecordError> {
    Ok(Entity::find().order_by_asc(Column::Id).all(db).await?)
}

/// Returns the address with this id, held until the transaction ends.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn lock(write: &Write, id: Uuid) -> Result<Option<Model>, RecordError> {
    let found = Entity::find_by_id(id).lock_exclusive();
    Ok(found.one(&write.tx()).await?)
}

/// Lists the addresses that the key with this name made, the oldest first.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn list_made_by(write: &Write, key_name: &str) -> Result<Vec<Model>, RecordError> {
    let made = Entity::find().filter(Column::MadeBy.eq(key_name)).order_by_asc(Column::Id);
    Ok(made.all(&write.tx()).await?)
}

/// Pauses the deliveries to an address.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn pause(write: &Write, id: Uuid, at: Instant) -> Result<(), RecordError> {
    let changed = ActiveModel {
        paused_at: Set(Some(at)),
        ..Default::default()
    };
    let one = Entity::update_many().set(changed).filter(Column::Id.eq(id));
    one.exec(&write.tx()).await?;
    Ok(())
}

/// Makes an address due now, neither paused nor given up. Deliveries go on after the last event that arrived.
///
/// # Errors
/// [`RecordError`] when the database refuses.
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

/// Makes deliveries to an address go on after the event at `delivered`, from now on, neither paused nor given up.
pub async fn go_on_after(write: &Write, id: Uuid, delivered: i64, at: Instant) -> Result<(), RecordError> {
    let changed = ActiveModel {
        delivered: Set(delivered),
        ..Default::default()
    };
    let one = Entity::update_many().set(changed).filter(Column::Id.eq(id));
    one.exec(&write.tx()).await?;
    resume(write, id, at).await
}

/// How many addresses there are, and to how many nothing arrives any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub all: u64,
    /// Addresses at which the next event was tried in vain.
    pub failing: u64,
    /// Those of them that were given up.
    pub given_up: u64,
}

/// Counts the addresses.
pub async fn count(db: &impl ConnectionTrait) -> Result<Counts, RecordError> {
    Ok(Counts {
        all: Entity::find().count(db).await?,
        failing: Entity::find().filter(Column::FailingSince.is_not_null()).count(db).await?,
        given_up: Entity::find().filter(Column::GivenUpAt.is_not_null()).count(db).await?,
    })
}

/// Adds one.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn add(write: &Write, webhook: Model) -> Result<(), RecordError> {
    Entity::insert(webhook.into_active_model())
        .exec_without_returning(&write.tx())
        .await?;
    Ok(())
}

/// Removes one. Whether there was one.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn remove(write: &Write, id: Uuid) -> Result<bool, RecordError> {
    Ok(Entity::delete_by_id(id).exec(&write.tx()).await?.rows_affected > 0)
}

/// Whether the holder of this lease may deliver the next event: the address is there, not paused, not given up, its key is in use, and no
/// one has taken it or told it where to go on since.
pub async fn is_open(db: &impl ConnectionTrait, taken: &Model) -> Result<bool, RecordError> {
    let own = open().filter(Column::Id.eq(taken.id)).filter(Column::DueAt.eq(taken.due_at));
    Ok(own.count(db).await? > 0)
}

/// Whether any has events to come that is due. A look that writes nothing.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn any_due(db: &impl ConnectionTrait, now: Instant, newest: i64) -> Result<bool, RecordError> {
    Ok(due(now, newest).limit(1).count(db).await? > 0)
}

/// Takes those that are due, for `lease`: nobody else delivers there before that has passed.
///
/// # Errors
/// [`RecordError`] when the database refuses.
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

/// The addresses that events may be delivered to. Whether the key is in use is part of the query, so that revoking a key needs to change
/// nothing here.
fn open() -> Select<Entity> {
    Entity::find()
        .filter(Column::GivenUpAt.is_null())
        .filter(Column::PausedAt.is_null())
        .filter(Column::MadeBy.in_subquery(keys::names_in_use(SCOPE)))
}

/// Writes down how it went, when nobody else has taken it since.
///
/// # Errors
/// [`RecordError`] when the database refuses.
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
