//! The write queue of one SQLite file, with group commit.
//!
//! One writer at a time writes, in a savepoint. The first opens a transaction. Every writer waiting at that moment gets a
//! savepoint in it before it is committed: one flush to disk for all. A write is acknowledged only after that commit.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ConnAcquireErr, ConnectionTrait, DatabaseConnection, DbErr};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

type Acknowledge = oneshot::Sender<Result<(), DbErr>>;

/// The write queue. Cheap to clone.
///
/// It issues the transaction statements itself. The driver counts the depth of nested transactions. The count is
/// wrong once SQLite has rolled back a transaction by itself, as it does on a full disk. From then on the driver
/// reports commits that did not happen. Here nothing is counted: a `RELEASE` or `COMMIT` of something rolled back is
/// an error from SQLite.
#[derive(Clone, Debug)]
pub(crate) struct WriteQueue {
    /// A pool of exactly one connection.
    db: DatabaseConnection,
    turn: Arc<Mutex<CommitGroup>>,
    patience: Duration,
}

/// The open transaction, if there is one, with the writers that wait for its commit.
#[derive(Debug, Default)]
struct CommitGroup(Option<Vec<Acknowledge>>);

impl CommitGroup {
    /// Ends the transaction and sends the outcome to every waiting writer.
    fn end(&mut self, how: &Result<(), DbErr>) {
        for waiting in self.0.take().unwrap_or_default() {
            // A writer that has stopped waiting needs no outcome.
            let _ = waiting.send(how.clone());
        }
    }
}

/// A writer's permit: a savepoint in the open transaction. If dropped without a commit, the savepoint is rolled back and the
/// next writer gets a permit.
#[derive(Debug)]
pub(crate) struct WritePermit {
    db: DatabaseConnection,
    /// `None` after the commit.
    group: Option<OwnedMutexGuard<CommitGroup>>,
}

impl WriteQueue {
    pub(crate) fn new(db: DatabaseConnection, patience: Duration) -> Self {
        Self {
            db,
            turn: Arc::default(),
            patience,
        }
    }

    /// Waits for a permit. A separate task begins the savepoint, so that a cancelled request cannot leave a half-begun one.
    pub(crate) async fn begin(&self) -> Result<WritePermit, DbErr> {
        let waiting = tokio::time::timeout(self.patience, Arc::clone(&self.turn).lock_owned());
        let group = waiting.await.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?;
        let line = self.clone();
        tokio::spawn(async move { line.begin_savepoint(group).await })
            .await
            .map_err(task_lost)?
    }

    async fn begin_savepoint(self, mut group: OwnedMutexGuard<CommitGroup>) -> Result<WritePermit, DbErr> {
        if group.0.is_none() {
            self.open().await?;
            group.0 = Some(Vec::new());
            // This task queues behind all writers that wait now, so it ends the group whatever happens to them.
            tokio::spawn(self.clone().close());
        }
        if let Err(e) = self.db.execute_unprepared("SAVEPOINT turn").await {
            let _ = self.db.execute_unprepared("ROLLBACK").await;
            group.end(&Err(e.clone()));
            return Err(e);
        }
        Ok(WritePermit {
            db: self.db,
            group: Some(group),
        })
    }

    /// Opens the transaction and takes the write lock at once.
    ///
    /// Another process (the command line) writes to the same file. A transaction that read first and asked for the
    /// lock later would fail if that process wrote in between.
    async fn open(&self) -> Result<(), DbErr> {
        if let Err(first) = self.db.execute_unprepared("BEGIN IMMEDIATE").await {
            // Either the file is locked and there is nothing to roll back, or a failed commit left a transaction
            // open.
            if self.db.execute_unprepared("ROLLBACK").await.is_err() {
                return Err(first);
            }
            self.db.execute_unprepared("BEGIN IMMEDIATE").await?;
        }
        Ok(())
    }

    /// Commits the open transaction once it reaches the head of the queue.
    async fn close(self) {
        let mut group = self.turn.lock().await;
        // The writer that noticed SQLite's own rollback has ended the group already.
        if group.0.is_none() {
            return;
        }
        let committed = self.db.execute_unprepared("COMMIT").await.map(|_| ());
        if committed.is_err() {
            // Makes sure that the transaction is rolled back, whether SQLite has done so or not.
            let _ = self.db.execute_unprepared("ROLLBACK").await;
        }
        group.end(&committed);
    }
}

impl WritePermit {
    /// Returns the connection, which only this permit uses.
    pub(crate) const fn db(&self) -> &DatabaseConnection {
        &self.db
    }

    /// Releases the savepoint and waits until everything written in it is on disk.
    pub(crate) async fn commit(mut self) -> Result<(), DbErr> {
        let Some(group) = self.group.take() else { return Ok(()) };
        let db = self.db.clone();
        let (acknowledge, committed) = oneshot::channel();
        // In a separate task, for the same reason as in `begin`.
        tokio::spawn(release(db, group, acknowledge)).await.map_err(task_lost)?;
        committed.await.map_err(task_lost)?
    }
}

async fn release(db: DatabaseConnection, mut group: OwnedMutexGuard<CommitGroup>, acknowledge: Acknowledge) {
    let released = db.execute_unprepared("RELEASE turn").await;
    if let Some(waiting) = &mut group.0 {
        waiting.push(acknowledge);
    }
    if let Err(e) = released {
        let _ = db.execute_unprepared("ROLLBACK").await;
        group.end(&Err(e));
    }
}

impl Drop for WritePermit {
    fn drop(&mut self) {
        let Some(mut group) = self.group.take() else { return };
        let db = self.db.clone();
        // Without a runtime the program is ending, and closing the connection makes SQLite roll back.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        runtime.spawn(async move {
            if let Err(e) = db.execute_unprepared("ROLLBACK TO turn; RELEASE turn").await {
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
