//! Limits how long a request takes to arrive: a fixed time for most, a minimum rate for those with files.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::Method;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::MethodRouter;
use futures::StreamExt;
use tokio::time::Instant;

/// Minimum rate of a request with files, in bytes per second over [`RATE_WINDOW`].
///
/// GPRS, the slowest network in use, is four times as fast. A client that sends a byte now and then, only to keep its connection, is
/// cut off.
const SLOWEST: u64 = 500;

/// The time over which the rate is measured. A train takes no longer through a tunnel.
const RATE_WINDOW: Duration = Duration::from_mins(1);

/// Whether a request is limited by its rate of arrival instead of a fixed time.
///
/// The middleware that ends slow requests adds this to each request, and routes that accept files set it.
#[derive(Clone, Debug, Default)]
pub struct TimeLimit(Arc<AtomicBool>);

/// Marks the requests and responses of routes that accept files.
#[derive(Clone, Copy, Debug)]
pub struct TakesFiles;

impl TimeLimit {
    /// Whether the route accepts files, so that the request may take as long as its files take to arrive.
    pub fn is_by_progress(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Marks a route as accepting files. For use where the route is declared.
pub fn takes_files<S: Clone + Send + Sync + 'static>(methods: MethodRouter<S, Infallible>) -> MethodRouter<S, Infallible> {
    methods.layer(middleware::from_fn(by_progress))
}

/// The middleware of a route that accepts files. Only POST and PATCH requests carry any.
pub async fn by_progress(mut request: Request, next: Next) -> Response {
    if ![Method::POST, Method::PATCH].contains(request.method()) {
        return next.run(request).await;
    }
    let limit = request.extensions().get::<TimeLimit>().cloned().unwrap_or_default();
    limit.0.store(true, Ordering::Relaxed);
    request.extensions_mut().insert(TakesFiles);
    let request = request.map(|body| Body::from_stream(with_least_rate(body)));
    let mut response = next.run(request).await;
    response.extensions_mut().insert(TakesFiles);
    response
}

/// Returns the body, ended with an error when it arrives too slowly.
///
/// Only the time spent waiting for the client counts, not the time the server takes to store the bytes.
fn with_least_rate(body: Body) -> impl futures::Stream<Item = Result<Bytes, axum::BoxError>> + Send {
    let mut rate = Rate::default();
    let mut body = body.into_data_stream();
    futures::stream::poll_fn(move |context: &mut Context<'_>| {
        let piece = body.poll_next_unpin(context);
        match &piece {
            Poll::Pending => rate.start_waiting(),
            Poll::Ready(Some(Ok(piece))) if !rate.add_bytes(piece.len() as u64) => {
                let error = io::Error::new(io::ErrorKind::TimedOut, "the request arrives too slowly");
                return Poll::Ready(Some(Err(error.into())));
            }
            Poll::Ready(_) => {}
        }
        piece.map_err(Into::into)
    })
}

/// The rate at which a body arrives.
#[derive(Debug, Default)]
struct Rate {
    waiting_since: Option<Instant>,
    /// How long the server has waited in this window, and how many bytes arrived in it.
    waited: Duration,
    bytes: u64,
}

impl Rate {
    fn start_waiting(&mut self) {
        self.waiting_since.get_or_insert_with(Instant::now);
    }

    /// Counts received bytes. Returns `false` when a window is over and too few arrived in it.
    fn add_bytes(&mut self, bytes: u64) -> bool {
        self.bytes += bytes;
        self.waited += self.waiting_since.take().map_or(Duration::ZERO, |since| since.elapsed());
        if self.waited < RATE_WINDOW {
            return true;
        }
        let enough = self.bytes >= self.waited.as_secs() * SLOWEST;
        (self.waited, self.bytes) = (Duration::ZERO, 0);
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::stream;

    /// Returns how many pieces of `bytes` bytes arrive, one in each `pause`.
    async fn arrived(bytes: usize, pause: Duration, pieces: usize) -> usize {
        let pieces = stream::iter(0..pieces).then(move |_| async move {
            tokio::time::sleep(pause).await;
            Ok::<_, Infallible>(Bytes::from(vec![0; bytes]))
        });
        let body = std::pin::pin!(with_least_rate(Body::from_stream(Box::pin(pieces))));
        body.take_while(|piece| std::future::ready(piece.is_ok())).count().await
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_line_may_take_its_time() {
        assert_eq!(
            arrived(2_000, Duration::from_secs(2), 600).await,
            600,
            "a client with 1 KB a second must be served for 20 minutes"
        );
        assert_eq!(
            arrived(60_000, Duration::from_secs(50), 5).await,
            5,
            "a client with interruptions must be served"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_only_holds_its_place_is_ended() {
        let arrived = arrived(1, Duration::from_secs(20), 100).await;
        assert!(arrived < 5, "{arrived} bytes in {} s", arrived * 20);
    }
}
