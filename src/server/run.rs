//! Runs the server.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use service::{cases::news, files::scanning, record::installation, settings::holiday_warning};

use super::background::Tasks;
use super::config::Config;
use super::error::StartError;
use super::metrics::Metrics;
use super::router::app_with_tasks;
use super::{assets, background, connections, services};

/// How long requests under way may continue after the server receives SIGTERM or SIGINT.
const LAST_CALL: Duration = Duration::from_secs(20);

/// Opens everything, prints the listening address on standard output, and serves until SIGTERM or SIGINT.
pub async fn serve(config: Config) -> Result<(), StartError> {
    let bounds = config.connections.bounds().within(connections::raise_open_files());
    // Cheap checks come first, so that a missing site build does not leave a new database behind.
    let assets = assets::load(&config.site)?;
    let (services, _lock) = services::open_for_server(&config).await?;
    let tasks = Tasks::default();
    let proxies = Arc::new(config.proxies()?);
    let metrics = Metrics::new(services.clone(), tasks.clone(), Arc::clone(&proxies));
    let app = app_with_tasks(&config, services.clone(), assets, metrics.clone(), proxies)?;
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|e| StartError::Listen(config.listen, e))?;
    let address = listener.local_addr().map_err(|e| StartError::Listen(config.listen, e))?;
    let background = background::start(&config, &services, address, &tasks)?;
    scanning::check_scanner(&services).await;
    if let Some(warning) = scanning::warning(&services) {
        tracing::warn!("{warning}");
    }
    if let Some(warning) = holiday_warning(services.holidays(), services.today()) {
        tracing::warn!("{warning}");
    }
    for warning in services.sandbox().warning().await.into_iter().chain(config.warnings()) {
        tracing::warn!("{warning}");
    }
    if installation::deliveries_are_held(&services).await.unwrap_or(false) {
        tracing::warn!("deliveries are held: emails, text messages and events wait (deliveries.hold, `onrecord outbox release`)");
    }
    let (stop, stopped) = watch::channel(false);
    let figures = match config.metrics.listen {
        Some(listen) => Some(
            metrics
                .serve(listen, stopped.clone())
                .await
                .map_err(|e| StartError::Metrics(listen, e))?,
        ),
        None => None,
    };
    announce(address);

    let serving = connections::serve(listener, app, bounds, config.proxies()?, stopped);
    tokio::pin!(serving);
    tokio::select! {
        () = &mut serving => {}
        () = asked_to_stop() => {
            tracing::info!("stopping");
            let _ = stop.send(true);
            news::close(&services);
            if tokio::time::timeout(LAST_CALL, &mut serving).await.is_err() {
                tracing::warn!("some requests were aborted");
            }
        }
    }
    background.stop().await;
    if let Some(figures) = figures {
        figures.abort();
    }
    if let Err(error) = services.store().clone().close().await {
        tracing::warn!(%error, "the database could not be closed");
    }
    Ok(())
}

/// Prints the line that other programs wait for. With port 0 it is the only place that names the port.
fn announce(address: SocketAddr) {
    let mut out = std::io::stdout().lock();
    // A closed standard output is no reason to stop.
    let _ = writeln!(out, "listening on http://{address}");
    let _ = out.flush();
}

async fn asked_to_stop() {
    let mut terminate = match signal(SignalKind::terminate()) {
        Ok(signal) => signal,
        Err(error) => {
            tracing::error!(%error, "SIGTERM cannot be received");
            return std::future::pending().await;
        }
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
