//! Errors of reading and writing the record.

use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The database cannot be reached, is locked by another process, is out of connections or has no disk space left.
    /// Nothing was written; retrying in a moment may succeed.
    #[error("the database is not available: {0}")]
    Unavailable(#[source] DbErr),
    /// A row with the same unique value exists already.
    #[error("a row with the same unique value exists: {0}")]
    Duplicate(String),
    /// The address is of an unsupported kind. The message leaves the address out: it may contain a password.
    #[error("not the address of a PostgreSQL database, such as postgres://db.example.org/onrecord")]
    Address,
    /// The database does not exist, and the caller did not allow creating it.
    #[error("there is no database {0}")]
    Missing(String),
    /// The database refused for another reason: a bug in this program.
    #[error("database: {0}")]
    Database(#[source] DbErr),
    /// The database contains something that this program never writes.
    #[error("unreadable record: {0}")]
    Corrupt(String),
}

impl RecordError {
    /// Returns the error for a row that cannot be read back.
    pub fn corrupt(what: impl std::fmt::Display) -> Self {
        Self::Corrupt(what.to_string())
    }

    /// Returns true if a later retry can succeed.
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

/// Returns true if a result code means that a later retry can succeed.
///
/// SQLite codes are numbers whose low byte is the primary code. PostgreSQL codes are five characters, grouped in
/// classes by the first two.
fn code_means_unavailable(code: &str) -> bool {
    if code.len() == 5 {
        // By class: connection, insufficient resources, operator intervention (shutdown, startup, cancelled), system
        // error, transaction rollback (serialization failure, deadlock). Single codes: lock not available, read-only
        // transaction (standby).
        return ["08", "53", "57", "58", "40"].contains(&&code[..2]) || ["55P03", "25006"].contains(&code);
    }
    // In order: BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN, PROTOCOL.
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
