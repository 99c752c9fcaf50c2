//! The errors that any use case can return.

use evidence::ReceiveError;
use record::RecordError;

/// A failure that is not specific to one use case.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The database or the storage cannot be reached, is busy or full. Nothing was changed, and a retry may succeed. The
    /// HTTP layer answers 503 and keeps what the user typed.
    #[error("not available: {0}")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Another request inserted the same unique row first. Use cases retry before they return this.
    #[error("written by another request first: {0}")]
    Duplicate(#[source] RecordError),
    /// A mistake in the program, or damage to the record. The HTTP layer answers 500 and logs it.
    #[error("internal: {0}")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ServiceError {
    /// An error for a state that cannot occur.
    pub fn internal(e: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(e.into())
    }

    /// An error for more concurrent requests than the server handles at once.
    pub fn busy(what: &'static str) -> Self {
        Self::Unavailable(what.into())
    }

    /// An error for storage that does not answer.
    pub fn storage(e: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(e.into())
    }
}

impl From<RecordError> for ServiceError {
    fn from(e: RecordError) -> Self {
        match e {
            RecordError::Unavailable(_) => Self::Unavailable(Box::new(e)),
            RecordError::Duplicate(_) => Self::Duplicate(e),
            e => Self::Internal(Box::new(e)),
        }
    }
}

impl From<ReceiveError> for ServiceError {
    fn from(e: ReceiveError) -> Self {
        match e {
            ReceiveError::Storage(e) => Self::Unavailable(e),
            ReceiveError::Case(e) => Self::Internal(e),
            ReceiveError::Record(e) => e.into(),
            e => Self::storage(e),
        }
    }
}

/// Implements `From<RecordError>` for a use case's error type, so that `?` converts record errors.
macro_rules! from_record_error {
    ($($error:ty),+) => {$(
        impl From<::record::RecordError> for $error {
            fn from(e: ::record::RecordError) -> Self {
                Self::Service(e.into())
            }
        }
    )+};
}
pub(crate) use from_record_error;
