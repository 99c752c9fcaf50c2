//! Turns service failures into statuses and page errors, and logs them.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::app::portal::PortalError;
use service::ServiceError;

/// A response without a page: an outer layer renders the error page of the status. A service failure is logged when it is converted.
#[derive(Debug)]
pub(crate) struct PageFailure(StatusCode);

/// The response of a page handler.
pub(crate) type PageResult = Result<Response, PageFailure>;

impl From<StatusCode> for PageFailure {
    fn from(status: StatusCode) -> Self {
        Self(status)
    }
}

impl From<ServiceError> for PageFailure {
    fn from(failure: ServiceError) -> Self {
        Self(status(&failure))
    }
}

impl IntoResponse for PageFailure {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

/// Returns the status for a failure. Logs the failure, which is logged nowhere else.
pub(crate) fn status(failure: &ServiceError) -> StatusCode {
    match portal_error(failure) {
        PortalError::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        PortalError::Broken => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Returns the failure as a page error, and logs it.
pub(crate) fn portal_error(failure: &ServiceError) -> PortalError {
    match failure {
        ServiceError::Unavailable(error) => {
            tracing::warn!(%error, "a page request failed: the database or the storage cannot be reached");
            PortalError::Unavailable
        }
        ServiceError::Internal(_) | ServiceError::Duplicate(_) => {
            tracing::error!(error = %failure, "a page request failed");
            PortalError::Broken
        }
    }
}
