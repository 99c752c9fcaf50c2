//! The problems for refused files.

use std::time::Duration;

use axum::body::BodyDataStream;
use futures::StreamExt;

use crate::http::api::problem::{Fault, Kind, Limit, Problem};
use service::files::FileError;

/// How many bytes of a refused file are read and discarded, and for how long. If the server closed the connection while the browser is
/// still sending, the browser would show a connection error instead of the response.
const DRAIN_BYTES: usize = 256 * 1024 * 1024;
const DRAIN_TIME: Duration = Duration::from_secs(30);

/// Reads and discards the rest of a body.
pub(crate) async fn drain(mut stream: BodyDataStream) {
    let reading = async {
        let mut seen = 0;
        while let Some(Ok(piece)) = stream.next().await {
            seen += piece.len();
            if seen > DRAIN_BYTES {
                break;
            }
        }
    };
    // At either limit the response is sent.
    let _ = tokio::time::timeout(DRAIN_TIME, reading).await;
}

/// The problem for a refused file; contains the file's name, for a person who sent several. `missing` stands for [`FileError::NotFound`].
pub(crate) fn problem_for_file(error: FileError, name: String, missing: Kind) -> Problem {
    let (kind, code, limit) = match error {
        FileError::Empty => (Kind::FileEmpty, "file_empty", None),
        FileError::TooLarge { limit } => (Kind::FileTooLarge, "file_too_large", Some(Limit::Bytes(limit))),
        FileError::UnsupportedType => (Kind::FileTypeNotAllowed, "file_type_not_allowed", None),
        FileError::Mislabelled => (Kind::FileMislabelled, "file_mislabelled", None),
        FileError::Protected => (Kind::FileProtected, "file_protected", None),
        FileError::Macros => (Kind::FileMacros, "file_macros", None),
        FileError::Damaged => (Kind::FileDamaged, "file_damaged", None),
        FileError::TooManyFiles { limit } => (Kind::FilesTooMany, "files_too_many", Some(Limit::Count(limit))),
        FileError::TotalTooLarge { limit } => (Kind::FilesFull, "files_full", Some(Limit::Bytes(limit))),
        FileError::Interrupted => (Kind::UploadIncomplete, "file_not_stored", None),
        FileError::LocationNotRemovable => return Problem::new(Kind::LocationRemains),
        FileError::Invalid(errors) => return Problem::rules(errors),
        FileError::NotFound => return Problem::new(missing),
        FileError::AlreadySent { .. } => return Problem::new(Kind::AlreadySent),
        FileError::Expired => return Problem::new(Kind::UploadGone),
        FileError::WrongOffset { offset } => return Problem::new(Kind::UploadOffsetWrong).with("offset", offset),
        FileError::LongerThanAnnounced => return Problem::new(Kind::UploadLongerThanAnnounced),
        FileError::WrongChecksum => return Problem::new(Kind::ChecksumMismatch),
        FileError::BrokenOff => return Problem::new(Kind::UploadBrokenOff),
        FileError::TakenOver => return Problem::new(Kind::UploadTakenOver),
        FileError::Busy => return Problem::new(Kind::UploadBusy),
        FileError::DiskFull => return Problem::new(Kind::StorageFull),
        FileError::Service(e) => return Problem::service(&e),
    };
    Problem::new(kind).with_faults([Fault::file(code, name, limit)])
}
