//! The outbox: messages to be delivered. A row is written in the transaction of the change that causes the message;
//! the `notify` module delivers it.

pub mod case_messages;
use sea_orm::{
    ActiveValue::Set,
    Condition, IntoActiveModel, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, LockBehavior, LockType},
};
use time::Duration;
use uuid::Uuid;

use crate::{Instant, RecordError, store::Write};

/// How far the delivery of a message has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    /// Due for delivery from `due_at` on.
    #[sea_orm(string_value = "waiting")]
    Waiting,
    /// Handed to the mail server or gateway. The content is erased.
    #[sea_orm(string_value = "delivered")]
    Delivered,
    /// Attempted too often, refused for good, not to be sent, or too late to be useful. The sealed content is kept
    /// until `useless_from`.
    #[sea_orm(string_value = "given_up")]
    GivenUp,
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// `email`, or one of the channels in [`case_messages`] for a message about a case.
    pub channel: String,
    /// The draft that the message is about, if any. The message is withdrawn when the draft is deleted or sent.
    pub draft_id: Option<Uuid>,
    /// A fingerprint of the address, used to limit the number of messages to one address.
    pub recipient: Vec<u8>,
    /// Address and text, sealed. `None` once the message is delivered, or given up and no longer useful.
    pub payload: Option<Vec<u8>>,
    pub state: State,
    /// The number of delivery attempts begun.
    pub attempts: i32,
    pub created_at: Instant,
    /// The earliest time of the next attempt. While a worker delivers the message, this is the end of its lease.
    pub due_at: Instant,
    /// From this moment on the message is useless to its recipient.
    pub useless_from: Instant,
    /// When the message was delivered or given up.
    pub ended_at: Option<Instant>,
    /// The code of the last failure. Never an address or a mail server's reply.
    pub last_error: Option<String>,
    /// The case that the message is about, if any.
    pub case_id: Option<Uuid>,
    /// The person on the case who receives the message. Their address or number is looked up just before delivery.
    pub person_id: Option<Uuid>,
    /// The contact method by which the message left or was refused: `email` or `text`.
    pub way: Option<String>,
    /// The consent request whose link the message contains, if any. Once it is answered or replaced, the message is
    /// not sent.
    pub consent_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

pub async fn add(write: &Write, message: Model) -> Result<(), RecordError> {
    Entity::insert(message.into_active_model())
        .exec_without_returning(&write.tx())
        .await?;
    Ok(())
}

/// Returns true if a message is due. Writes nothing.
pub async fn any_due(db: &impl ConnectionTrait, now: Instant) -> Result<bool, RecordError> {
    let due = Entity::find()
        .filter(Column::State.eq(State::Waiting))
        .filter(Column::DueAt.lte(now));
    Ok(due.limit(1).count(db).await? > 0)
}

/// Takes up to `limit` due messages and leases them: no other worker gets them before `lease` has passed.
///
/// Counts one more attempt for each.
pub async fn take_due(write: &Write, now: Instant, lease: Duration, limit: u64) -> Result<Vec<Model>, RecordError> {
    let due = Entity::find()
        .filter(Column::State.eq(State::Waiting))
        .filter(Column::DueAt.lte(now))
        .order_by_asc(Column::DueAt)
        .order_by_asc(Column::Id)
        .limit(limit)
        // Rows locked by another server are skipped instead of waited for. SQLite has no row locks and drops the
        // clause; its write transactions are serialised anyway.
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

/// Ends a message that this attempt delivered or gave up. Returns false if another attempt has begun since.
///
/// The content is erased, except that of a given-up message which is still useful: an operator can [`retry`] it.
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

/// Postpones a message that this attempt could not deliver. Returns false if another attempt has begun since.
pub async fn postpone(write: &Write, taken: &Model, until: Instant, error: &str) -> Result<bool, RecordError> {
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

/// Makes a given-up message due now, with all attempts available again.
///
/// Returns false if there is no such message or its content is erased.
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

/// Erases the content of given-up messages that are no longer useful.
pub async fn erase_useless_content(write: &Write, now: Instant) -> Result<u64, RecordError> {
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

/// Counts the messages written for an address at or after `since`.
pub async fn count_since(db: &impl ConnectionTrait, recipient: &[u8], since: Instant) -> Result<u64, RecordError> {
    let recent = Entity::find()
        .filter(Column::Recipient.eq(recipient))
        .filter(Column::CreatedAt.gte(since));
    Ok(recent.count(db).await?)
}

/// Deletes a draft's messages that are waiting or could be retried.
pub async fn delete_undelivered_of_draft(write: &Write, draft_id: Uuid) -> Result<u64, RecordError> {
    let waiting = Entity::delete_many()
        .filter(Column::DraftId.eq(draft_id))
        .filter(Column::State.ne(State::Delivered))
        .filter(Column::Payload.is_not_null());
    Ok(waiting.exec(&write.tx()).await?.rows_affected)
}

/// Deletes messages that ended before `then`.
pub async fn remove_ended(write: &Write, then: Instant) -> Result<u64, RecordError> {
    let old = Entity::delete_many().filter(Column::EndedAt.lt(then));
    Ok(old.exec(&write.tx()).await?.rows_affected)
}

/// The number of attempts after which a message has waited for an hour. Waits between attempts double from 30
/// seconds.
const ATTEMPTS_IN_AN_HOUR: i32 = 8;

/// The number of undelivered messages by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages waiting for their due time or their next attempt.
    pub waiting: u64,
    /// Waiting messages that should have left at least an hour ago. A message postponed to its recipient's contact
    /// hours does not count.
    pub late: u64,
    pub given_up: u64,
}

pub async fn count(db: &impl ConnectionTrait, now: Instant) -> Result<Counts, RecordError> {
    let of = |state| Entity::find().filter(Column::State.eq(state));
    let tried_for_long = Condition::all()
        .add(Column::Attempts.gte(ATTEMPTS_IN_AN_HOUR))
        .add(Column::LastError.ne("hours"));
    let due_for_long = Column::DueAt.lte(Instant::from(now.time() - Duration::HOUR));
    let late = of(State::Waiting).filter(Condition::any().add(tried_for_long).add(due_for_long));
    Ok(Counts {
        waiting: of(State::Waiting).count(db).await?,
        late: late.count(db).await?,
        given_up: of(State::GivenUp).count(db).await?,
    })
}

/// Lists all messages, oldest first.
pub async fn list(db: &impl ConnectionTrait) -> Result<Vec<Model>, RecordError> {
    Ok(Entity::find().order_by_asc(Column::Id).all(db).await?)
}
