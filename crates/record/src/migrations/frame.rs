//! The common part of all migrations: SQL that is applied completely or not at all, and never reverted.

use sea_orm_migration::{
    MigrationName, MigrationTrait, SchemaManager,
    async_trait::async_trait,
    sea_orm::{ConnectionTrait, DbBackend, DbErr},
};

/// A migration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    /// The name under which the database records that the migration was applied.
    pub(crate) name: &'static str,
    /// The SQL to run. `{blob}`, `{uuid}` and `{counter}` are replaced by each database's own types.
    pub(crate) sql: &'static str,
    /// Tables that become append-only. Database triggers enforce it.
    pub(crate) append_only: &'static [&'static str],
    /// Tables whose rows cannot be deleted, each with the columns that cannot be changed. Database triggers enforce
    /// it.
    pub(crate) fixed_columns: &'static [(&'static str, &'static str)],
}

impl Step {
    /// Returns a migration that consists of SQL only.
    pub(crate) const fn new(name: &'static str, sql: &'static str) -> Self {
        Self {
            name,
            sql,
            append_only: &[],
            fixed_columns: &[],
        }
    }
}

impl MigrationName for Step {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait]
impl MigrationTrait for Step {
    /// Runs the migration in one transaction on both databases.
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
        let sql = self
            .sql
            .replace("{blob}", blob)
            .replace("{uuid}", uuid)
            .replace("{counter}", counter);
        db.execute_unprepared(&sql).await?;
        let triggers = if postgres { POSTGRES_TRIGGERS } else { SQLITE_TRIGGERS };
        for table in self.append_only {
            db.execute_unprepared(&triggers.replace("{table}", table)).await?;
        }
        let triggers = if postgres { POSTGRES_FIXED } else { SQLITE_FIXED };
        for (table, columns) in self.fixed_columns {
            let sql = triggers.replace("{table}", table).replace("{columns}", columns);
            db.execute_unprepared(&sql).await?;
        }
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("migrations cannot be reverted: restore a backup instead".into()))
    }
}

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

const SQLITE_FIXED: &str = "
CREATE TRIGGER {table}_no_update BEFORE UPDATE OF {columns} ON {table}
  BEGIN SELECT RAISE(ABORT, '{table} is append-only but for its projection'); END;
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
  BEGIN SELECT RAISE(ABORT, '{table} is append-only but for its projection'); END;
";

const POSTGRES_FIXED: &str = "
CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{table} is append-only but for its projection'; END $$;
CREATE TRIGGER {table}_no_update BEFORE UPDATE OF {columns} ON {table}
  FOR EACH ROW EXECUTE FUNCTION {table}_append_only();
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION {table}_append_only();
";
