//! What goes on beside the requests: messages and news leave, files are scanned, pictures get previews, and what has had its day is taken away.

mod supervised;

use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{Config, StartError};
pub(super) use supervised::{TaskState, Tasks};

use crate::notify::Carrier;
use crate::service::evidence::check;
use crate::service::scanning::{self, Round};
use crate::service::webhooks::{self, Postman};
use crate::service::{Services, evidence, housekeeping, record};

/// The folder in the data folder where messages go while no mail server is set.
const MAIL: &str = "mail";

/// How often to look for what has expired.
const SWEEP_EVERY: Duration = Duration::from_hours(1);

/// After how many of those storage and record are compared: once a day.
const CHECK_EVERY: u64 = 24;

/// How often to look for files that others have taken in, and for those that are due again.
const SCAN_EVERY: Duration = Duration::from_secs(5);

/// How often to look whether a scanner that was away is back.
const SCANNER_BACK_EVERY: Duration = Duration::from_secs(30);

/// How often to look for pictures without a preview, and how many to take then.
const PREVIEW_EVERY: Duration = Duration::from_secs(10);
const PREVIEWS_AT_ONCE: u64 = 10;

/// How long a message that is just being delivered, or a file just being scanned, may take once the server stops. It is done again later if that is too short.
const LAST_CALL: Duration = Duration::from_secs(5);

/// The tasks beside the requests.
pub(super) struct Background {
    stop: watch::Sender<bool>,
    tasks: [JoinHandle<()>; 5],
}

/// Starts them, each under its name in `tasks`. Links in messages lead to `address` unless people reach the portal another way.
pub(super) fn start(config: &Config, services: &Services, address: SocketAddr, tasks: &Tasks) -> Result<Background, StartError> {
    let carrier = if let Some(server) = config.mail_server()? {
        tracing::info!("messages leave by the mail server that mail.smtp_url names");
        server
    } else {
        let folder = config.data.join(MAIL);
        tracing::warn!(folder = %folder.display(), "no mail.smtp_url is set: messages become files in this folder and reach nobody");
        Carrier::folder(&folder)?
    };
    let origin = config.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let mut courier = services.courier(carrier, config.sender()?, origin);
    courier.texts = config.gateway()?;
    let postman = Postman::new().map_err(StartError::Postman)?;
    let (stop, stopped) = watch::channel(false);
    let tasks = [
        tasks.supervise("courier", stopped.clone(), move |stop| courier.clone().run(stop)),
        tasks.supervise("scanning", stopped.clone(), with(services, scan)),
        tasks.supervise("previews", stopped.clone(), with(services, preview)),
        tasks.supervise("webhooks", stopped.clone(), {
            let services = services.clone();
            move |stop| webhooks::run(services.clone(), postman.clone(), stop)
        }),
        tasks.supervise("housekeeping", stopped, with(services, sweep)),
    ];
    Ok(Background { stop, tasks })
}

/// A task as it is started each time.
fn with<F>(services: &Services, run: fn(Services, watch::Receiver<bool>) -> F) -> impl Fn(watch::Receiver<bool>) -> F + Send + 'static
where
    F: 'static,
{
    let services = services.clone();
    move |stop| run(services.clone(), stop)
}

impl Background {
    /// Ends them, between two messages or files if possible.
    pub(super) async fn stop(self) {
        let _ = self.stop.send(true);
        for mut task in self.tasks {
            if tokio::time::timeout(LAST_CALL, &mut task).await.is_err() {
                task.abort();
            }
        }
    }
}

/// Scans whatever is due, until it is told to stop.
async fn scan(services: Services, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let wait = match scanning::round(&services).await {
            Ok(Round::Took(_)) => continue,
            Ok(Round::Idle) => SCAN_EVERY,
            // Not to be woken by each new file.
            Ok(Round::Away) => SCANNER_BACK_EVERY,
            Err(error) => {
                tracing::warn!(%error, "the files to be scanned could not be read");
                SCANNER_BACK_EVERY
            }
        };
        tokio::select! {
            () = scanning::something_new(&services), if wait == SCAN_EVERY => {}
            () = tokio::time::sleep(wait) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// Makes previews of pictures that were found clean, until it is told to stop.
async fn preview(services: Services, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        match evidence::make_previews(&services, PREVIEWS_AT_ONCE).await {
            Ok(done) if done.made + done.undecodable > 0 => continue,
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "no previews could be made"),
        }
        tokio::select! {
            () = tokio::time::sleep(PREVIEW_EVERY) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// At the start, and then every hour.
async fn sweep(services: Services, mut stop: watch::Receiver<bool>) {
    let progress = |cases| tracing::info!(cases, "cases from before events had commitments are being bound to their chains");
    if let Err(error) = record::bind_earlier_cases(&services, progress).await {
        tracing::warn!(%error, "cases from before events had commitments could not all be bound; the next start goes on");
    }
    for round in 0u64.. {
        match housekeeping::sweep(&services).await {
            Ok(swept) => tracing::info!(
                drafts = swept.drafts,
                files = swept.files,
                uploads = swept.uploads,
                waits = swept.waits,
                "what had expired was taken away"
            ),
            Err(error) => tracing::warn!(%error, "what has expired could not be taken away"),
        }
        match services.store().checkpoint().await {
            Ok(true) => {}
            Ok(false) => tracing::debug!("the database's log was in use; it is emptied after the next sweep"),
            Err(error) => tracing::warn!(%error, "the database's log could not be emptied"),
        }
        // Listing a large storage takes a while: not at the start, when everybody is waiting.
        if round % CHECK_EVERY == 1 {
            compare(&services).await;
        }
        tokio::select! {
            () = tokio::time::sleep(SWEEP_EVERY) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// Says when storage and record do not fit together. What to do about it is for people: `onrecord evidence check`.
async fn compare(services: &Services) {
    match check::compare(services, false).await {
        Ok(found) if found.litter.is_empty() && found.missing.is_empty() => tracing::debug!(files = found.files, "all files are there"),
        Ok(found) => tracing::warn!(
            missing = found.missing.len(),
            litter = found.litter.len(),
            "storage and record do not fit together: see `onrecord evidence check`"
        ),
        Err(error) => tracing::warn!(%error, "storage and record could not be compared"),
    }
}
