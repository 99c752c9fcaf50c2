//! The first schema: drafts, uploads, cases with their events, sessions, keys.

use sea_orm_migration::{
    MigrationName, MigrationTrait, SchemaManager,
    async_trait::async_trait,
    sea_orm::{ConnectionTrait, DbBackend, DbErr},
};

#[derive(Debug)]
pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0001_first"
    }
}

#[async_trait]
impl MigrationTrait for Step {
    /// All of it or nothing, on both databases.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        let (blob, uuid, counter) = if postgres {
            ("BYTEA", "UUID", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY")
        } else {
            ("BLOB", "BLOB", "INTEGER PRIMARY KEY AUTOINCREMENT")
        };
        let tables = TABLES.replace("{blob}", blob).replace("{uuid}", uuid).replace("{counter}", counter);
        db.execute_unprepared(&tables).await?;
        for table in ["case_events", "desk_calls"] {
            let triggers = if postgres { POSTGRES_TRIGGERS } else { SQLITE_TRIGGERS };
            db.execute_unprepared(&triggers.replace("{table}", table)).await?;
        }
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("the record is not taken apart: restore a backup instead".into()))
    }
}

/// Times are microseconds since 1970 in UTC, dates `YYYY-MM-DD`. `{blob}`, `{uuid}` and `{counter}` are the words each
/// database has for them. A draft may be forgotten while its case lives on, so `cases.draft_id` points at nothing.
const TABLES: &str = "
CREATE TABLE cases (
  id {uuid} NOT NULL PRIMARY KEY,
  reference TEXT NOT NULL UNIQUE,
  draft_id {uuid} NOT NULL UNIQUE,
  submitted_at BIGINT NOT NULL,
  answers TEXT NOT NULL,
  access_code_hash TEXT NOT NULL,
  status TEXT NOT NULL,
  due TEXT,
  updated_at BIGINT NOT NULL
);
CREATE INDEX cases_by_update ON cases (updated_at, id);
CREATE INDEX cases_by_status ON cases (status, updated_at, id);

CREATE TABLE drafts (
  id {uuid} NOT NULL PRIMARY KEY,
  token_hash {blob} NOT NULL,
  answers TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  saved_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  case_id {uuid} REFERENCES cases (id)
);
CREATE INDEX drafts_by_expiry ON drafts (expires_at);

CREATE TABLE uploads (
  id {uuid} NOT NULL PRIMARY KEY,
  draft_id {uuid} REFERENCES drafts (id),
  case_id {uuid} REFERENCES cases (id),
  purpose TEXT NOT NULL,
  filename TEXT NOT NULL,
  media_type TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  sha256 TEXT,
  state TEXT NOT NULL CHECK (state IN ('receiving', 'scanning', 'clean', 'refused')),
  reason TEXT,
  storage_key TEXT NOT NULL,
  received_at BIGINT NOT NULL,
  CHECK (state = 'receiving' OR sha256 IS NOT NULL),
  CHECK (draft_id IS NOT NULL OR case_id IS NOT NULL)
);
CREATE INDEX uploads_by_draft ON uploads (draft_id);
CREATE INDEX uploads_by_case ON uploads (case_id);

CREATE TABLE case_events (
  seq {counter},
  case_id {uuid} NOT NULL REFERENCES cases (id),
  n INTEGER NOT NULL CHECK (n > 0),
  kind TEXT NOT NULL,
  at BIGINT NOT NULL,
  actor_role TEXT NOT NULL,
  actor_name TEXT,
  body TEXT NOT NULL,
  prev_hash {blob} NOT NULL,
  hash {blob} NOT NULL,
  UNIQUE (case_id, n)
);

CREATE TABLE sessions (
  id {uuid} NOT NULL PRIMARY KEY,
  token_hash {blob} NOT NULL UNIQUE,
  case_id {uuid} NOT NULL REFERENCES cases (id),
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE api_keys (
  id {uuid} NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  token_hash {blob} NOT NULL UNIQUE,
  scopes TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  revoked_at BIGINT
);

CREATE TABLE desk_calls (
  seq {counter},
  at BIGINT NOT NULL,
  key_name TEXT NOT NULL,
  action TEXT NOT NULL,
  case_reference TEXT
);

CREATE TABLE idempotency (
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  request_hash {blob} NOT NULL,
  answer TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (scope, key)
);
";

const SQLITE_TRIGGERS: &str = "
CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
";

const POSTGRES_TRIGGERS: &str = "
CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{table} is append-only'; END $$;
CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION {table}_append_only();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only();
";
