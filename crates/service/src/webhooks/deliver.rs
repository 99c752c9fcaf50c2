//! Delivering events to webhooks.

use std::time::Duration as StdDuration;

use futures::future::join_all;
use reqwest::{Client, StatusCode, redirect::Policy};
use time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use crate::webhooks::{key, sign::signature};
use crate::{ServiceError, Services, cases::desk, record::installation};
use contract::desk::FeedEvent;
use record::{
    Instant,
    entropy::bytes,
    events,
    webhooks::{self, Model},
};

/// How many webhooks are served concurrently. Each has a queue of its own: a slow receiver delays no other.
const MAX_CONCURRENT: u64 = 64;

/// How often to check for events to deliver.
const LOOK_EVERY: StdDuration = StdDuration::from_secs(2);

/// How many events one webhook gets in a round.
const IN_A_ROUND: u64 = 50;

/// How long a receiver may take over one delivery.
const DELIVERY_TIMEOUT: StdDuration = StdDuration::from_secs(15);

/// How long a webhook is leased to one server; longer than a round can take.
const LEASE: Duration = Duration::minutes(15);

/// The wait after the first failure. It doubles with each further one.
const FIRST_WAIT: Duration = Duration::seconds(10);

/// The longest wait between two tries.
const LONGEST_WAIT: Duration = Duration::hours(6);

/// The error code for the status by which a receiver says that it is gone.
const GONE: &str = "status_410";

/// How long deliveries may keep failing before the webhook is given up.
const GIVE_UP_AFTER: Duration = Duration::days(7);

/// Delivers over HTTP. It does not follow redirects: events go only to the address that was given.
#[derive(Clone, Debug)]
pub struct WebhookClient(Client);

impl WebhookClient {
    pub fn new() -> Result<Self, ServiceError> {
        // The provider that mail and PostgreSQL use as well; installing it a second time does no harm.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .redirect(Policy::none())
            .timeout(DELIVERY_TIMEOUT)
            .user_agent(concat!("onrecord/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self(client.map_err(ServiceError::internal)?))
    }

    /// Delivers one event. On failure returns a code, never what the receiver said.
    async fn deliver(&self, url: &str, secret: &[u8], event: &FeedEvent, at: Instant) -> Result<(), String> {
        let body = serde_json::to_vec(event).map_err(|_| "unwritable".to_owned())?;
        let timestamp = at.time().unix_timestamp();
        let request = self
            .0
            .post(url)
            .header("content-type", "application/json")
            .header("webhook-id", &event.id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature(secret, &event.id, timestamp, &body))
            .body(body);
        match request.send().await {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) => Err(code(answer.status())),
            Err(error) if error.is_timeout() => Err("timeout".into()),
            Err(_) => Err("unreachable".into()),
        }
    }
}

fn code(status: StatusCode) -> String {
    format!("status_{}", status.as_u16())
}

/// Delivers events as they come, each webhook in a queue of its own, until `stop` is true.
pub async fn run(services: Services, postman: WebhookClient, mut stop: watch::Receiver<bool>) {
    let mut lanes = JoinSet::new();
    let mut look = tokio::time::interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !*stop.borrow() {
        tokio::select! {
            _ = look.tick() => {}
            Some(ended) = lanes.join_next() => match ended {
                // This webhook may have more events.
                Ok(Ok(arrived)) if arrived > 0 => {}
                Ok(Ok(_)) => continue,
                Ok(Err(error)) => {
                    tracing::warn!(%error, "events could not be delivered");
                    continue;
                }
                Err(error) => {
                    tracing::error!(panicked = error.is_panic(), "the delivery task of a webhook ended");
                    continue;
                }
            },
            _ = stop.wait_for(|stop| *stop) => break,
        }
        let free = MAX_CONCURRENT.saturating_sub(lanes.len() as u64);
        match take_due(&services, free).await {
            Ok(taken) => {
                for webhook in taken {
                    let (services, postman, stop) = (services.clone(), postman.clone(), stop.clone());
                    lanes.spawn(async move { round(&services, &postman, &webhook, &stop).await });
                }
            }
            Err(error) => tracing::warn!(%error, "events could not be delivered"),
        }
    }
    // Each task ends after its current delivery.
    while lanes.join_next().await.is_some() {}
}

/// Delivers what is due now, waits until that is done, and returns how many events were delivered.
///
/// An event is delivered again if its delivery could not be recorded.
pub async fn deliver_due(services: &Services, postman: &WebhookClient) -> Result<usize, ServiceError> {
    let (_stop, stopped) = watch::channel(false);
    let taken = take_due(services, MAX_CONCURRENT).await?;
    let rounds = join_all(taken.iter().map(|webhook| round(services, postman, webhook, &stopped))).await;
    rounds.into_iter().sum()
}

/// Leases the webhooks that have events to deliver, at most `lanes`. None while deliveries are on hold.
async fn take_due(services: &Services, lanes: u64) -> Result<Vec<Model>, ServiceError> {
    let store = services.store();
    if lanes == 0 || installation::deliveries_are_held(services).await? {
        return Ok(Vec::new());
    }
    let newest = events::newest(&store.read).await?;
    if !webhooks::any_due(&store.read, services.instant(), newest).await? {
        return Ok(Vec::new());
    }
    let write = store.begin().await?;
    let taken = webhooks::take_due(&write, services.instant(), newest, LEASE, lanes).await?;
    write.commit().await?;
    Ok(taken)
}

/// Delivers the due events of one webhook, until a delivery fails or `stop` is true.
async fn round(services: &Services, postman: &WebhookClient, taken: &Model, stop: &watch::Receiver<bool>) -> Result<usize, ServiceError> {
    let mut now = taken.clone();
    let mut arrived = 0;
    let outcome = match key(services).open(taken.id.as_bytes(), &taken.secret) {
        None => Err("secret_unreadable".to_owned()),
        Some(secret) => {
            let mut outcome = Ok(());
            for (place, event) in desk::after_event(services, taken.delivered, IN_A_ROUND).await? {
                // A round can take minutes. A pause, a removal, a revoked API key or a new position ends it before the next
                // event.
                let is_open = webhooks::is_open(&services.store().read, taken).await?;
                if !is_open || *stop.borrow() || installation::deliveries_are_held(services).await? {
                    break;
                }
                outcome = postman.deliver(&taken.url, &secret, &event, services.instant()).await;
                if outcome.is_err() {
                    break;
                }
                now.delivered = place;
                arrived += 1;
            }
            outcome
        }
    };
    let at = services.instant();
    if arrived > 0 {
        (now.failures, now.failing_since, now.last_error) = (0, None, None);
    }
    match outcome {
        Ok(()) => now.due_at = at,
        Err(code) => {
            now.failures = now.failures.saturating_add(1);
            let since = *now.failing_since.get_or_insert(at);
            // In Standard Webhooks, 410 means that the receiver wants no more events.
            let given_up = code == GONE || at.time() - since.time() >= GIVE_UP_AFTER;
            now.given_up_at = given_up.then_some(at);
            now.due_at = Instant::from(at.time() + wait_after(services, now.failures));
            tracing::warn!(webhook = %taken.id, failures = now.failures, code, given_up, "an event could not be delivered");
            now.last_error = Some(code);
        }
    }
    let write = services.store().begin().await?;
    noted(webhooks::note(&write, taken, now).await?, taken);
    write.commit().await?;
    Ok(arrived)
}

fn noted(own: bool, taken: &Model) {
    if !own {
        tracing::info!(webhook = %taken.id, "another server has taken the webhook, or it was removed");
    }
}

/// Returns the wait after this many failures: doubled for each, plus up to a quarter at random.
fn wait_after(services: &Services, failures: i32) -> Duration {
    let doublings = failures.clamp(1, 16) - 1;
    let wait = (FIRST_WAIT * 2_i32.pow(doublings.unsigned_abs())).min(LONGEST_WAIT);
    let [chance] = bytes::<1>(services.entropy());
    wait + wait / 4 * i32::from(chance) / 255
}
