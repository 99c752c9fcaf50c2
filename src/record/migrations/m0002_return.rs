//! Coming back on another device, and the outbox.

use sea_orm_migration::{
    MigrationName, MigrationTrait, SchemaManager,
    async_trait::async_trait,
    sea_orm::{ConnectionTrait, DbBackend, DbErr},
};

#[derive(Debug)]
pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0002_return"
    }
}

#[async_trait]
impl MigrationTrait for Step {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        let (blob, uuid) = if postgres { ("BYTEA", "UUID") } else { ("BLOB", "BLOB") };
        let tables = TABLES.replace("{blob}", blob).replace("{uuid}", uuid);
        manager.get_connection().execute_unprepared(&tables).await?;
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("the record is not taken apart: restore a backup instead".into()))
    }
}

/// A message may outlive the draft it is about, so `outbox.draft_id` points at nothing.
const TABLES: &str = "
CREATE TABLE return_tickets (
  id {uuid} NOT NULL PRIMARY KEY,
  draft_id {uuid} NOT NULL REFERENCES drafts (id),
  kind TEXT NOT NULL CHECK (kind IN ('link', 'code')),
  token_hash {blob} NOT NULL UNIQUE,
  sealed {blob} NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX return_tickets_by_draft ON return_tickets (draft_id);
CREATE INDEX return_tickets_by_expiry ON return_tickets (expires_at);

CREATE TABLE outbox (
  id {uuid} NOT NULL PRIMARY KEY,
  channel TEXT NOT NULL,
  draft_id {uuid},
  recipient {blob} NOT NULL,
  payload {blob},
  state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'given_up')),
  attempts INTEGER NOT NULL,
  created_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  useless_from BIGINT NOT NULL,
  ended_at BIGINT,
  last_error TEXT,
  CHECK (state = 'waiting' OR ended_at IS NOT NULL),
  CHECK (state <> 'waiting' OR payload IS NOT NULL)
);
CREATE INDEX outbox_by_due ON outbox (state, due_at);
CREATE INDEX outbox_by_recipient ON outbox (recipient, created_at);
CREATE INDEX outbox_by_draft ON outbox (draft_id);
";
