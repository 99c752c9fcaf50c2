//! The write queue of one SQLite file, with group commit.
//!
//! Writers take turns, each in a savepoint. The first opens a transaction. Every writer waiting at that moment gets a
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
pub(crate) struct Line {
    /// A pool of exactly one connection.
    db: DatabaseConnection,
    turn: Arc<Mutex<Group>>,
    patience: Duration,
}

/// The open transaction, if there is one, with the writers that wait for its commit.
#[derive(Debug, Default)]
struct Group(Option<Vec<Acknowledge>>);

impl Group {
    /// Ends the transaction and sends the outcome to every waiting writer.
    fn end(&mut self, how: &Result<(), DbErr>) {
        for waiting in self.0.take().unwrap_or_default() {
            // A writer that has stopped waiting needs no outcome.
            let _ = waiting.send(how.clone());
        }
    }
}

/// A writer's turn: a savepoint in the open transaction. If dropped without a commit, it is rolled back and the next
/// writer gets its turn.
#[derive(Debug)]
pub(crate) struct Turn {
    db: DatabaseConnection,
    /// `None` after the commit.
    group: Option<OwnedMutexGuard<Group>>,
}

impl Line {
    pub(crate) fn new(db: DatabaseConnection, patience: Duration) -> Self {
        Self {
            db,
            turn: Arc::default(),
            patience,
        }
    }

    /// Waits for a turn. A separate task begins it, so that a cancelled request cannot leave a half-begun turn.
    pub(crate) async fn begin(&self) -> Result<Turn, DbErr> {
        let waiting = tokio::time::timeout(self.patience, Arc::clone(&self.turn).lock_owned());
        let group = waiting.await.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?;
        let line = self.clone();
        tokio::spawn(async move { line.take_turn(group).await }).await.map_err(gone)?
    }

    async fn take_turn(self, mut group: OwnedMutexGuard<Group>) -> Result<Turn, DbErr> {
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
        Ok(Turn {
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

    /// Commits the open transaction when its turn comes.
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

impl Turn {
    /// Returns the connection, which only this turn uses.
    pub(crate) const fn db(&self) -> &DatabaseConnection {
        &self.db
    }

    /// Ends the turn and waits until everything written in it is on disk.
    pub(crate) async fn commit(mut self) -> Result<(), DbErr> {
        let Some(group) = self.group.take() else { return Ok(()) };
        let db = self.db.clone();
        let (acknowledge, committed) = oneshot::channel();
        // In a separate task, for the same reason as in `begin`.
        tokio::spawn(release(db, group, acknowledge)).await.map_err(gone)?;
        committed.await.map_err(gone)?
    }
}

async fn release(db: DatabaseConnection, mut group: OwnedMutexGuard<Group>, acknowledge: Acknowledge) {
    let released = db.execute_unprepared("RELEASE turn").await;
    if let Some(waiting) = &mut group.0 {
        waiting.push(acknowledge);
    }
    if let Err(e) = released {
        let _ = db.execute_unprepared("ROLLBACK").await;
        group.end(&Err(e));
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(mut group) = self.group.take() else { return };
        let db = self.db.clone();
        // Without a runtime the program is ending, and closing the connection makes SQLite roll back.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        runtime.spawn(async move {
            if let Err(e) = db.execute_unprepared("ROLLBACK TO turn; RELEASE turn").await {
                // SQLite has rolled back more than this turn: no write of the group may be acknowledged.
                let _ = db.execute_unprepared("ROLLBACK").await;
                group.end(&Err(e));
            }
        });
    }
}

/// The error for a task that ended without an outcome, because the program is shutting down.
fn gone<E>(_: E) -> DbErr {
    DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed)
}
