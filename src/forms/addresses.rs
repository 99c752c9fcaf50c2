//! A router that can say which addresses it has: axum's own keeps that to itself, and whoever checks who may see what needs all
//! of them, the newest too.

use axum::Router;
use axum::routing::MethodRouter;

/// A router and its addresses, in the order in which they were added.
#[derive(Debug)]
pub(super) struct Addressed<S> {
    pub router: Router<S>,
    pub addresses: Vec<String>,
}

impl<S: Clone + Send + Sync + 'static> Addressed<S> {
    /// Without any.
    pub(super) fn new() -> Self {
        Self {
            router: Router::new(),
            addresses: Vec::new(),
        }
    }

    /// With one more.
    pub(super) fn route(mut self, path: &str, methods: MethodRouter<S>) -> Self {
        self.addresses.push(path.to_owned());
        self.router = self.router.route(path, methods);
        self
    }
}
