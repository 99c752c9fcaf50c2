//! The scan queue: progress and result of scanning each file.
//!
//! The files themselves are the queue: every file in state `scanning` is to be scanned. A row is created when a
//! server first takes a file. So receiving a file writes no row here, and no file can be missed.

use sea_orm::{
    ActiveValue::{NotSet, Set},
    Condition, QueryOrder, QuerySelect, SelectExt,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, LockBehavior, LockType, OnConflict, Query, SelectStatement},
};
use time::Duration;
use uuid::Uuid;

use crate::{
    Instant, RecordError,
    store::Write,
    uploads::{self, Model as Upload, State},
};

/// The result of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum ScanVerdict {
    /// The scanner found nothing.
    #[sea_orm(string_value = "clean")]
    Clean,
    /// The scanner found malware. The file is refused at once; its bytes are moved to quarantine next.
    #[sea_orm(string_value = "infected")]
    Infected,
}

/// The code of a file that is held for a decision because the scanner suspects something in it.
pub const SUSPECTED: &str = "suspected";

/// The scan of one file.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "scans")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub upload_id: Uuid,
    /// The number of attempts begun.
    pub attempts: i32,
    /// The earliest time of the next attempt. While a server scans the file, this is the end of its lease.
    pub due_at: Instant,
    /// The code of the last failure.
    pub last_error: Option<String>,
    /// The result, followed by the scanner's name for what it found.
    pub verdict: Option<ScanVerdict>,
    pub signature: Option<String>,
    /// The name and signature version that the scanner reports.
    pub engine: Option<String>,
    pub scanned_at: Option<Instant>,
    /// When the work on the file ended: with a clean verdict, or with a refused file's move to quarantine.
    pub ended_at: Option<Instant>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A verdict to be stored.
#[derive(Clone, Debug)]
pub struct NewVerdict {
    pub verdict: ScanVerdict,
    pub signature: Option<String>,
    pub engine: String,
    pub at: Instant,
    /// The code of the reason for refusing the file; `None` for a clean file.
    pub reason: Option<&'static str>,
}

/// Selects files to scan that no server has taken yet.
fn untaken_files() -> Select<uploads::Entity> {
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

/// Returns true if a file is due. Writes nothing.
pub async fn any_due(db: &impl ConnectionTrait, now: Instant) -> Result<bool, RecordError> {
    Ok(untaken_files().exists(db).await? || Entity::find().filter(due(now)).exists(db).await?)
}

/// Takes up to `limit` due files and leases them: no other server gets them before `lease` has passed.
///
/// Counts one more attempt for each.
pub async fn take_due(write: &Write, now: Instant, lease: Duration, limit: u64) -> Result<Vec<Model>, RecordError> {
    // Rows locked by another server are skipped instead of waited for. SQLite has no row locks and drops the clause;
    // its write transactions are serialised anyway.
    let skip = (LockType::Update, LockBehavior::SkipLocked);
    let new = untaken_files().order_by_asc(uploads::Column::ReceivedAt).limit(limit);
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

/// Stores the verdict of this attempt and makes the file `clean` or `refused`. Returns the changed file.
///
/// Returns `None` if the file was deleted meanwhile, or another attempt has begun, whose verdict counts instead.
pub async fn record_verdict(write: &Write, taken: &Model, found: &NewVerdict) -> Result<Option<Upload>, RecordError> {
    let upload = uploads::Entity::find_by_id(taken.upload_id).lock(LockType::Update);
    let Some(mut upload) = upload.one(&write.tx()).await?.filter(|u| u.state == State::Scanning) else {
        return Ok(None);
    };
    let changed = ActiveModel {
        verdict: Set(Some(found.verdict)),
        signature: Set(found.signature.clone()),
        engine: Set(Some(found.engine.clone())),
        scanned_at: Set(Some(found.at)),
        ended_at: Set((found.verdict == ScanVerdict::Clean).then_some(found.at)),
        last_error: Set(None),
        ..Default::default()
    };
    if !change(write, taken, changed).await? {
        return Ok(None);
    }
    settle(write, &mut upload, found).await?;
    Ok(Some(upload))
}

/// Records what the scanner suspects in a file and schedules the next scan at `again`.
///
/// Returns the changed file and whether the suspicion is new. Returns `None` if the file was deleted meanwhile or
/// another attempt has begun.
pub async fn record_suspicion(
    write: &Write,
    taken: &Model,
    signature: &str,
    again: Instant,
) -> Result<Option<(Upload, bool)>, RecordError> {
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

/// Stores a person's decision about a held file and makes it `clean` or `refused`. Returns the changed file.
///
/// The result of a scan under way is discarded; the next attempt moves the bytes of a refused file. Returns `None` if the
/// file is not held for a decision.
pub async fn record_decision(write: &Write, upload_id: Uuid, decision: &NewVerdict) -> Result<Option<Upload>, RecordError> {
    let upload = uploads::Entity::find_by_id(upload_id).lock(LockType::Update);
    let Some(mut upload) = upload.one(&write.tx()).await?.filter(Upload::is_held) else {
        return Ok(None);
    };
    let changed = ActiveModel {
        due_at: Set(decision.at),
        last_error: Set(None),
        verdict: Set(Some(decision.verdict)),
        scanned_at: Set(Some(decision.at)),
        ended_at: Set((decision.verdict == ScanVerdict::Clean).then_some(decision.at)),
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

/// Stores a verdict in the file's own row.
async fn settle(write: &Write, upload: &mut Upload, found: &NewVerdict) -> Result<(), RecordError> {
    upload.state = match found.verdict {
        ScanVerdict::Clean => State::Clean,
        ScanVerdict::Infected => State::Refused,
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

/// Records the new storage key of a refused file in quarantine, which ends its scan.
///
/// Returns false if the file was deleted meanwhile.
pub async fn record_quarantine(write: &Write, upload_id: Uuid, storage_key: &str, at: Instant) -> Result<bool, RecordError> {
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

/// Resets the scan of a file whose bytes were replaced: forgets the earlier result and invalidates an attempt under
/// way.
///
/// Call it after changing the file's row in the same transaction, so that no server takes the file in between.
pub async fn reset(write: &Write, upload_id: Uuid, now: Instant) -> Result<(), RecordError> {
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

/// Postpones a file that this attempt could not finish. Returns false if another attempt has begun since.
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

/// Finds the scan of this file; `None` if no server has taken the file yet.
pub async fn lookup(db: &impl ConnectionTrait, upload_id: Uuid) -> Result<Option<Model>, RecordError> {
    Ok(Entity::find_by_id(upload_id).one(db).await?)
}

/// Lists the files that wait for a verdict, each with its scan, the longest waiting first.
pub async fn list_waiting(db: &impl ConnectionTrait) -> Result<Vec<(Upload, Option<Model>)>, RecordError> {
    let waiting = uploads::Entity::find()
        .filter(uploads::Column::State.eq(State::Scanning))
        .order_by_asc(uploads::Column::ReceivedAt)
        .order_by_asc(uploads::Column::Id)
        .all(db)
        .await?;
    let mut listed = Vec::with_capacity(waiting.len());
    // One query for each file is fast enough: only the command line calls this, while files are waiting.
    for upload in waiting {
        let scan = lookup(db, upload.id).await?;
        listed.push((upload, scan));
    }
    Ok(listed)
}
