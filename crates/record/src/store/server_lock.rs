//! The lock that allows only one server on an embedded database.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use sea_orm::DbErr;

use crate::RecordError;
use crate::store::folder_of;

/// The lock file's name, in the folder of the database.
const NAME: &str = "server.lock";

/// The lock of the one server on an embedded database. Released when it is dropped or the process ends in any way.
///
/// The command line does not need it.
#[derive(Debug)]
pub struct ServerLock {
    _file: File,
}

impl ServerLock {
    pub(crate) fn take(database: &Path) -> Result<Self, RecordError> {
        let path = folder_of(database).join(NAME);
        let failed = |why: String| RecordError::Unavailable(DbErr::Custom(why));
        let io = |e: std::io::Error| failed(format!("{}: {e}", path.display()));
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut process = String::new();
                let _ = file.read_to_string(&mut process);
                return Err(failed(format!(
                    "another server uses the database already, as process {} ({} is locked); an embedded database is for one server",
                    process.trim(),
                    path.display()
                )));
            }
            Err(TryLockError::Error(e)) => return Err(io(e)),
        }
        // The process id is for the operator only; the file lock decides.
        file.set_len(0).map_err(io)?;
        file.rewind().map_err(io)?;
        writeln!(file, "{}", std::process::id()).map_err(io)?;
        Ok(Self { _file: file })
    }
}
