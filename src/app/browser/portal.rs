//! The portal in the browser.

use send_wrapper::SendWrapper;

use super::rest;
use crate::app::portal::{Portal, PortalError, PortalFuture};
use crate::complaint::Answers;
use crate::complaint::clock::{Clock, ClockInput};
use crate::complaint::view::DraftView;

/// Asked only where the page was drawn without the server: no draft came with it. What is on the phone is put in by `local`,
/// which also finds out what is with us; no page waits for that.
pub struct NoServer;

impl Portal for NoServer {
    fn draft(&self) -> PortalFuture<Option<DraftView>> {
        Box::pin(async { Ok(None) })
    }

    fn clock(&self, answers: Answers) -> PortalFuture<Clock> {
        // The browser has one thread; the wrapper says so to the types.
        Box::pin(SendWrapper::new(async move {
            let asked = rest::complaint_clock(&ClockInput::from(&answers)).await;
            asked.map_err(|_| PortalError::Unavailable)
        }))
    }
}
