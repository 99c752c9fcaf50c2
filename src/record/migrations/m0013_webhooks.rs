//! Where news of cases is delivered, and how far that has got.

use sea_orm_migration::{
    MigrationName, MigrationTrait, SchemaManager,
    async_trait::async_trait,
    sea_orm::{ConnectionTrait, DbBackend, DbErr},
};

#[derive(Debug)]
pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0013_webhooks"
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
        let sql = TABLE.replace("{blob}", blob).replace("{uuid}", uuid);
        manager.get_connection().execute_unprepared(&sql).await?;
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("the record is not taken apart: restore a backup instead".into()))
    }
}

/// `delivered` is the place of the last event that arrived there; everything after it is still to come. The secret is sealed.
const TABLE: &str = "
CREATE TABLE webhooks (
  id {uuid} NOT NULL PRIMARY KEY,
  url TEXT NOT NULL,
  made_by TEXT NOT NULL,
  secret {blob} NOT NULL,
  created_at BIGINT NOT NULL,
  began_after BIGINT NOT NULL,
  delivered BIGINT NOT NULL,
  failures INTEGER NOT NULL,
  failing_since BIGINT,
  last_error TEXT,
  due_at BIGINT NOT NULL,
  given_up_at BIGINT
);
CREATE INDEX webhooks_by_due ON webhooks (due_at) WHERE given_up_at IS NULL;
";
