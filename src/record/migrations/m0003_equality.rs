//! The equality questions: counts, and who has answered.

use sea_orm_migration::{
    MigrationName, MigrationTrait, SchemaManager,
    async_trait::async_trait,
    sea_orm::{ConnectionTrait, DbBackend, DbErr},
};

#[derive(Debug)]
pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0003_equality"
    }
}

#[async_trait]
impl MigrationTrait for Step {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        let tables = TABLES.replace("{uuid}", if postgres { "UUID" } else { "BLOB" });
        manager.get_connection().execute_unprepared(&tables).await?;
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("the record is not taken apart: restore a backup instead".into()))
    }
}

/// There is no row for a person's answers, so none can be brought together with a case or with one another. That somebody
/// answered is noted, so that it counts once; what and when is not.
const TABLES: &str = "
CREATE TABLE equality_totals (
  month TEXT NOT NULL,
  question TEXT NOT NULL,
  answer TEXT NOT NULL,
  total BIGINT NOT NULL,
  PRIMARY KEY (month, question, answer)
);

CREATE TABLE equality_answered (
  draft_id {uuid} NOT NULL PRIMARY KEY REFERENCES drafts (id)
);
";
