//! The write queue of one SQLite file, with group commit.
//!
//! One writer at a time writes, in a savepoint. The first opens a transaction. Every writer waiting at that moment gets a
//! savepoint in it before it is committed: one flush to disk for all. A write is acknowledged only after that commit.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ConnAcquireErr, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

use super::read_pool::take_connection;

type Acknowledge = oneshot::Sender<Result<(), DbErr>>;

/// Opens the transaction with the first writer's savepoint, and takes the write lock at once.
///
/// Another process (the command line) writes to the same file. A transaction that read first and asked for the lock later
/// would fail if that process wrote in between.
const OPEN: &str = "BEGIN IMMEDIATE; SAVEPOINT turn";

/// Releases the savepoint of the writer before, and begins the next. `COMMIT` releases the last one.
const NEXT: &str = "RELEASE turn; SAVEPOINT turn";

/// The write queue. Cheap to clone.
///
/// It issues the transaction statements itself. The driver counts the depth of nested transactions. The count is
/// wrong once SQLite has rolled back a transaction by itself, as it does on a full disk. From then on the driver
/// reports commits that did not happen. Here nothing is counted: a `RELEASE` or `COMMIT` of something rolled back is
/// an error from SQLite.
#[derive(Clone, Debug)]
pub(crate) struct WriteQueue {
    /// A pool of exactly one connection.
    pool: DatabaseConnection,
    turn: Arc<Mutex<CommitGroup>>,
    patience: Duration,
}

#[derive(Debug, Default)]
struct CommitGroup {
    /// The connection, once a writer has needed it.
    connection: Option<Arc<DatabaseTransaction>>,
    /// The writers that wait for the commit of the open transaction; `None` if no transaction is open. In an open transaction
    /// there is one savepoint, that of the newest writer.
    waiting: Option<Vec<Acknowledge>>,
}

impl CommitGroup {
    /// Ends the transaction and sends the outcome to every waiting writer.
    fn end(&mut self, how: &Result<(), DbErr>) {
        for waiting in self.waiting.take().unwrap_or_default() {
            // A writer that has stopped waiting needs no outcome.
            let _ = waiting.send(how.clone());
        }
    }
}

/// A writer's permit: a savepoint in the open transaction. If dropped without a commit, the savepoint is rolled back and the
/// next writer gets a permit.
#[derive(Debug)]
pub(crate) struct WritePermit {
    db: Arc<DatabaseTransaction>,
    /// `None` after the commit.
    group: Option<OwnedMutexGuard<CommitGroup>>,
}

impl WriteQueue {
    pub(crate) fn new(pool: DatabaseConnection, patience: Duration) -> Self {
        Self {
            pool,
            turn: Arc::default(),
            patience,
        }
    }

    async fn lock(&self) -> Result<OwnedMutexGuard<CommitGroup>, DbErr> {
        let waiting = tokio::time::timeout(self.patience, Arc::clone(&self.turn).lock_owned());
        waiting.await.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))
    }

    /// Waits for a permit. A separate task begins the savepoint, so that a cancelled request cannot leave a half-begun one.
    pub(crate) async fn begin(&self) -> Result<WritePermit, DbErr> {
        let group = self.lock().await?;
        let queue = self.clone();
        tokio::spawn(async move { queue.begin_savepoint(group).await })
            .await
            .map_err(task_lost)?
    }

    /// Gives the connection back to the driver's pool.
    pub(crate) async fn release_connection(&self) -> Result<(), DbErr> {
        loop {
            let mut group = self.lock().await?;
            // Otherwise the task that commits the open transaction is waiting, and comes before the next attempt.
            if group.waiting.is_none() {
                group.connection = None;
                return Ok(());
            }
        }
    }

    async fn begin_savepoint(self, mut group: OwnedMutexGuard<CommitGroup>) -> Result<WritePermit, DbErr> {
        let db = match &group.connection {
            Some(db) => Arc::clone(db),
            None => Arc::clone(group.connection.insert(Arc::new(take_connection(&self.pool).await?))),
        };
        if group.waiting.is_some()
            && let Err(e) = db.execute_unprepared(NEXT).await
        {
            // SQLite has rolled back the transaction: no write of the group may be acknowledged.
            let _ = db.execute_unprepared("ROLLBACK").await;
            group.end(&Err(e));
        }
        if group.waiting.is_none() {
            if let Err(e) = open(&db).await {
                group.connection = None;
                return Err(e);
            }
            group.waiting = Some(Vec::new());
            // This task queues behind all writers that wait now, so it ends the group whatever happens to them.
            tokio::spawn(self.close());
        }
        Ok(WritePermit { db, group: Some(group) })
    }

    /// Commits the open transaction once it reaches the head of the queue.
    async fn close(self) {
        let mut group = self.turn.lock().await;
        // The writer that noticed SQLite's own rollback has ended the group already.
        let (Some(_), Some(db)) = (&group.waiting, &group.connection) else {
            return;
        };
        let committed = db.execute_unprepared("COMMIT").await.map(|_| ());
        if committed.is_err() {
            // Makes sure that the transaction is rolled back, whether SQLite has done so or not.
            let _ = db.execute_unprepared("ROLLBACK").await;
        }
        group.end(&committed);
    }
}

async fn open(db: &DatabaseTransaction) -> Result<(), DbErr> {
    if let Err(first) = db.execute_unprepared(OPEN).await {
        // Either the file is locked and there is nothing to roll back, or a failed commit left a transaction open.
        if db.execute_unprepared("ROLLBACK").await.is_err() {
            return Err(first);
        }
        db.execute_unprepared(OPEN).await?;
    }
    Ok(())
}

impl WritePermit {
    /// Returns the connection, which only this permit uses.
    pub(crate) fn db(&self) -> &DatabaseTransaction {
        &self.db
    }

    /// Ends the turn and waits until everything written in it is on disk.
    pub(crate) async fn commit(mut self) -> Result<(), DbErr> {
        let Some(mut group) = self.group.take() else { return Ok(()) };
        let (acknowledge, committed) = oneshot::channel();
        if let Some(waiting) = &mut group.waiting {
            waiting.push(acknowledge);
        }
        drop(group);
        committed.await.map_err(task_lost)?
    }
}

impl Drop for WritePermit {
    fn drop(&mut self) {
        let Some(mut group) = self.group.take() else { return };
        let db = Arc::clone(&self.db);
        // Without a runtime the program is ending, and closing the connection makes SQLite roll back.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        runtime.spawn(async move {
            if let Err(e) = db.execute_unprepared("ROLLBACK TO turn").await {
                // SQLite has rolled back more than this savepoint: no write of the group may be acknowledged.
                let _ = db.execute_unprepared("ROLLBACK").await;
                group.end(&Err(e));
            }
        });
    }
}

/// The error for a task that ended without an outcome, because the program is shutting down.
fn task_lost<E>(_: E) -> DbErr {
    DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed)
}
