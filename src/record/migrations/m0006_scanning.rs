//! Scanning files: how far it has got with each, and what was found.

use sea_orm_migration::{
    MigrationName, MigrationTrait, SchemaManager,
    async_trait::async_trait,
    sea_orm::{ConnectionTrait, DbBackend, DbErr},
};

#[derive(Debug)]
pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0006_scanning"
    }
}

#[async_trait]
impl MigrationTrait for Step {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        let table = TABLE.replace("{uuid}", if postgres { "UUID" } else { "BLOB" });
        manager.get_connection().execute_unprepared(&table).await?;
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("the record is not taken apart: restore a backup instead".into()))
    }
}

/// A scan goes with its file. The indexes hold only what is still to be done, however many files there are.
const TABLE: &str = "
CREATE TABLE scans (
  upload_id {uuid} NOT NULL PRIMARY KEY REFERENCES uploads (id) ON DELETE CASCADE,
  attempts INTEGER NOT NULL,
  due_at BIGINT NOT NULL,
  last_error TEXT,
  verdict TEXT CHECK (verdict IN ('clean', 'infected')),
  signature TEXT,
  engine TEXT,
  scanned_at BIGINT,
  ended_at BIGINT,
  CHECK ((verdict IS NULL) = (scanned_at IS NULL)),
  CHECK (ended_at IS NULL OR verdict IS NOT NULL)
);
CREATE INDEX scans_by_due ON scans (due_at) WHERE ended_at IS NULL;
CREATE INDEX uploads_to_scan ON uploads (received_at) WHERE state = 'scanning';
";
