//! The portal over the REST API.

use send_wrapper::SendWrapper;

use super::rest::{self, Failure};
use crate::app::portal::{CasePage, Portal, PortalError, PortalFuture};
use crate::complaint::view::{DraftView, Receipt};

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

    fn receipt(&self) -> PortalFuture<Option<Receipt>> {
        on_this_thread(async { found(rest::current_receipt().await) })
    }

    fn case(&self, reference: String) -> PortalFuture<Option<CasePage>> {
        on_this_thread(async move {
            let Some(case) = found(rest::case(&reference).await)? else {
                return Ok(None);
            };
            let timeline = found(rest::timeline(&reference).await)?;
            Ok(timeline.map(|timeline| CasePage { case, timeline }))
        })
    }

    fn cases(&self) -> PortalFuture<Vec<String>> {
        on_this_thread(async {
            let lines = found(rest::cases().await)?.unwrap_or_default();
            Ok(lines.into_iter().map(|line| line.reference).collect())
        })
    }
}
