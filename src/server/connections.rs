//! Accepts connections, and limits how many are open.
//!
//! Only HTTP/1.1: a proxy in front speaks newer versions to browsers, and each connection then has one request at a time. An idle
//! connection is closed after a while, whether the client sent half a request head, nothing, or does not read the response. If
//! too many connections are open, the longest idle one is closed, preferably one of the address with the most connections. An
//! address that opens many connections thus only hurts itself.

mod open;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

use super::headers::REQUEST_ID;
use crate::http::client::Proxies;
use open::{ConnectionTable, Entry};

/// How long a connection may stay idle while the server stops, since a request may be on its way.
const AT_REST: Duration = Duration::from_secs(1);

/// The largest request head, in bytes. All headers of a browser together are a few thousand bytes.
const HEAD: usize = 64 * 1024;

/// How long a client may leave a response unread.
const UNREAD: Duration = Duration::from_mins(1);

/// How long to wait when the system cannot open another connection.
const OUT_OF_ROOM: Duration = Duration::from_millis(200);

/// Open files of the process reserved for other uses: the database, uploads, and the pipes of sandboxed processes.
const OTHER_FILES: u64 = 100;

/// Limits on open connections.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) most: usize,
    pub(super) per_address: usize,
    /// The time to the complete head of the next request, from the start of the connection or the last response.
    pub(super) idle: Duration,
    /// The same for a trusted proxy, which keeps connections for reuse.
    pub(super) idle_of_proxy: Duration,
}

impl Bounds {
    /// Lowers the limits to what `open_files` permits. The limit per address becomes at most a quarter of the total.
    pub(super) fn within(self, open_files: u64) -> Self {
        // Each connection may upload a file, which is open as well.
        let most = usize::try_from(open_files.saturating_sub(OTHER_FILES) / 2).unwrap_or(usize::MAX);
        let most = self.most.min(most).max(8);
        Self {
            most,
            per_address: self.per_address.min((most / 4).max(2)),
            ..self
        }
    }
}

/// Raises the limit on open files as far as the system permits, and returns it.
pub(super) fn raise_open_files() -> u64 {
    rlimit::increase_nofile_limit(u64::MAX).unwrap_or_else(|error| {
        tracing::warn!(%error, "the limit on open files cannot be raised");
        rlimit::Resource::NOFILE.get_soft().unwrap_or(256)
    })
}

/// Serves until `stop` is true and the requests under way have been answered.
pub(super) async fn serve(listener: TcpListener, app: Router, bounds: Bounds, proxies: Proxies, mut stop: watch::Receiver<bool>) {
    let open = ConnectionTable::new(bounds.most, bounds.per_address);
    let mut tasks = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = tasks.join_next() => continue,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // An error of one aborted connection does not concern the next; exhausted file descriptors do.
                if !is_about_one_connection(&error) {
                    tracing::error!(%error, "connections cannot be accepted");
                    tokio::time::sleep(OUT_OF_ROOM).await;
                }
                continue;
            }
        };
        let is_proxy = proxies.contain(peer.ip());
        let Some(entry) = open.enter(peer.ip(), is_proxy) else {
            tracing::debug!("a connection was refused: too many are open");
            continue;
        };
        let idle = if is_proxy { bounds.idle_of_proxy } else { bounds.idle };
        tasks.spawn(connection(stream, peer, app.clone(), (entry, idle), stop.clone()));
    }
    drop(listener);
    while tasks.join_next().await.is_some() {}
}

async fn connection(stream: TcpStream, peer: SocketAddr, app: Router, (entry, idle): (Entry, Duration), mut stop: watch::Receiver<bool>) {
    // Small responses are sent at once instead of waiting for more data.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY could not be set");
    }
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(UNREAD));
    let stream = TokioIo::new(Box::pin(stream));
    let service = service_fn(|request| answer(app.clone(), peer, &entry, request));
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(idle)
        .max_buf_size(HEAD)
        .serve_connection(stream, service);
    let mut serving = std::pin::pin!(serving);
    let ended = tokio::select! {
        ended = serving.as_mut() => Some(ended),
        // The connection is idle, so nothing is lost.
        () = entry.closing() => return,
        _ = stop.wait_for(|stop| *stop) => None,
    };
    let ended = if let Some(ended) = ended {
        ended
    } else {
        serving.as_mut().graceful_shutdown();
        tokio::select! {
            ended = serving => ended,
            // A connection with half a request head does not delay the shutdown.
            () = entry.idle_for(AT_REST) => return,
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// Answers one request. A panic anywhere, even in the outermost layers of the router, fails only this request.
async fn answer(app: Router, peer: SocketAddr, entry: &Entry, request: Request<Incoming>) -> Result<Response, Infallible> {
    let busy = entry.busy();
    // CONNECT with a host, or `*`, is not a path; the router accepts only paths.
    if !request.uri().path().starts_with('/') {
        let plain = [(header::CONTENT_TYPE, "text/plain"), (header::CACHE_CONTROL, "no-store")];
        let refused = (StatusCode::BAD_REQUEST, plain, "This server is no proxy\n").into_response();
        return Ok(refused.map(|body| Body::new(Guarded::new(body, busy))));
    }
    let mut request = request.map(Body::new);
    if let header::Entry::Occupied(said) = request.headers_mut().entry(REQUEST_ID)
        && !said.iter().all(is_id)
    {
        said.remove();
    }
    request.extensions_mut().insert(ConnectInfo(peer));
    let made = AssertUnwindSafe(app.oneshot(request)).catch_unwind().await;
    let response = made.unwrap_or_else(|_| {
        let plain = [(header::CONTENT_TYPE, "text/plain"), (header::CACHE_CONTROL, "no-store")];
        Ok((StatusCode::INTERNAL_SERVER_ERROR, plain, "Something went wrong\n").into_response())
    });
    response.map(|response| response.map(|body| Body::new(Guarded::new(body, busy))))
}

/// Returns true for a request id in a machine-made form: a UUID, or 16 to 64 hexadecimal digits. Other ids could inject arbitrary text
/// into the log.
fn is_id(value: &HeaderValue) -> bool {
    let digits = value.as_bytes().iter().filter(|b| b.is_ascii_hexdigit()).count();
    let is_plain = value.as_bytes().iter().all(|b| b.is_ascii_hexdigit() || *b == b'-');
    is_plain && (16..=64).contains(&digits)
}

fn is_about_one_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// A body, and a guard that is dropped with it.
#[derive(Debug)]
struct Guarded<T> {
    body: Body,
    _guard: T,
}

impl<T> Guarded<T> {
    const fn new(body: Body, guard: T) -> Self {
        Self { body, _guard: guard }
    }
}

impl<T: Unpin> HttpBody for Guarded<T> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests;
