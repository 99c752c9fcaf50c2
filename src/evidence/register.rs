//! What becomes of a file of a case that was sent stands on the case, and the case is not ours: whoever keeps it enters it there.

use futures::future::BoxFuture;
use uuid::Uuid;

use super::ReceiveError;
use crate::record::{store::Write, uploads::Model as Upload};

/// Enters on a case what becomes of its files. Each entry is made in the transaction that changes the file, and ends it.
pub trait Register: std::fmt::Debug + Send + Sync {
    /// The file is all here, and `write` says so already. Commits.
    fn arrived<'a>(&'a self, write: Write, case: Uuid, upload: &'a Upload) -> BoxFuture<'a, Result<Arrival, ReceiveError>>;

    /// The file will not come, and `write` has removed it already. `reason` is a code. Commits.
    fn missed<'a>(&'a self, write: Write, case: Uuid, upload: &'a Upload, reason: &'a str) -> BoxFuture<'a, Result<(), ReceiveError>>;
}

/// What a file that is all here came to.
#[derive(Debug)]
pub enum Arrival {
    /// It is the case's.
    Joined,
    /// The same form brought the same file before: that one stays, and the row of this one is removed.
    Before(Box<Upload>),
}
