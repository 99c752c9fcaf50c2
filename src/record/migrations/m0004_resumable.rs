//! How far uploads have got that go on after a break.

use sea_orm_migration::{
    MigrationName, MigrationTrait, SchemaManager,
    async_trait::async_trait,
    sea_orm::{ConnectionTrait, DbBackend, DbErr},
};

#[derive(Debug)]
pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0004_resumable"
    }
}

#[async_trait]
impl MigrationTrait for Step {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        let uuid = if postgres { "UUID" } else { "BLOB" };
        let tables = TABLES.replace("{uuid}", uuid);
        manager.get_connection().execute_unprepared(&tables).await?;
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("the record is not taken apart: restore a backup instead".into()))
    }
}

/// A row goes with the upload's own. A writer is whoever moves it on; `asked` is 1 when another wants to.
const TABLES: &str = "
CREATE TABLE upload_progress (
  upload_id {uuid} NOT NULL PRIMARY KEY REFERENCES uploads (id) ON DELETE CASCADE,
  received BIGINT NOT NULL CHECK (received >= 0),
  pieces TEXT NOT NULL,
  metadata TEXT NOT NULL,
  writer {uuid},
  asked BIGINT NOT NULL CHECK (asked IN (0, 1)),
  expires_at BIGINT NOT NULL
);
CREATE INDEX upload_progress_by_expiry ON upload_progress (expires_at);
CREATE INDEX uploads_by_state ON uploads (state, received_at);
";
