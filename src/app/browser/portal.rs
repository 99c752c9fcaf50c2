//! The portal over the REST API.

use send_wrapper::SendWrapper;

use super::rest::{self, Failure};
use crate::app::portal::{Portal, PortalError, PortalFuture};
use crate::complaint::view::DraftView;

/// Asks the service this page came from. The browser sends the cookies along.
pub struct RestPortal;

/// "Not there" is an answer; anything else is trouble.
fn found<T>(answer: Result<T, Failure>) -> Result<Option<T>, PortalError> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(Failure::Gone) => Ok(None),
        Err(Failure::Later) => Err(PortalError::Unavailable),
        Err(Failure::Refused(_)) => Err(PortalError::Broken),
    }
}

/// The browser has one thread; the wrapper says so to the types.
fn on_this_thread<T: 'static>(future: impl Future<Output = Result<T, PortalError>> + 'static) -> PortalFuture<T> {
    Box::pin(SendWrapper::new(future))
}

impl Portal for RestPortal {
    fn draft(&self) -> PortalFuture<Option<DraftView>> {
        on_this_thread(async { found(rest::current_draft().await) })
    }
}
