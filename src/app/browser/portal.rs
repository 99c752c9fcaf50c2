//! The portal in the browser.

use crate::app::portal::{Portal, PortalFuture};
use crate::complaint::view::DraftView;

/// Asked only where the page was drawn without the server: no draft came with it. What is on the phone is put in by `local`,
/// which also finds out what is with us; no page waits for that.
pub struct NoServer;

impl Portal for NoServer {
    fn draft(&self) -> PortalFuture<Option<DraftView>> {
        Box::pin(async { Ok(None) })
    }
}
