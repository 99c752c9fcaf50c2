//! The line of writers to one SQLite file.
//!
//! Writers take turns; each works in a savepoint. The first to come opens a transaction, and everybody who is waiting at
//! that moment gets a turn in it before it is committed: one flush to disk for all of them. A write is acknowledged when
//! that commit has returned, never before.
//!
//! The transaction statements are our own. The driver counts how deep it is in transactions, and its count is wrong once
//! SQLite has undone a transaction by itself, which it does when the disk is full: from then on the driver reports commits
//! that did not happen. Here nothing is counted. What is asked for is said, and SQLite's own answer is what counts: a
//! `RELEASE` or `COMMIT` of something that was undone is an error.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ConnAcquireErr, ConnectionTrait, DatabaseConnection, DbErr};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

type Acknowledge = oneshot::Sender<Result<(), DbErr>>;

/// Where writers line up. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// A pool of exactly one connection.
    db: DatabaseConnection,
    turn: Arc<Mutex<Group>>,
    patience: Duration,
}

/// The open transaction, if there is one, and who waits for its commit.
#[derive(Debug, Default)]
struct Group(Option<Vec<Acknowledge>>);

impl Group {
    /// Ends the transaction as it stands and tells everybody how that went.
    fn end(&mut self, how: &Result<(), DbErr>) {
        for waiting in self.0.take().unwrap_or_default() {
            // Whoever stopped waiting does not want to know.
            let _ = waiting.send(how.clone());
        }
    }
}

/// A turn: a savepoint in the open transaction. Dropped without a commit, it is undone and the turn passes on.
#[derive(Debug)]
pub(super) struct Turn {
    db: DatabaseConnection,
    /// `None` once it was committed.
    group: Option<OwnedMutexGuard<Group>>,
}

impl Line {
    pub(super) fn new(db: DatabaseConnection, patience: Duration) -> Self {
        Self {
            db,
            turn: Arc::default(),
            patience,
        }
    }

    /// Waits for a turn. In a task of its own: a request that is dropped half-way must not leave a half-begun turn.
    pub(super) async fn begin(&self) -> Result<Turn, DbErr> {
        let waiting = tokio::time::timeout(self.patience, Arc::clone(&self.turn).lock_owned());
        let group = waiting.await.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?;
        let line = self.clone();
        tokio::spawn(async move { line.take_turn(group).await }).await.map_err(gone)?
    }

    async fn take_turn(self, mut group: OwnedMutexGuard<Group>) -> Result<Turn, DbErr> {
        if group.0.is_none() {
            self.open().await?;
            group.0 = Some(Vec::new());
            // It lines up behind all who wait now, and so closes the group whatever becomes of them.
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

    /// Begins with the lock: another process (the command line) writes to the same file, and a transaction that reads
    /// first and asks for the lock later can only fail when somebody wrote in between.
    async fn open(&self) -> Result<(), DbErr> {
        if let Err(first) = self.db.execute_unprepared("BEGIN IMMEDIATE").await {
            // Either the file is locked, and there is nothing to roll back, or a commit failed and left something open.
            if self.db.execute_unprepared("ROLLBACK").await.is_err() {
                return Err(first);
            }
            self.db.execute_unprepared("BEGIN IMMEDIATE").await?;
        }
        Ok(())
    }

    /// Commits the open transaction once it is its turn.
    async fn close(self) {
        let mut group = self.turn.lock().await;
        // A transaction that SQLite has undone was ended by the one who noticed.
        if group.0.is_none() {
            return;
        }
        let committed = self.db.execute_unprepared("COMMIT").await.map(|_| ());
        if committed.is_err() {
            // Undone already or not: after this it is.
            let _ = self.db.execute_unprepared("ROLLBACK").await;
        }
        group.end(&committed);
    }
}

impl Turn {
    /// The connection, which is this turn's alone.
    pub(super) const fn db(&self) -> &DatabaseConnection {
        &self.db
    }

    /// Passes the turn on and waits until what was written in it is on disk.
    pub(super) async fn commit(mut self) -> Result<(), DbErr> {
        let Some(group) = self.group.take() else { return Ok(()) };
        let db = self.db.clone();
        let (acknowledge, committed) = oneshot::channel();
        // In a task of its own, for the same reason as the beginning.
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
        // Without a runtime the program is ending, and the connection with it: SQLite undoes what is open.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        runtime.spawn(async move {
            if let Err(e) = db.execute_unprepared("ROLLBACK TO turn; RELEASE turn").await {
                // SQLite has undone more than this turn: nobody in the group may be told that their write is safe.
                let _ = db.execute_unprepared("ROLLBACK").await;
                group.end(&Err(e));
            }
        });
    }
}

/// A task that ended without an answer: the program is shutting down.
fn gone<E>(_: E) -> DbErr {
    DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed)
}
