//! Metrics for Prometheus and compatible systems (`OpenMetrics`), on an address of their own. They name no person, case or address.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::background::{TaskState, Tasks};
use crate::http::client::Proxies;
use evidence::Scanner;
use record::{RecordError, outbox, webhooks};
use service::counters::SignInWay;
use service::{Services, files::scanning, record::installation};

const TEXT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The upper bounds of the histogram's buckets, in seconds.
const SECONDS: [f64; 10] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0];

/// How long counting in the database may take.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    method: &'static str,
    route: String,
    status: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfLabel {
    of: String,
}

/// The metrics of a server. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Metrics(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    services: Services,
    tasks: Tasks,
    proxies: Arc<Proxies>,
    registry: Registry,
    requests: Family<Request, Counter>,
    seconds: Family<Route, Histogram>,
    failed_sign_ins: Family<OfLabel, Counter>,
    unreadable: Counter,
    restarts: Family<OfLabel, Counter>,
    running: Family<OfLabel, Gauge>,
    messages: Family<OfLabel, Gauge>,
    addresses: Family<OfLabel, Gauge>,
    held: Gauge,
    scanner: Gauge,
    database: Gauge,
    free: Family<OfLabel, Gauge<f64, AtomicU64>>,
}

impl Metrics {
    pub(super) fn new(services: Services, tasks: Tasks, proxies: Arc<Proxies>) -> Self {
        let mut inner = Inner {
            services,
            tasks,
            proxies,
            registry: Registry::with_prefix("onrecord"),
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            failed_sign_ins: Family::default(),
            unreadable: Counter::default(),
            restarts: Family::default(),
            running: Family::default(),
            messages: Family::default(),
            addresses: Family::default(),
            held: Gauge::default(),
            scanner: Gauge::default(),
            database: Gauge::default(),
            free: Family::default(),
        };
        let registry = &mut inner.registry;
        let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The version of the program", version);
        registry.register("requests", "Requests by method, route and status", inner.requests.clone());
        registry.register("request_seconds", "Time to the response headers, by route", inner.seconds.clone());
        registry.register("failed_sign_ins", "Sign-ins that failed, by way", inner.failed_sign_ins.clone());
        registry.register(
            "unreadable_proxy_headers",
            "Requests through a trusted proxy whose header named no address",
            inner.unreadable.clone(),
        );
        registry.register("task_restarts", "Restarts of a background task", inner.restarts.clone());
        registry.register("task_running", "1 while a background task runs", inner.running.clone());
        registry.register(
            "outbox_messages",
            "Messages that wait, that are late by an hour or more, and that were given up",
            inner.messages.clone(),
        );
        registry.register(
            "webhook_addresses",
            "All webhooks, those whose deliveries fail, and those that were given up",
            inner.addresses.clone(),
        );
        registry.register("deliveries_held", "1 while all deliveries are held", inner.held.clone());
        registry.register("scanner_up", "1 while the virus scanner answers", inner.scanner.clone());
        registry.register("database_up", "1 while the database answers", inner.database.clone());
        registry.register("free_bytes", "Free space by folder", inner.free.clone());
        Self(Arc::new(inner))
    }

    pub(super) fn tasks(&self) -> &Tasks {
        &self.0.tasks
    }

    /// Counts a request. `route` is a path template, so that there are few label values.
    pub(super) fn count_request(&self, method: &Method, route: &str, status: StatusCode, took: Duration) {
        let request = Request {
            method: known(method),
            route: route.to_owned(),
            status: status.as_u16().into(),
        };
        self.0.requests.get_or_create(&request).inc();
        let route = Route { route: route.to_owned() };
        self.0.seconds.get_or_create(&route).observe(took.as_secs_f64());
    }

    /// Serves `GET /metrics` on `listen` until `stop` is true.
    pub(super) async fn serve(&self, listen: SocketAddr, mut stop: watch::Receiver<bool>) -> std::io::Result<JoinHandle<()>> {
        let listener = TcpListener::bind(listen).await?;
        tracing::info!(address = %listener.local_addr()?, "metrics are served");
        let router = Router::new().route("/metrics", get(answer)).with_state(self.clone());
        Ok(tokio::spawn(async move {
            let stopped = async move {
                let _ = stop.wait_for(|stop| *stop).await;
            };
            if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stopped).await {
                tracing::error!(%error, "the metrics server failed");
            }
        }))
    }

    /// Writes all metrics as text.
    pub(super) async fn text(&self) -> Result<String, std::fmt::Error> {
        let inner = &*self.0;
        let counted = tokio::time::timeout(PATIENCE, self.count_in_database()).await;
        inner.database.set(i64::from(matches!(counted, Ok(Ok(())))));
        for way in SignInWay::ALL {
            let counter = inner.failed_sign_ins.get_or_create_owned(&of(way.name()));
            raise(&counter, inner.services.counters().failed_sign_ins(way));
        }
        raise(&inner.unreadable, inner.proxies.unreadable());
        for (name, state) in inner.tasks.states() {
            let (restarts, runs) = match state {
                TaskState::Ok { restarts } => (restarts, 1),
                TaskState::Restarting { restarts } => (restarts, 0),
            };
            raise(&inner.restarts.get_or_create_owned(&of(name)), restarts);
            inner.running.get_or_create(&of(name)).set(runs);
        }
        let scans = matches!(inner.services.scanner(), Scanner::Clamd { .. }) && scanning::warning(&inner.services).is_none();
        inner.scanner.set(i64::from(scans));
        for free in inner.services.disk_budget().free().await {
            // Above nine million gigabytes the last digits are lost.
            #[expect(clippy::cast_precision_loss, reason = "a chart needs no exact value")]
            inner.free.get_or_create(&of(free.folder)).set(free.bytes as f64);
        }
        let mut text = String::new();
        encode(&mut text, &inner.registry)?;
        Ok(text)
    }

    async fn count_in_database(&self) -> Result<(), RecordError> {
        let Inner {
            services,
            messages,
            addresses,
            held,
            ..
        } = &*self.0;
        let read = &services.store().read;
        let waiting = outbox::count(read, services.now().into()).await?;
        for (name, n) in [("waiting", waiting.waiting), ("late", waiting.late), ("given_up", waiting.given_up)] {
            messages.get_or_create(&of(name)).set(i64::try_from(n).unwrap_or(i64::MAX));
        }
        let named = webhooks::count(read).await?;
        for (name, n) in [("all", named.all), ("failing", named.failing), ("given_up", named.given_up)] {
            addresses.get_or_create(&of(name)).set(i64::try_from(n).unwrap_or(i64::MAX));
        }
        held.set(i64::from(installation::deliveries_are_held(services).await?));
        Ok(())
    }
}

fn of(name: &str) -> OfLabel {
    OfLabel { of: name.to_owned() }
}

/// Raises a counter to a value that was counted elsewhere.
fn raise(counter: &Counter, to: u64) {
    counter.inc_by(to.saturating_sub(counter.get()));
}

/// Returns the name of a standard method; clients may send others, which would add label values without limit.
fn known(method: &Method) -> &'static str {
    const KNOWN: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];
    KNOWN.into_iter().find(|known| method == *known).unwrap_or("other")
}

async fn answer(State(metrics): State<Metrics>) -> Response {
    match metrics.text().await {
        Ok(text) => ([(header::CONTENT_TYPE, TEXT), (header::CACHE_CONTROL, "no-store")], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
