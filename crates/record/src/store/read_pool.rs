//! The connections for reading.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement,
    TransactionTrait, prelude::async_trait::async_trait,
};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Takes a SQLite connection out of the driver's pool, until the result is dropped.
///
/// The pool tests each connection that is returned, by a round trip to the connection's thread. That takes longer than most
/// queries here. `SeaORM` lends a connection for a transaction only, so one is begun and rolled back at once.
pub(super) async fn take_connection(pool: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let taken = pool.begin().await?;
    taken.execute_unprepared("ROLLBACK").await?;
    Ok(taken)
}

/// The connections for reading. Cheap to clone. Every query runs on its own, outside a transaction.
#[derive(Clone, Debug)]
pub struct ReadPool {
    pool: DatabaseConnection,
    /// SQLite only.
    taken: Option<Arc<TakenConnections>>,
}

/// Connections that were taken out of the driver's pool.
#[derive(Debug)]
struct TakenConnections {
    /// One permit for each connection that may be in use. Closed with the pool.
    permits: Semaphore,
    /// Connections that are not in use, the last used at the end.
    free: Mutex<Vec<Arc<DatabaseTransaction>>>,
    patience: Duration,
}

/// A connection in use.
struct Lease<'a> {
    connection: Arc<DatabaseTransaction>,
    from: &'a TakenConnections,
    _permit: SemaphorePermit<'a>,
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let mut free = self.from.free();
        // A closed pool waits for its connections.
        if !self.from.permits.is_closed() {
            free.push(Arc::clone(&self.connection));
        }
    }
}

impl TakenConnections {
    fn free(&self) -> MutexGuard<'_, Vec<Arc<DatabaseTransaction>>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn lease(&self, pool: &DatabaseConnection) -> Result<Lease<'_>, DbErr> {
        let permit = tokio::time::timeout(self.patience, self.permits.acquire()).await;
        let permit = permit
            .map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?
            .map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed))?;
        let free = self.free().pop();
        let connection = match free {
            Some(connection) => connection,
            None => Arc::new(take_connection(pool).await?),
        };
        Ok(Lease {
            connection,
            from: self,
            _permit: permit,
        })
    }
}

impl ReadPool {
    /// Reads through the driver's pool.
    pub(super) const fn pooled(pool: DatabaseConnection) -> Self {
        Self { pool, taken: None }
    }

    /// Reads through at most `most` connections, taken out of the driver's pool when they are first needed.
    pub(super) fn taken(pool: DatabaseConnection, most: u32, patience: Duration) -> Self {
        let taken = TakenConnections {
            permits: Semaphore::new(most as usize),
            free: Mutex::default(),
            patience,
        };
        Self {
            pool,
            taken: Some(Arc::new(taken)),
        }
    }

    /// Begins a transaction on a connection of the driver's pool.
    pub(super) async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        self.pool.begin().await
    }

    /// Closes every connection.
    pub(super) async fn close(self) -> Result<(), DbErr> {
        if let Some(taken) = &self.taken {
            taken.permits.close();
            taken.free().clear();
        }
        self.pool.close().await
    }
}

#[async_trait]
impl ConnectionTrait for ReadPool {
    fn get_database_backend(&self) -> DbBackend {
        self.pool.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match &self.taken {
            Some(taken) => {
                let lease = taken.lease(&self.pool).await?;
                lease.connection.execute_raw(statement).await
            }
            None => self.pool.execute_raw(statement).await,
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match &self.taken {
            Some(taken) => {
                let lease = taken.lease(&self.pool).await?;
                lease.connection.execute_unprepared(sql).await
            }
            None => self.pool.execute_unprepared(sql).await,
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match &self.taken {
            Some(taken) => {
                let lease = taken.lease(&self.pool).await?;
                lease.connection.query_one_raw(statement).await
            }
            None => self.pool.query_one_raw(statement).await,
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match &self.taken {
            Some(taken) => {
                let lease = taken.lease(&self.pool).await?;
                lease.connection.query_all_raw(statement).await
            }
            None => self.pool.query_all_raw(statement).await,
        }
    }
}
