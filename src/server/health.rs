//! Health checks for a monitor or a load balancer.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::Serialize;
use tokio::sync::Mutex;

use super::background::{TaskState, Tasks};
use super::check::late_mail;
use evidence::disk_budget::{Free, Priority};
use record::{RecordError, outbox, webhooks};
use service::settings::holiday_warning;
use service::{Services, files::scanning, record::installation};

const UNCACHED: [(header::HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

/// How long a report of `/readyz` is reused, so that frequent requests cause few writes.
const ANSWERED_FOR: Duration = Duration::from_secs(2);

/// How long a component may take before it counts as failing.
const PATIENCE: Duration = Duration::from_secs(6);

/// How long the scanner may take to answer.
const SCANNER_PATIENCE: Duration = Duration::from_secs(1);

/// `GET /livez`: the process answers requests.
pub(super) async fn live() -> impl IntoResponse {
    (UNCACHED, "alive\n")
}

/// The state of `/readyz`. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Health {
    services: Services,
    tasks: Tasks,
    /// The last report. Locked while a new one is made, so that simultaneous requests share one.
    last: Arc<Mutex<Option<(Instant, Report)>>>,
}

/// The body of `/readyz`.
#[derive(Clone, Debug, Serialize)]
struct Report {
    /// `ready` or `not_ready`.
    status: &'static str,
    components: Components,
    /// Warnings for the operator.
    warnings: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
struct Components {
    database: Component,
    files: Component,
    space: SpaceReport,
    tasks: BTreeMap<&'static str, TaskState>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
enum Component {
    Ok,
    Failing,
}

#[derive(Clone, Debug, Serialize)]
struct SpaceReport {
    /// `ok`, `unsent_files_refused` or `files_refused`.
    status: &'static str,
    reserve_bytes: u64,
    free: Vec<Free>,
}

impl Health {
    pub(super) fn new(services: Services, tasks: Tasks) -> Self {
        Self {
            services,
            tasks,
            last: Arc::default(),
        }
    }

    async fn report(&self) -> Report {
        let mut last = self.last.lock().await;
        if let Some((at, report)) = &*last
            && at.elapsed() < ANSWERED_FOR
        {
            return report.clone();
        }
        let report = self.make().await;
        *last = Some((Instant::now(), report.clone()));
        report
    }

    async fn make(&self) -> Report {
        let services = &self.services;
        let (database, files) = tokio::join!(
            probed("database", services.store().probe(services.request_id())),
            probed("files", services.files().probe(services.request_id())),
        );
        let (unsent, cases) = (
            services.disk_budget().check(Priority::Unsent, 0).await,
            services.disk_budget().check(Priority::Case, 0).await,
        );
        let space = SpaceReport {
            status: match (unsent, cases) {
                (_, Err(_)) => "files_refused",
                (Err(_), _) => "unsent_files_refused",
                _ => "ok",
            },
            reserve_bytes: services.disk_budget().space().reserve_bytes,
            free: services.disk_budget().free().await,
        };
        let tasks = self.tasks.states();
        let mut warnings = Vec::new();
        // A scanner that does not answer is not waited for: files then wait for the scan, which is no reason to fail the health check.
        let _ = tokio::time::timeout(SCANNER_PATIENCE, scanning::check_scanner(services)).await;
        if database == Component::Ok {
            warnings.extend(late_deliveries(services).await.unwrap_or_default());
        }
        match space.status {
            "ok" => {}
            "files_refused" => warnings.push("files are refused: free space is below half of service.space.reserve_bytes".to_owned()),
            _ => warnings.push("files of unsent complaints are refused: free space is below service.space.reserve_bytes".to_owned()),
        }
        let down = tasks.iter().filter(|(_, state)| matches!(state, TaskState::Restarting { .. }));
        warnings.extend(down.map(|(name, _)| format!("the background task {name} ended and is restarted")));
        // Neither outdated bank holidays nor a missing scanner is a reason to fail the health check.
        warnings.extend(
            holiday_warning(services.holidays(), services.today())
                .into_iter()
                .chain(scanning::warning(services).map(str::to_owned)),
        );
        let works = database == Component::Ok && files == Component::Ok;
        Report {
            status: if works { "ready" } else { "not_ready" },
            components: Components {
                database,
                files,
                space,
                tasks,
            },
            warnings,
        }
    }
}

/// Returns warnings about messages and webhook events that are not delivered.
async fn late_deliveries(services: &Services) -> Result<Vec<String>, RecordError> {
    let read = &services.store().read;
    let messages = outbox::count(read, services.now().into()).await?;
    let addresses = webhooks::count(read).await?;
    let mut warnings = Vec::new();
    if installation::deliveries_are_held(services).await? {
        warnings.push(format!(
            "deliveries are held: {} messages wait, and no webhook events are delivered",
            messages.waiting
        ));
    } else {
        warnings.extend(late_mail(messages));
    }
    if addresses.given_up > 0 {
        let given_up = addresses.given_up;
        warnings.push(format!(
            "{given_up} webhooks were given up and get no more events: see `onrecord webhooks list`"
        ));
    }
    Ok(warnings)
}

async fn probed<E: std::fmt::Display>(component: &str, probe: impl Future<Output = Result<(), E>>) -> Component {
    match tokio::time::timeout(PATIENCE, probe).await {
        Ok(Ok(())) => return Component::Ok,
        Ok(Err(error)) => tracing::warn!(component, %error, "health check failed"),
        Err(_) => tracing::warn!(component, "health check failed: no answer in time"),
    }
    Component::Failing
}

/// `GET /readyz`: database and file storage accept writes. The report also contains the free space, the states of the background tasks
/// and warnings.
pub(super) async fn ready(State(health): State<Health>) -> impl IntoResponse {
    let report = health.report().await;
    let status = if report.status == "ready" {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, UNCACHED, Json(report))
}
