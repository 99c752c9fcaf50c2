//! The transparency log, with a leaf for each event that exists.

use sea_orm_migration::{
    MigrationName, MigrationTrait, SchemaManager,
    async_trait::async_trait,
    sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement},
};

use crate::{RecordError, log, migrations::frame::Step};

const STEP: Step = Step {
    name: "m0029_log",
    sql: TABLES,
    append_only: &["log_leaves", "log_hashes"],
    fixed_columns: &[],
};

const TABLES: &str = "
CREATE TABLE log_leaves (
  position BIGINT NOT NULL PRIMARY KEY,
  entry {blob} NOT NULL UNIQUE
);
CREATE TABLE log_hashes (
  level INTEGER NOT NULL,
  position BIGINT NOT NULL,
  hash {blob} NOT NULL,
  PRIMARY KEY (level, position)
);
";

/// How many events are read at once.
const PAGE: u64 = 10_000;

pub(crate) struct AddLog;

impl MigrationName for AddLog {
    fn name(&self) -> &str {
        STEP.name
    }
}

#[async_trait]
impl MigrationTrait for AddLog {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        STEP.up(manager).await?;
        let db = manager.get_connection();
        if manager.get_database_backend() == DbBackend::Postgres {
            // No event may be added behind the last one that is read here.
            db.execute_unprepared("LOCK TABLE case_events IN SHARE ROW EXCLUSIVE MODE").await?;
        }
        let mut after = 0;
        loop {
            let events = events_after(db, after).await?;
            let Some((last, _)) = events.last() else { return Ok(()) };
            after = *last;
            let entries: Vec<Vec<u8>> = events.into_iter().map(|(_, hash)| hash).collect();
            log::add_leaves(db, &entries).await.map_err(failed)?;
        }
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        STEP.down(manager).await
    }
}

/// Returns a page of events after this position: their positions and hashes.
async fn events_after(db: &impl ConnectionTrait, after: i64) -> Result<Vec<(i64, Vec<u8>)>, DbErr> {
    let query = format!("SELECT seq, hash FROM case_events WHERE seq > {after} ORDER BY seq LIMIT {PAGE}");
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), query)).await?;
    rows.iter()
        .map(|row| Ok((row.try_get("", "seq")?, row.try_get("", "hash")?)))
        .collect()
}

fn failed(error: RecordError) -> DbErr {
    match error {
        RecordError::Unavailable(error) | RecordError::Database(error) => error,
        other => DbErr::Migration(other.to_string()),
    }
}
