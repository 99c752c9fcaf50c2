//! The portal in the browser.

use send_wrapper::SendWrapper;

use crate::app::client::rest;
use crate::app::portal::{Portal, PortalError, PortalFuture};
use complaint::Answers;
use complaint::clock::{Clock, ClockInput};
use contract::DraftView;

/// Serves a page that was rendered without the server and therefore came with no draft. `device_store` adds the record stored
/// on the device and then asks the server for its draft; no page waits for that.
pub struct NoServer;

impl Portal for NoServer {
    fn draft(&self) -> PortalFuture<Option<DraftView>> {
        Box::pin(async { Ok(None) })
    }

    fn clock(&self, answers: Answers) -> PortalFuture<Clock> {
        // The browser has one thread; `SendWrapper` satisfies the `Send` bound.
        Box::pin(SendWrapper::new(async move {
            let asked = rest::complaint_clock(&ClockInput::from(&answers)).await;
            asked.map_err(|_| PortalError::Unavailable)
        }))
    }
}
