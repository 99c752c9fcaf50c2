//! Asking tenants whether somebody may act for them, and handing a case over.

use sea_orm_migration::{
    MigrationName, MigrationTrait, SchemaManager,
    async_trait::async_trait,
    sea_orm::{ConnectionTrait, DbBackend, DbErr},
};

#[derive(Debug)]
pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0012_consent"
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
        let sql = TABLES.replace("{blob}", blob).replace("{uuid}", uuid);
        manager.get_connection().execute_unprepared(&sql).await?;
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("the record is not taken apart: restore a backup instead".into()))
    }
}

/// What somebody shows who decides or takes over. What came of it is an event; here is only which key is spent.
const TABLES: &str = "
CREATE TABLE consents (
  id {uuid} NOT NULL PRIMARY KEY,
  case_id {uuid} NOT NULL REFERENCES cases (id),
  kind TEXT NOT NULL CHECK (kind IN ('link', 'code', 'handover')),
  person INTEGER NOT NULL CHECK (person > 0),
  token_hash {blob} NOT NULL UNIQUE,
  scopes TEXT NOT NULL,
  last_day TEXT,
  own_contact BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  decided_at BIGINT,
  outcome TEXT,
  joined INTEGER
);
CREATE INDEX consents_by_case ON consents (case_id);
CREATE INDEX consents_by_expiry ON consents (expires_at);
";
