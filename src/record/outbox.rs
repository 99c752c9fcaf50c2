//! Messages on their way out. A row is written in the transaction of the act that calls for it; delivering it is the
//! business of `notify`.

pub mod people;

use sea_orm::{
    ActiveValue::Set,
    Condition, IntoActiveModel, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, LockBehavior, LockType},
};
use time::Duration;
use uuid::Uuid;

use super::{Instant, RecordError, store::Write};

/// How far a message has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    /// To be delivered from `due_at` on.
    #[sea_orm(string_value = "waiting")]
    Waiting,
    /// Handed over. What it said is no longer kept.
    #[sea_orm(string_value = "delivered")]
    Delivered,
    /// Tried too often, refused for good, or too late to be of use. What it said is kept, sealed, as long as somebody may still
    /// want it.
    #[sea_orm(string_value = "given_up")]
    GivenUp,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// How it travels: `email`; one of [`people`]'s for a message to somebody on a case.
    pub channel: String,
    /// The draft it is about, if any: forgotten with it as long as it waits.
    pub draft_id: Option<Uuid>,
    /// A fingerprint of the address, to count how much one address gets.
    pub recipient: Vec<u8>,
    /// Address and words, sealed; none once it is delivered, or given up and of no use any more.
    pub payload: Option<Vec<u8>>,
    pub state: State,
    /// How often delivery was begun.
    pub attempts: i32,
    pub created_at: Instant,
    /// Not before this moment. A message being delivered is due again when whoever took it must have died.
    pub due_at: Instant,
    /// From this moment on nobody wants it any more.
    pub useless_from: Instant,
    /// When it was delivered or given up.
    pub ended_at: Option<Instant>,
    /// What went wrong last, as a code: never an address, never what a mail server said.
    pub last_error: Option<String>,
    /// The case it is about, if any.
    pub case_id: Option<Uuid>,
    /// Who on that case it is for. Where they can be reached is looked up when it leaves.
    pub person_id: Option<Uuid>,
    /// By which way it left, or tried to: `email`, `text`.
    pub way: Option<String>,
    /// The link in it that asks a tenant, if it has one. It goes no more once that is decided or replaced.
    pub consent_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Adds a message.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn add(write: &Write, message: Model) -> Result<(), RecordError> {
    Entity::insert(message.into_active_model())
        .exec_without_returning(&write.tx())
        .await?;
    Ok(())
}

/// Whether any message is due. A look that writes nothing.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn any_due(db: &impl ConnectionTrait, now: Instant) -> Result<bool, RecordError> {
    let due = Entity::find()
        .filter(Column::State.eq(State::Waiting))
        .filter(Column::DueAt.lte(now));
    Ok(due.limit(1).count(db).await? > 0)
}

/// Takes up to `limit` messages that are due, for `lease`: nobody else gets them before that has passed. Each counts one
/// attempt more.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn take_due(write: &Write, now: Instant, lease: Duration, limit: u64) -> Result<Vec<Model>, RecordError> {
    let due = Entity::find()
        .filter(Column::State.eq(State::Waiting))
        .filter(Column::DueAt.lte(now))
        .order_by_asc(Column::DueAt)
        .order_by_asc(Column::Id)
        .limit(limit)
        // Another server's are passed over rather than waited for. SQLite has no row locks and drops the clause; its
        // write transactions queue as a whole.
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    let mut taken = due.all(&write.tx()).await?;
    let again = Instant::from(now.time() + lease);
    let ids: Vec<Uuid> = taken.iter().map(|message| message.id).collect();
    if !ids.is_empty() {
        Entity::update_many()
            .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
            .col_expr(Column::DueAt, Expr::value(again))
            .filter(Column::Id.is_in(ids))
            .exec(&write.tx())
            .await?;
    }
    for message in &mut taken {
        message.attempts += 1;
        message.due_at = again;
    }
    Ok(taken)
}

/// Ends a message that this attempt delivered or gave up. What it said is forgotten, unless it was given up and somebody may
/// still want it: then it can be sent [again](retry). False when another attempt has begun since, whose word counts then.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn end(write: &Write, taken: &Model, state: State, at: Instant, error: Option<&str>) -> Result<bool, RecordError> {
    let mut changed = ActiveModel {
        state: Set(state),
        ended_at: Set(Some(at)),
        last_error: Set(error.map(ToOwned::to_owned)),
        ..Default::default()
    };
    if state != State::GivenUp || taken.useless_from <= at {
        changed.payload = Set(None);
    }
    change(write, taken, changed).await
}

/// Puts off a message that this attempt could not deliver. False when another attempt has begun since.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn put_off(write: &Write, taken: &Model, until: Instant, error: &str) -> Result<bool, RecordError> {
    let changed = ActiveModel {
        due_at: Set(until),
        last_error: Set(Some(error.to_owned())),
        ..Default::default()
    };
    change(write, taken, changed).await
}

async fn change(write: &Write, taken: &Model, changed: ActiveModel) -> Result<bool, RecordError> {
    let own = Entity::update_many()
        .set(changed)
        .filter(Column::Id.eq(taken.id))
        .filter(Column::State.eq(State::Waiting))
        .filter(Column::Attempts.eq(taken.attempts));
    Ok(own.exec(&write.tx()).await?.rows_affected > 0)
}

/// Lets a message that was given up be tried anew, as often as a new one. False when there is none such, or what it said is
/// forgotten.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn retry(write: &Write, id: Uuid, now: Instant) -> Result<bool, RecordError> {
    let changed = ActiveModel {
        state: Set(State::Waiting),
        attempts: Set(0),
        due_at: Set(now),
        ended_at: Set(None),
        ..Default::default()
    };
    let given_up = Entity::update_many()
        .set(changed)
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(State::GivenUp))
        .filter(Column::Payload.is_not_null())
        .filter(Column::UselessFrom.gt(now));
    Ok(given_up.exec(&write.tx()).await?.rows_affected > 0)
}

/// Forgets what messages said that were given up and that nobody wants any more.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn forget_useless(write: &Write, now: Instant) -> Result<u64, RecordError> {
    let changed = ActiveModel {
        payload: Set(None),
        ..Default::default()
    };
    let useless = Entity::update_many()
        .set(changed)
        .filter(Column::State.eq(State::GivenUp))
        .filter(Column::Payload.is_not_null())
        .filter(Column::UselessFrom.lte(now));
    Ok(useless.exec(&write.tx()).await?.rows_affected)
}

/// How many messages were written for an address since then.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn count_since(db: &impl ConnectionTrait, recipient: &[u8], since: Instant) -> Result<u64, RecordError> {
    let recent = Entity::find()
        .filter(Column::Recipient.eq(recipient))
        .filter(Column::CreatedAt.gte(since));
    Ok(recent.count(db).await?)
}

/// Takes back what still waits about a draft, or could be sent again.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn withdraw(write: &Write, draft_id: Uuid) -> Result<u64, RecordError> {
    let waiting = Entity::delete_many()
        .filter(Column::DraftId.eq(draft_id))
        .filter(Column::State.ne(State::Delivered))
        .filter(Column::Payload.is_not_null());
    Ok(waiting.exec(&write.tx()).await?.rows_affected)
}

/// Removes what ended before `then`.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn remove_ended(write: &Write, then: Instant) -> Result<u64, RecordError> {
    let old = Entity::delete_many().filter(Column::EndedAt.lt(then));
    Ok(old.exec(&write.tx()).await?.rows_affected)
}

/// After how many tries in vain a message has waited for an hour: the waits double from 30 seconds on.
const TRIES_OF_AN_HOUR: i32 = 8;

/// What there is in the outbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages that wait for their time or their next try.
    pub waiting: u64,
    /// Those of them that should have left an hour ago or longer. One that waits for an hour that its person chose is not among them.
    pub late: u64,
    /// Messages that were given up.
    pub given_up: u64,
}

/// Counts the messages that have not left.
pub async fn count(db: &impl ConnectionTrait, now: Instant) -> Result<Counts, RecordError> {
    let of = |state| Entity::find().filter(Column::State.eq(state));
    let tried_for_long = Condition::all()
        .add(Column::Attempts.gte(TRIES_OF_AN_HOUR))
        .add(Column::LastError.ne("hours"));
    let due_for_long = Column::DueAt.lte(Instant::from(now.time() - Duration::HOUR));
    let late = of(State::Waiting).filter(Condition::any().add(tried_for_long).add(due_for_long));
    Ok(Counts {
        waiting: of(State::Waiting).count(db).await?,
        late: late.count(db).await?,
        given_up: of(State::GivenUp).count(db).await?,
    })
}

/// All messages, oldest first.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn list(db: &impl ConnectionTrait) -> Result<Vec<Model>, RecordError> {
    Ok(Entity::find().order_by_asc(Column::Id).all(db).await?)
}
