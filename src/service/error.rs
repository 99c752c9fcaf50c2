//! What can go wrong in any use case.

use crate::record::RecordError;

/// A failure that is nobody's answer.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The database or the storage cannot be reached, is busy or full. Nothing was done; the same act may work in a
    /// moment. Doors answer 503 and keep what the person typed.
    #[error("not available: {0}")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Another request wrote the same unique row first. The use cases look again before they answer with this.
    #[error("written by another request first: {0}")]
    Duplicate(#[source] RecordError),
    /// A mistake in the program or damage to the record. Doors answer 500 and log it.
    #[error("internal: {0}")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ServiceError {
    /// Something that cannot happen.
    pub fn internal(e: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(e.into())
    }

    /// More is asked for at once than the server does at once.
    pub fn busy(what: &'static str) -> Self {
        Self::Unavailable(what.into())
    }

    /// A storage that does not answer.
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

/// Lets `?` on a record's error work in a use case with its own error.
macro_rules! from_record_error {
    ($($error:ty),+) => {$(
        impl From<$crate::record::RecordError> for $error {
            fn from(e: $crate::record::RecordError) -> Self {
                Self::Service(e.into())
            }
        }
    )+};
}
pub(crate) use from_record_error;
