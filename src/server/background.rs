//! Background tasks: deliver messages and webhook events, scan files, make previews, look for news of cases, and clean up what has
//! expired.

mod supervised;

use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::config::Config;
use super::error::StartError;
pub(super) use supervised::{TaskState, Tasks};

use notify::MailTransport;
use service::cases::news;
use service::files::check;
use service::files::scanning::{self, RoundResult};
use service::webhooks::{self, WebhookClient};
use service::{
    Services, files,
    record::{housekeeping, verification},
};

/// The folder in the data folder where messages become files if no mail server is set.
const MAIL: &str = "mail";

/// The interval of the cleanup.
const SWEEP_EVERY: Duration = Duration::from_hours(1);

/// Storage and database are compared in every 24th round of the cleanup: once a day.
const CHECK_EVERY: u64 = 24;

/// The interval of looking for files uploaded through other servers, and for files whose scan is due again.
const SCAN_EVERY: Duration = Duration::from_secs(5);

/// The interval of checking whether an unavailable scanner answers again.
const SCANNER_BACK_EVERY: Duration = Duration::from_secs(30);

/// The interval of looking for pictures without a preview, and the number taken in one round.
const PREVIEW_EVERY: Duration = Duration::from_secs(10);
const PREVIEWS_AT_ONCE: u64 = 10;

/// How long a delivery or scan under way may continue once the server stops. An interrupted one is repeated later.
const LAST_CALL: Duration = Duration::from_secs(5);

/// The running background tasks.
pub(super) struct Background {
    stop: watch::Sender<bool>,
    tasks: [JoinHandle<()>; 6],
}

/// Starts the tasks, each under its name in `tasks`. Links in messages begin with `public_url`, or with `address` if it is not set.
pub(super) fn start(config: &Config, services: &Services, address: SocketAddr, tasks: &Tasks) -> Result<Background, StartError> {
    let carrier = if let Some(server) = config.mail_server()? {
        tracing::info!("emails are sent through the mail server of mail.smtp_url");
        server
    } else {
        let folder = config.data.join(MAIL);
        tracing::warn!(folder = %folder.display(), "mail.smtp_url is not set: emails are written to this folder and are not sent");
        MailTransport::folder(&folder)?
    };
    let origin = config.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let mut courier = services.delivery_worker(carrier, config.sender()?, origin);
    courier.texts = config.gateway()?;
    let postman = WebhookClient::new().map_err(StartError::Webhooks)?;
    let (stop, stopped) = watch::channel(false);
    let tasks = [
        tasks.supervise("courier", stopped.clone(), move |stop| courier.clone().run(stop)),
        tasks.supervise("scanning", stopped.clone(), with(services, scan)),
        tasks.supervise("previews", stopped.clone(), with(services, preview)),
        tasks.supervise("webhooks", stopped.clone(), {
            let services = services.clone();
            move |stop| webhooks::run(services.clone(), postman.clone(), stop)
        }),
        tasks.supervise("news", stopped.clone(), with(services, look_for_news)),
        tasks.supervise("housekeeping", stopped, with(services, clean_up)),
    ];
    Ok(Background { stop, tasks })
}

/// Returns the start function of a task, which clones the services for each start.
fn with<F>(services: &Services, run: fn(Services, watch::Receiver<bool>) -> F) -> impl Fn(watch::Receiver<bool>) -> F + Send + 'static
where
    F: 'static,
{
    let services = services.clone();
    move |stop| run(services.clone(), stop)
}

impl Background {
    /// Stops the tasks, between two messages or files if possible.
    pub(super) async fn stop(self) {
        let _ = self.stop.send(true);
        for mut task in self.tasks {
            if tokio::time::timeout(LAST_CALL, &mut task).await.is_err() {
                task.abort();
            }
        }
    }
}

/// Scans files that are due, until stopped.
async fn scan(services: Services, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let wait = match scanning::round(&services).await {
            Ok(RoundResult::Took(_)) => continue,
            Ok(RoundResult::Idle) => SCAN_EVERY,
            // While the scanner is unavailable, new files do not end the wait.
            Ok(RoundResult::Away) => SCANNER_BACK_EVERY,
            Err(error) => {
                tracing::warn!(%error, "the list of files to scan could not be read");
                SCANNER_BACK_EVERY
            }
        };
        tokio::select! {
            () = scanning::wait_for_upload(&services), if wait == SCAN_EVERY => {}
            () = tokio::time::sleep(wait) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// Makes previews of pictures that were found clean, until stopped.
async fn preview(services: Services, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        match files::make_previews(&services, PREVIEWS_AT_ONCE).await {
            Ok(done) if done.made + done.undecodable > 0 => continue,
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "previews could not be made"),
        }
        tokio::select! {
            () = tokio::time::sleep(PREVIEW_EVERY) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// Looks for news of cases whose pages are open, until stopped.
async fn look_for_news(services: Services, mut stop: watch::Receiver<bool>) {
    let mut any = false;
    loop {
        tokio::select! {
            () = news::wait_for_look(&services, any) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        any = news::look(&services).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "open pages of cases do not get news now");
            true
        });
    }
}

/// Cleans up at the start and then every hour, until stopped.
async fn clean_up(services: Services, mut stop: watch::Receiver<bool>) {
    let progress = |cases| tracing::info!(cases, "binding the answers and files of older cases to their event chains");
    if let Err(error) = verification::bind_earlier_cases(&services, progress).await {
        tracing::warn!(%error, "the answers and files of some older cases could not be bound to their event chains; the next start continues");
    }
    for round in 0u64.. {
        match housekeeping::clean_up(&services).await {
            Ok(swept) => tracing::info!(
                drafts = swept.drafts,
                files = swept.files,
                uploads = swept.uploads,
                waits = swept.waits,
                "expired data was deleted"
            ),
            Err(error) => tracing::warn!(%error, "expired data could not be deleted"),
        }
        match services.store().checkpoint().await {
            Ok(true) => {}
            Ok(false) => tracing::debug!("the write-ahead log was in use; it is truncated after the next cleanup"),
            Err(error) => tracing::warn!(%error, "the write-ahead log could not be truncated"),
        }
        // Listing a large storage takes long: not at the start, when requests are waiting.
        if round % CHECK_EVERY == 1 {
            compare(&services).await;
        }
        tokio::select! {
            () = tokio::time::sleep(SWEEP_EVERY) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// Logs a warning if storage and database differ. An operator decides what to do, with `onrecord evidence check`.
async fn compare(services: &Services) {
    match check::compare(services, false).await {
        Ok(found) if found.orphans.is_empty() && found.missing.is_empty() => tracing::debug!(files = found.files, "no files are missing"),
        Ok(found) => tracing::warn!(
            missing = found.missing.len(),
            litter = found.orphans.len(),
            "storage and database differ: see `onrecord evidence check`"
        ),
        Err(error) => tracing::warn!(%error, "storage and database could not be compared"),
    }
}
