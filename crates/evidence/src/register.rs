//! The interface through which the service layer records on a case what happened to the case's files.

use futures::future::BoxFuture;
use uuid::Uuid;

use crate::ReceiveError;
use record::{store::Write, uploads::Model as Upload};

/// Records on a case what happened to its files. Each method ends the transaction that changes the file.
pub trait CaseRecorder: std::fmt::Debug + Send + Sync {
    /// Records that the file is complete; `write` already contains that change. Commits.
    fn record_arrival<'a>(&'a self, write: Write, case: Uuid, upload: &'a Upload) -> BoxFuture<'a, Result<Arrival, ReceiveError>>;

    /// Records that the file will not arrive; `write` has already removed its row. `reason` is a code. Commits.
    fn record_failure<'a>(
        &'a self,
        write: Write,
        case: Uuid,
        upload: &'a Upload,
        reason: &'a str,
    ) -> BoxFuture<'a, Result<(), ReceiveError>>;
}

/// The outcome for a complete file.
#[derive(Debug)]
pub enum Arrival {
    /// The file was added to the case.
    Added,
    /// The same form already sent the same file. The earlier upload stays; the row of the new one is removed.
    Duplicate(Box<Upload>),
}
