//! What is said when something on our side does not work.

use axum::http::StatusCode;

use crate::app::portal::PortalError;
use crate::service::ServiceError;

/// The status of a page that a failure spoilt. Logged here and nowhere else.
pub(super) fn status(failure: &ServiceError) -> StatusCode {
    match portal_error(failure) {
        PortalError::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        PortalError::Broken => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The failure as a page knows it.
pub(super) fn portal_error(failure: &ServiceError) -> PortalError {
    match failure {
        ServiceError::Unavailable(error) => {
            tracing::warn!(%error, "not available");
            PortalError::Unavailable
        }
        ServiceError::Internal(_) | ServiceError::Duplicate(_) => {
            tracing::error!(error = %failure, "a page could not be made");
            PortalError::Broken
        }
    }
}
