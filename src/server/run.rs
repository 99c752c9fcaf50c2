//! The running server.

use std::future::IntoFuture;
use std::io::Write;
use std::net::SocketAddr;
use std::time::Duration;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::service::{scanning, settings::holiday_warning};

use super::{Config, StartError, app, assets, background, services};

/// How long requests that are under way may go on once the server is told to stop.
const LAST_CALL: Duration = Duration::from_secs(20);

/// Opens everything, says on standard output where it listens, and serves until it is told to stop (SIGTERM or SIGINT).
///
/// # Errors
/// [`StartError`] naming what is not as it must be.
pub async fn serve(config: Config) -> Result<(), StartError> {
    // The cheap checks first: a site that was not built should not leave a database behind.
    let assets = assets::load(&config.site)?;
    let services = services::open(&config).await?;
    let app = app(&config, services.clone(), assets)?;
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|e| StartError::Listen(config.listen, e))?;
    let address = listener.local_addr().map_err(|e| StartError::Listen(config.listen, e))?;
    let background = background::start(&config, &services, address)?;
    if let Some(warning) = scanning::warning(&services) {
        tracing::warn!("{warning}");
    }
    if let Some(warning) = holiday_warning(services.holidays(), services.today()) {
        tracing::warn!("{warning}");
    }
    announce(address);

    let (stop, stopped) = watch::channel(false);
    let mut told = stopped.clone();
    // Small answers go out at once rather than waiting for more.
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "no nodelay");
        }
    });
    let serving = axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(async move {
            let _ = told.wait_for(|stop| *stop).await;
        })
        .into_future();
    tokio::pin!(serving);
    tokio::select! {
        ended = &mut serving => ended.map_err(StartError::Serve)?,
        () = asked_to_stop() => {
            tracing::info!("stopping");
            let _ = stop.send(true);
            if let Ok(ended) = tokio::time::timeout(LAST_CALL, &mut serving).await {
                ended.map_err(StartError::Serve)?;
            } else {
                tracing::warn!("some requests were still under way");
            }
        }
    }
    background.stop().await;
    if let Err(error) = services.store().clone().close().await {
        tracing::warn!(%error, "the database did not close");
    }
    Ok(())
}

/// The line others wait for, on standard output: with port 0 it is the only place that names the port.
fn announce(address: SocketAddr) {
    let mut out = std::io::stdout().lock();
    // Nobody may be reading, which is no reason not to serve.
    let _ = writeln!(out, "listening on http://{address}");
    let _ = out.flush();
}

async fn asked_to_stop() {
    let mut terminate = match signal(SignalKind::terminate()) {
        Ok(signal) => signal,
        Err(error) => {
            tracing::error!(%error, "signals cannot be heard");
            return std::future::pending().await;
        }
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
