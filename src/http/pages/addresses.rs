//! A router that lists its addresses. axum's router does not, and the tests of who may open what need all of them, including the newest.

use axum::Router;
use axum::routing::MethodRouter;

/// A router and its addresses, in the order in which they were added.
#[derive(Debug)]
pub(crate) struct RouterWithPaths<S> {
    pub router: Router<S>,
    pub addresses: Vec<String>,
}

impl<S: Clone + Send + Sync + 'static> RouterWithPaths<S> {
    pub(crate) fn new() -> Self {
        Self {
            router: Router::new(),
            addresses: Vec::new(),
        }
    }

    /// Adds a route.
    pub(crate) fn route(mut self, path: &str, methods: MethodRouter<S>) -> Self {
        self.addresses.push(path.to_owned());
        self.router = self.router.route(path, methods);
        self
    }
}
