//! Connections to PostgreSQL, directly or through a pooler such as `PgBouncer`.
//!
//! A pooler in transaction mode gives each transaction another server connection, so session settings are lost and
//! prepared statements become unknown. Through a pooler this module therefore sets nothing for a session, caches no
//! statement, and runs each read in a transaction of its own.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::{
    DatabaseConnection, DbErr, RuntimeErr, SqlxPostgresConnector,
    sqlx::{
        self, ConnectOptions, Executor,
        postgres::{PgConnectOptions, PgPool, PgPoolOptions},
    },
};

use crate::RecordError;
use crate::store::{ReadPool, Store};

/// Connections for reading and writing together.
const CONNECTIONS: u32 = 16;

/// The longest time for one statement, in milliseconds: twice the usual patience.
const STATEMENT_MILLIS: u64 = 10_000;

/// The first statements of a write transaction through a pooler.
///
/// The driver names its statements even though it caches none. Another client of the pooler may have left statements
/// with the same names on this server connection, so all are deallocated.
pub(crate) const SET_UP: &str = "DEALLOCATE ALL; SET LOCAL statement_timeout = 10000";

/// The first statements of a snapshot transaction through a pooler.
pub(crate) const SET_UP_SNAPSHOT: &str =
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; DEALLOCATE ALL; SET LOCAL statement_timeout = 10000";

/// Begins the transaction of a read through a pooler.
const BEGIN_READ: &str = "BEGIN; DEALLOCATE ALL; SET LOCAL statement_timeout = 10000";

/// The error code with which a server, or a pooler, refuses an unknown connection parameter.
const PROTOCOL_VIOLATION: &str = "08P01";

/// Parses an address. The error leaves out the reason, which may quote a part of the address.
pub(crate) fn options(url: &str) -> Result<PgConnectOptions, RecordError> {
    if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
        return Err(RecordError::Address);
    }
    PgConnectOptions::from_str(url).map_err(|_| RecordError::Address)
}

pub(crate) async fn connect(url: &str, patience: Duration) -> Result<Store, RecordError> {
    let options = options(url)?.application_name("onrecord").disable_statement_logging();
    let statements = STATEMENT_MILLIS.max(u64::try_from(patience.as_millis()).unwrap_or(u64::MAX) * 2);
    let direct = options.clone().options([("statement_timeout", statements)]);
    match pool(patience).connect_with(direct).await {
        Ok(pool) if keeps_settings(&pool, statements).await? => {
            let connection = connection(pool);
            Ok(Store {
                read: ReadPool::pooled(connection.clone()),
                write: connection,
                line: None,
                file: None,
                is_pooled: false,
            })
        }
        Ok(pool) => {
            pool.close().await;
            through_pooler(options, patience).await
        }
        Err(sqlx::Error::Database(e)) if e.code().is_some_and(|code| code == PROTOCOL_VIOLATION) => through_pooler(options, patience).await,
        Err(e) => Err(failed(e)),
    }
}

/// Returns true if a connection setting has reached the server. A pooler that is configured to ignore settings drops
/// it.
async fn keeps_settings(pool: &PgPool, statements: u64) -> Result<bool, RecordError> {
    let set = format!(
        "DO $$ BEGIN IF (SELECT setting FROM pg_settings WHERE name = 'statement_timeout') <> '{statements}' \
         THEN RAISE EXCEPTION USING ERRCODE = 'ON001'; END IF; END $$"
    );
    match pool.execute(sqlx::AssertSqlSafe(set)).await {
        Ok(_) => Ok(true),
        Err(sqlx::Error::Database(e)) if e.code().is_some_and(|code| code == "ON001") => Ok(false),
        Err(e) => Err(failed(e)),
    }
}

async fn through_pooler(options: PgConnectOptions, patience: Duration) -> Result<Store, RecordError> {
    tracing::info!("the database is reached through a connection pooler: each read is a transaction, and no prepared statement is cached");
    let options = options.extra_float_digits(None).statement_cache_capacity(0);
    let write = pool(patience).max_connections(CONNECTIONS / 2);
    let read = pool(patience)
        .max_connections(CONNECTIONS / 2)
        .after_connect(|connection, _| Box::pin(async move { connection.execute(BEGIN_READ).await.map(|_| ()) }))
        .before_acquire(|connection, _| Box::pin(async move { connection.execute(BEGIN_READ).await.map(|_| true) }))
        .after_release(|connection, _| Box::pin(async move { connection.execute("COMMIT").await.map(|_| true) }));
    Ok(Store {
        write: connection(write.connect_with(options.clone()).await.map_err(failed)?),
        read: ReadPool::pooled(connection(read.connect_with(options).await.map_err(failed)?)),
        line: None,
        file: None,
        is_pooled: true,
    })
}

fn pool(patience: Duration) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .min_connections(0)
        .acquire_timeout(patience)
}

fn connection(pool: PgPool) -> DatabaseConnection {
    SqlxPostgresConnector::from_sqlx_postgres_pool(pool)
}

fn failed(e: sqlx::Error) -> RecordError {
    DbErr::Conn(RuntimeErr::SqlxError(Arc::new(e))).into()
}
