//! What can go wrong with the record.

use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

/// A failed read or write.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The database cannot be reached, is locked by somebody else, is out of connections or has no room left.
    /// Nothing was written; the same act may work in a moment.
    #[error("the database is not available: {0}")]
    Unavailable(#[source] DbErr),
    /// A row with the same unique value exists already.
    #[error("already there: {0}")]
    Duplicate(String),
    /// The address names no kind of database that there is. The address is left out: it may hold a password.
    #[error("not the address of a PostgreSQL database, such as postgres://db.example.org/onrecord")]
    Address,
    /// No database is there, and none was to be made.
    #[error("there is no database {0}")]
    Missing(String),
    /// The database refused for another reason: a mistake in the program.
    #[error("database: {0}")]
    Database(#[source] DbErr),
    /// What the database holds is not what the program ever writes.
    #[error("unreadable record: {0}")]
    Corrupt(String),
}

impl RecordError {
    /// A row that does not read back.
    pub fn corrupt(what: impl std::fmt::Display) -> Self {
        Self::Corrupt(what.to_string())
    }

    /// Whether trying again later can help.
    #[must_use]
    pub const fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

impl From<DbErr> for RecordError {
    fn from(e: DbErr) -> Self {
        if let Some(SqlErr::UniqueConstraintViolation(what)) = e.sql_err() {
            Self::Duplicate(what)
        } else if unavailable(&e) {
            Self::Unavailable(e)
        } else {
            Self::Database(e)
        }
    }
}

fn unavailable(e: &DbErr) -> bool {
    match e {
        DbErr::Conn(RuntimeErr::SqlxError(e)) | DbErr::Exec(RuntimeErr::SqlxError(e)) | DbErr::Query(RuntimeErr::SqlxError(e)) => {
            match &**e {
                sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed => true,
                sqlx::Error::Database(e) => e.code().is_some_and(|code| code_means_unavailable(&code)),
                _ => false,
            }
        }
        DbErr::Conn(_) | DbErr::ConnectionAcquire(_) => true,
        _ => false,
    }
}

/// SQLite result codes are numbers whose low byte is the primary code; PostgreSQL's are five characters in classes.
fn code_means_unavailable(code: &str) -> bool {
    if code.len() == 5 {
        // Connection, resources, operator intervention (shutting down, starting up, cancelled), system error,
        // serialization and deadlock, lock timeout, read-only standby.
        return ["08", "53", "57", "58", "40"].contains(&&code[..2]) || ["55P03", "25006"].contains(&code);
    }
    // BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN, PROTOCOL
    code.parse::<i32>().is_ok_and(|c| [5, 6, 8, 10, 13, 14, 15].contains(&(c & 0xff)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_apart() {
        for busy in ["5", "261", "517", "13", "266", "57P03", "53300", "08006", "40P01"] {
            assert!(code_means_unavailable(busy), "{busy}");
        }
        for wrong in ["1", "19", "2067", "42P01", "23505", "23514"] {
            assert!(!code_means_unavailable(wrong), "{wrong}");
        }
    }
}
