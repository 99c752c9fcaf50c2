//! Errors of receiving files.

use crate::types;
use record::RecordError;

/// Why a file was not accepted. A file sent in a single request is then removed in all cases.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    #[error("the file is empty")]
    Empty,
    #[error("the file is larger than {limit} bytes")]
    TooLarge { limit: u64 },
    /// The content is none of [`crate::types::ACCEPTED`].
    #[error("files of this type are not accepted")]
    UnsupportedType,
    /// As [`ReceiveError::UnsupportedType`], but the file's extension is that of an accepted type.
    #[error("the content does not match the file name")]
    Mislabelled,
    #[error("the file is password protected")]
    Protected,
    #[error("the file contains macros")]
    Macros,
    /// The file cannot be parsed: it is truncated or broken.
    #[error("the file is damaged")]
    Damaged,
    /// The owner (a draft or a case) already has `limit` files.
    #[error("there are {limit} files already")]
    TooManyFiles { limit: u64 },
    /// With this file, the owner's files would exceed `limit` bytes in total.
    #[error("the files together would be larger than {limit} bytes")]
    CaseFull { limit: u64 },
    /// The sender stopped or sent another length than announced, or the draft was sent or deleted meanwhile.
    #[error("the file arrived incomplete")]
    Interrupted,
    /// The person may not add files, or no longer. Received bytes stay until the upload is resumed or expires.
    #[error("the person may not add files")]
    NotAllowed,
    /// The upload never existed or was removed.
    #[error("there is no such upload")]
    NotFound,
    /// The upload was not resumed in time.
    #[error("the upload has expired")]
    Expired,
    /// The part does not begin at the upload's current offset.
    #[error("the upload's offset is {offset}")]
    WrongOffset { offset: u64 },
    #[error("the file is longer than announced")]
    LongerThanAnnounced,
    /// The part does not match its checksum. None of its bytes were kept.
    #[error("the part does not match its checksum")]
    WrongChecksum,
    /// The connection broke within a part. The received bytes were kept, unless the part has a checksum.
    #[error("the connection broke within a part")]
    BrokenOff,
    /// A newer request took over the upload.
    #[error("another request took over the upload")]
    TakenOver,
    /// Another request holds the upload and did not stop in time.
    #[error("another request is writing to the upload")]
    Busy,
    /// Stored bytes of the upload are missing.
    #[error("stored bytes of the upload are missing")]
    Lost,
    /// The disk is nearly full, the storage accepts no more, or unsent complaints have used up their disk budget.
    #[error("there is no space to store the file")]
    NoSpace,
    /// The storage is unreachable or fails.
    #[error("storage: {0}")]
    Storage(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The file cannot be recorded on its case: a bug, or a damaged database.
    #[error("case: {0}")]
    Case(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database failed.
    #[error(transparent)]
    Record(#[from] RecordError),
}

/// A limit on files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileLimit {
    /// The number of files.
    Count(u64),
    /// The size in bytes.
    Bytes(u64),
}

impl ReceiveError {
    /// Refines the error by the file's name: see [`Self::Mislabelled`].
    #[must_use]
    pub fn with_filename(self, filename: &str) -> Self {
        match self {
            Self::UnsupportedType if types::type_by_extension(filename).is_some() => Self::Mislabelled,
            other => other,
        }
    }

    /// The error code for the person who sends the file; for a refused file also the reason that is stored.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "file_empty",
            Self::TooLarge { .. } => "file_too_large",
            Self::UnsupportedType => "file_type_not_allowed",
            Self::Mislabelled => "file_mislabelled",
            Self::Protected => "file_protected",
            Self::Macros => "file_macros",
            Self::Damaged => "file_damaged",
            Self::TooManyFiles { .. } => "files_too_many",
            Self::CaseFull { .. } => "files_full",
            Self::NoSpace => "file_no_room",
            _ => "file_not_stored",
        }
    }

    /// The limit that the file exceeds, if it does.
    pub const fn limit(&self) -> Option<FileLimit> {
        match self {
            Self::TooLarge { limit } | Self::CaseFull { limit } => Some(FileLimit::Bytes(*limit)),
            Self::TooManyFiles { limit } => Some(FileLimit::Count(*limit)),
            _ => None,
        }
    }

    /// Whether the file itself is at fault, so that no further bytes can make it acceptable.
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
