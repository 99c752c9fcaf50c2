//! What can go wrong with files.

use super::types;
use crate::record::RecordError;

/// Why a file was not taken. Of one that comes in one go, nothing is kept in any of these cases.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// It has no bytes.
    #[error("the file is empty")]
    Empty,
    /// It is larger than `limit` bytes.
    #[error("the file is larger than {limit} bytes")]
    TooLarge { limit: u64 },
    /// Its content is none of [`super::types::ACCEPTED`].
    #[error("files of this type are not accepted")]
    UnsupportedType,
    /// The same, but its name says that it is one of them.
    #[error("the content is not what the name says")]
    Mislabelled,
    /// It opens with a password only.
    #[error("the file is password protected")]
    Protected,
    /// It brings macros: programs that run in a letter or sheet.
    #[error("the file has macros in it")]
    Macros,
    /// It cannot be opened: cut off, or broken.
    #[error("the file is damaged")]
    Damaged,
    /// The owner has `limit` files already.
    #[error("there are {limit} files already")]
    TooManyFiles { limit: u64 },
    /// With it, the owner's files would be more than `limit` bytes together.
    #[error("the files together would be larger than {limit} bytes")]
    CaseFull { limit: u64 },
    /// The sender stopped, or sent another length than announced.
    #[error("the file did not arrive whole")]
    Interrupted,
    /// It is not for them to bring a file, or not any more. What came of it stays until somebody goes on or it expires.
    #[error("not theirs to bring")]
    NotAllowed,
    /// There is no such upload, or not any more.
    #[error("there is no such upload")]
    NotFound,
    /// Nobody went on with it for so long that it was given up.
    #[error("the upload was given up")]
    Expired,
    /// The part does not begin where the upload stands.
    #[error("the upload stands at {offset}")]
    WrongOffset { offset: u64 },
    /// More came than was announced.
    #[error("the file is longer than announced")]
    LongerThanAnnounced,
    /// The part does not add up to what its sender says. Nothing of it was kept.
    #[error("the part arrived damaged")]
    WrongChecksum,
    /// The connection broke in the middle of a part. What came of it was kept, but for one with a checksum.
    #[error("the part did not arrive whole")]
    BrokenOff,
    /// Another request goes on with the upload.
    #[error("another request goes on with the upload")]
    TakenOver,
    /// Another request is at the upload and does not stop.
    #[error("another request is at the upload")]
    Busy,
    /// What was stored of the upload is not there any more.
    #[error("what was stored of the upload is lost")]
    Lost,
    /// The disk is full or nearly so, the storage takes no more, or unsent complaints take all that they may.
    #[error("there is no room to store it")]
    NoRoom,
    /// It cannot be stored now: the storage is not reachable, or fails.
    #[error("storage: {0}")]
    Storage(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It cannot be entered on its case: a mistake in the program, or damage to the record.
    #[error("case: {0}")]
    Case(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It cannot be put on the record now.
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl ReceiveError {
    /// The same, given the name the file came with.
    #[must_use]
    pub fn named(self, filename: &str) -> Self {
        match self {
            Self::UnsupportedType if types::promised(filename).is_some() => Self::Mislabelled,
            other => other,
        }
    }

    /// Why a file did not become one, as a code for the record.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "file_empty",
            Self::TooLarge { .. } => "file_too_large",
            Self::UnsupportedType => "file_type_not_allowed",
            Self::Mislabelled => "file_mislabelled",
            Self::Protected => "file_protected",
            Self::Macros => "file_macros",
            Self::Damaged => "file_damaged",
            _ => "file_not_stored",
        }
    }

    /// Whether the file itself is refused: no more bytes can make it one we take.
    #[must_use]
    pub const fn is_about_the_file(&self) -> bool {
        matches!(
            self,
            Self::Empty
                | Self::TooLarge { .. }
                | Self::UnsupportedType
                | Self::Mislabelled
                | Self::Protected
                | Self::Macros
                | Self::Damaged
        )
    }
}
