//! The problems for refused files.

use std::time::Duration;

use axum::body::BodyDataStream;
use futures::StreamExt;

use crate::http::api::problem::{Fault, Kind, Problem};
use evidence::ReceiveError;
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
    let error = match error {
        FileError::Receive(error) => error,
        FileError::LocationNotRemovable => return Problem::new(Kind::LocationRemains),
        FileError::Invalid(errors) => return Problem::rules(errors),
        FileError::NotFound => return Problem::new(missing),
        FileError::AlreadySent { .. } => return Problem::new(Kind::AlreadySent),
        FileError::Service(e) => return Problem::service(&e),
    };
    let kind = match error {
        ReceiveError::Empty => Kind::FileEmpty,
        ReceiveError::TooLarge { .. } => Kind::FileTooLarge,
        ReceiveError::UnsupportedType => Kind::FileTypeNotAllowed,
        ReceiveError::Mislabelled => Kind::FileMislabelled,
        ReceiveError::Protected => Kind::FileProtected,
        ReceiveError::Macros => Kind::FileMacros,
        ReceiveError::Damaged => Kind::FileDamaged,
        ReceiveError::TooManyFiles { .. } => Kind::FilesTooMany,
        ReceiveError::CaseFull { .. } => Kind::FilesFull,
        ReceiveError::Interrupted => Kind::UploadIncomplete,
        ReceiveError::Expired | ReceiveError::Lost => return Problem::new(Kind::UploadGone),
        ReceiveError::WrongOffset { offset } => return Problem::new(Kind::UploadOffsetWrong).with("offset", offset),
        ReceiveError::LongerThanAnnounced => return Problem::new(Kind::UploadLongerThanAnnounced),
        ReceiveError::WrongChecksum => return Problem::new(Kind::ChecksumMismatch),
        ReceiveError::BrokenOff => return Problem::new(Kind::UploadBrokenOff),
        ReceiveError::TakenOver => return Problem::new(Kind::UploadTakenOver),
        ReceiveError::Busy => return Problem::new(Kind::UploadBusy),
        ReceiveError::NoSpace => return Problem::new(Kind::StorageFull),
        // The service returns these as `FileError::NotFound` and `FileError::Service`.
        ReceiveError::NotFound | ReceiveError::NotAllowed | ReceiveError::Storage(_) | ReceiveError::Case(_) | ReceiveError::Record(_) => {
            return Problem::new(Kind::Internal);
        }
    };
    Problem::new(kind).with_faults([Fault::file(error.code(), name, error.limit())])
}
