//! Scanning files: how far it has got with each, and what was found.
//!
//! The queue is the files themselves: whatever is `scanning` is to be scanned. A row here is made when a server takes a file
//! for the first time, so nothing has to be written when a file comes in, and none can be forgotten.

use sea_orm::{
    ActiveValue::{NotSet, Set},
    Condition, QueryOrder, QuerySelect, SelectExt,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, LockBehavior, LockType, OnConflict, Query, SelectStatement},
};
use time::Duration;
use uuid::Uuid;

use super::{
    Instant, RecordError,
    store::Write,
    uploads::{self, Model as Upload, State},
};

/// What a scanner found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Verdict {
    /// Nothing.
    #[sea_orm(string_value = "clean")]
    Clean,
    /// Something. The file is refused from that moment on; its bytes go into quarantine next.
    #[sea_orm(string_value = "infected")]
    Infected,
}

/// The code of a file that is held because the scanner suspects something.
pub const SUSPECTED: &str = "suspected";

/// How far it has got with one file.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "scans")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub upload_id: Uuid,
    /// How often it was begun.
    pub attempts: i32,
    /// Not before this moment. A file being scanned is due again when whoever took it must have died.
    pub due_at: Instant,
    /// What went wrong last, as a code.
    pub last_error: Option<String>,
    /// What was found, and what it is called.
    pub verdict: Option<Verdict>,
    pub signature: Option<String>,
    /// The scanner's own word for itself and its signatures.
    pub engine: Option<String>,
    pub scanned_at: Option<Instant>,
    /// When nothing was left to be done: a clean file at once, a refused one when it is in quarantine.
    pub ended_at: Option<Instant>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::uploads::Entity",
        from = "Column::UploadId",
        to = "super::uploads::Column::Id"
    )]
    Upload,
}

impl Related<uploads::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Upload.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// A verdict to be written down.
#[derive(Clone, Debug)]
pub struct Found {
    pub verdict: Verdict,
    pub signature: Option<String>,
    pub engine: String,
    pub at: Instant,
    /// Why the file is refused, as a code; none when it is clean.
    pub reason: Option<&'static str>,
}

/// Files that nobody has taken yet.
fn new() -> Select<uploads::Entity> {
    let mut taken: SelectStatement = Query::select();
    taken
        .expr(Expr::val(1))
        .from(Entity)
        .and_where(Expr::col((Entity, Column::UploadId)).equals((uploads::Entity, uploads::Column::Id)));
    uploads::Entity::find()
        .filter(uploads::Column::State.eq(State::Scanning))
        .filter(Expr::exists(taken).not())
}

fn due(now: Instant) -> Condition {
    Condition::all().add(Column::EndedAt.is_null()).add(Column::DueAt.lte(now))
}

/// Whether anything is to be done. A look that writes nothing.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn any_due(db: &impl ConnectionTrait, now: Instant) -> Result<bool, RecordError> {
    Ok(new().exists(db).await? || Entity::find().filter(due(now)).exists(db).await?)
}

/// Takes up to `limit` files that are due, for `lease`: nobody else gets them before that has passed. Each counts one
/// attempt more.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn take_due(write: &Write, now: Instant, lease: Duration, limit: u64) -> Result<Vec<Model>, RecordError> {
    // What another server holds is passed over rather than waited for. SQLite has no row locks and drops the clause; its
    // write transactions queue as a whole.
    let skip = (LockType::Update, LockBehavior::SkipLocked);
    let new = new().order_by_asc(uploads::Column::ReceivedAt).limit(limit);
    for upload in new.lock_with_behavior(skip.0, skip.1).all(&write.tx()).await? {
        let row = ActiveModel {
            upload_id: Set(upload.id),
            attempts: Set(0),
            due_at: Set(now),
            last_error: NotSet,
            verdict: NotSet,
            signature: NotSet,
            engine: NotSet,
            scanned_at: NotSet,
            ended_at: NotSet,
        };
        let once = OnConflict::column(Column::UploadId).do_nothing().to_owned();
        Entity::insert(row).on_conflict(once).exec_without_returning(&write.tx()).await?;
    }
    let due = Entity::find().filter(due(now)).order_by_asc(Column::DueAt).limit(limit);
    let mut taken = due.lock_with_behavior(skip.0, skip.1).all(&write.tx()).await?;
    let again = Instant::from(now.time() + lease);
    if !taken.is_empty() {
        Entity::update_many()
            .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
            .col_expr(Column::DueAt, Expr::value(again))
            .filter(Column::UploadId.is_in(taken.iter().map(|scan| scan.upload_id)))
            .exec(&write.tx())
            .await?;
    }
    for scan in &mut taken {
        scan.attempts += 1;
        scan.due_at = again;
    }
    Ok(taken)
}

/// Writes down what this attempt found, and makes the file `clean` or `refused`. The file as it is then; `None` when it was
/// removed meanwhile, or another attempt has begun, whose word counts then.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn found(write: &Write, taken: &Model, found: &Found) -> Result<Option<Upload>, RecordError> {
    let upload = uploads::Entity::find_by_id(taken.upload_id).lock(LockType::Update);
    let Some(mut upload) = upload.one(&write.tx()).await?.filter(|u| u.state == State::Scanning) else {
        return Ok(None);
    };
    let changed = ActiveModel {
        verdict: Set(Some(found.verdict)),
        signature: Set(found.signature.clone()),
        engine: Set(Some(found.engine.clone())),
        scanned_at: Set(Some(found.at)),
        ended_at: Set((found.verdict == Verdict::Clean).then_some(found.at)),
        last_error: Set(None),
        ..Default::default()
    };
    if !change(write, taken, changed).await? {
        return Ok(None);
    }
    settle(write, &mut upload, found).await?;
    Ok(Some(upload))
}

/// Notes what the scanner suspects in a file, which is shown to the scanner again at `again`. The file as it is then, and whether it
/// was not suspected before; `None` when it was removed meanwhile, or another attempt has begun.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn suspected(write: &Write, taken: &Model, signature: &str, again: Instant) -> Result<Option<(Upload, bool)>, RecordError> {
    let upload = uploads::Entity::find_by_id(taken.upload_id).lock(LockType::Update);
    let Some(mut upload) = upload.one(&write.tx()).await?.filter(|u| u.state == State::Scanning) else {
        return Ok(None);
    };
    let changed = ActiveModel {
        due_at: Set(again),
        last_error: Set(Some(SUSPECTED.to_owned())),
        signature: Set(Some(signature.to_owned())),
        ..Default::default()
    };
    if !change(write, taken, changed).await? {
        return Ok(None);
    }
    let is_new = upload.suspicion.is_none();
    upload.suspicion = Some(signature.to_owned());
    uploads::Entity::update_many()
        .col_expr(uploads::Column::Suspicion, Expr::value(upload.suspicion.clone()))
        .filter(uploads::Column::Id.eq(upload.id))
        .exec(&write.tx())
        .await?;
    Ok(Some((upload, is_new)))
}

/// Writes down what a person decided about a file that is held, and makes it `clean` or `refused`. An attempt that is looking at it has
/// no word any more; the bytes of a refused file are moved by the next. The file as it is then; `None` when it is not held.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn decided(write: &Write, upload_id: Uuid, decision: &Found) -> Result<Option<Upload>, RecordError> {
    let upload = uploads::Entity::find_by_id(upload_id).lock(LockType::Update);
    let Some(mut upload) = upload.one(&write.tx()).await?.filter(Upload::is_held) else {
        return Ok(None);
    };
    let changed = ActiveModel {
        due_at: Set(decision.at),
        last_error: Set(None),
        verdict: Set(Some(decision.verdict)),
        scanned_at: Set(Some(decision.at)),
        ended_at: Set((decision.verdict == Verdict::Clean).then_some(decision.at)),
        ..Default::default()
    };
    Entity::update_many()
        .set(changed)
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .filter(Column::UploadId.eq(upload_id))
        .exec(&write.tx())
        .await?;
    settle(write, &mut upload, decision).await?;
    Ok(Some(upload))
}

/// Puts a verdict in the file's row.
async fn settle(write: &Write, upload: &mut Upload, found: &Found) -> Result<(), RecordError> {
    upload.state = match found.verdict {
        Verdict::Clean => State::Clean,
        Verdict::Infected => State::Refused,
    };
    upload.reason = found.reason.map(ToOwned::to_owned);
    uploads::Entity::update_many()
        .set(uploads::ActiveModel {
            state: Set(upload.state),
            reason: Set(upload.reason.clone()),
            ..Default::default()
        })
        .filter(uploads::Column::Id.eq(upload.id))
        .exec(&write.tx())
        .await?;
    Ok(())
}

/// Notes where the bytes of a refused file are now, which ends its scan. False when the file was removed meanwhile.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn quarantined(write: &Write, upload_id: Uuid, storage_key: &str, at: Instant) -> Result<bool, RecordError> {
    let moved = uploads::Entity::update_many()
        .col_expr(uploads::Column::StorageKey, Expr::value(storage_key))
        .filter(uploads::Column::Id.eq(upload_id))
        .filter(uploads::Column::State.eq(State::Refused));
    if moved.exec(&write.tx()).await?.rows_affected == 0 {
        return Ok(false);
    }
    Entity::update_many()
        .col_expr(Column::EndedAt, Expr::value(Some(at)))
        .col_expr(Column::LastError, Expr::value(Option::<String>::None))
        .filter(Column::UploadId.eq(upload_id))
        .exec(&write.tx())
        .await?;
    Ok(true)
}

/// Begins anew for a file whose bytes are others now: what was found of the ones before is forgotten, and an attempt that is still
/// looking at those has no word any more. Call it after the file's row was changed, so that nobody takes it in between.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn begin_anew(write: &Write, upload_id: Uuid, now: Instant) -> Result<(), RecordError> {
    let fresh = ActiveModel {
        due_at: Set(now),
        last_error: Set(None),
        verdict: Set(None),
        signature: Set(None),
        engine: Set(None),
        scanned_at: Set(None),
        ended_at: Set(None),
        ..Default::default()
    };
    Entity::update_many()
        .set(fresh)
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .filter(Column::UploadId.eq(upload_id))
        .exec(&write.tx())
        .await?;
    Ok(())
}

/// Puts off a file that this attempt could not finish. False when another attempt has begun since.
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
        .filter(Column::UploadId.eq(taken.upload_id))
        .filter(Column::EndedAt.is_null())
        .filter(Column::Attempts.eq(taken.attempts));
    Ok(own.exec(&write.tx()).await?.rows_affected > 0)
}

/// How far it has got with this file; `None` when nobody has taken it yet.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn lookup(db: &impl ConnectionTrait, upload_id: Uuid) -> Result<Option<Model>, RecordError> {
    Ok(Entity::find_by_id(upload_id).one(db).await?)
}

/// The files that wait for a verdict, the longest waiting first, each with how far it has got.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn list_waiting(db: &impl ConnectionTrait) -> Result<Vec<(Upload, Option<Model>)>, RecordError> {
    let waiting = uploads::Entity::find()
        .filter(uploads::Column::State.eq(State::Scanning))
        .order_by_asc(uploads::Column::ReceivedAt)
        .order_by_asc(uploads::Column::Id)
        .all(db)
        .await?;
    let mut listed = Vec::with_capacity(waiting.len());
    // A list for people at a command line, who look when something waits.
    for upload in waiting {
        let scan = lookup(db, upload.id).await?;
        listed.push((upload, scan));
    }
    Ok(listed)
}
