//! Taking the news round.

use std::time::Duration as StdDuration;

use futures::future::join_all;
use reqwest::{Client, StatusCode, redirect::Policy};
use time::Duration;

use super::{key, sign::signature};
use crate::complaint::view::desk::FeedEvent;
use crate::record::{
    Instant,
    entropy::bytes,
    events,
    webhooks::{self, Model},
};
use crate::service::{ServiceError, Services, desk};

/// How many addresses are served side by side.
const AT_ONCE: u64 = 4;

/// How many events one address gets in a round.
const IN_A_ROUND: u64 = 50;

/// How long an address may take over one delivery.
const ANSWER: StdDuration = StdDuration::from_secs(15);

/// For how long an address is ours alone; longer than a round can take.
const LEASE: Duration = Duration::minutes(15);

/// How long to wait after the first failure; then twice as long each time.
const FIRST_WAIT: Duration = Duration::seconds(10);

/// The longest wait between two tries.
const LONGEST_WAIT: Duration = Duration::hours(6);

/// How long an address may be silent before it is given up.
const PATIENCE: Duration = Duration::days(7);

/// Delivers over HTTP. Does not follow redirects: news of cases goes where it was said to go.
#[derive(Clone, Debug)]
pub struct Postman(Client);

impl Postman {
    /// A postman.
    ///
    /// # Errors
    /// [`ServiceError`] when no client can be made.
    pub fn new() -> Result<Self, ServiceError> {
        // The one that mail and PostgreSQL use; a second time does no harm.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .redirect(Policy::none())
            .timeout(ANSWER)
            .user_agent(concat!("onrecord/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self(client.map_err(ServiceError::internal)?))
    }

    /// Delivers one event. A code when it did not arrive: never what the other side said.
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

/// Delivers what is due. How many events arrived; 0 when there is nothing to do now.
///
/// # Errors
/// [`ServiceError`]. What was delivered and could not be noted is delivered again.
pub async fn deliver_due(services: &Services, postman: &Postman) -> Result<usize, ServiceError> {
    let store = services.store();
    let newest = events::newest(&store.read).await?;
    if !webhooks::any_due(&store.read, services.instant(), newest).await? {
        return Ok(0);
    }
    let write = store.begin().await?;
    let taken = webhooks::take_due(&write, services.instant(), newest, LEASE, AT_ONCE).await?;
    write.commit().await?;
    let rounds = join_all(taken.iter().map(|webhook| round(services, postman, webhook))).await;
    rounds.into_iter().sum()
}

/// Brings one address what is to come, until something goes wrong.
async fn round(services: &Services, postman: &Postman, taken: &Model) -> Result<usize, ServiceError> {
    let mut now = taken.clone();
    let mut arrived = 0;
    let outcome = match key(services).open(taken.id.as_bytes(), &taken.secret) {
        None => Err("secret_unreadable".to_owned()),
        Some(secret) => {
            let mut outcome = Ok(());
            for (place, event) in desk::after_event(services, taken.delivered, IN_A_ROUND).await? {
                // A round can take minutes: a pause, a removal or a revoked key stops it at the next event.
                if !webhooks::is_open(&services.store().read, taken.id).await? {
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
            let given_up = at.time() - since.time() >= PATIENCE;
            now.given_up_at = given_up.then_some(at);
            now.due_at = Instant::from(at.time() + wait_after(services, now.failures));
            tracing::warn!(webhook = %taken.id, failures = now.failures, code, given_up, "news of a case could not be delivered");
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
        tracing::info!(webhook = %taken.id, "another server or a removal was quicker");
    }
}

/// Twice as long after each failure, and up to a quarter more by chance.
fn wait_after(services: &Services, failures: i32) -> Duration {
    let doublings = failures.clamp(1, 16) - 1;
    let wait = (FIRST_WAIT * 2_i32.pow(doublings.unsigned_abs())).min(LONGEST_WAIT);
    let [chance] = bytes::<1>(services.entropy());
    wait + wait / 4 * i32::from(chance) / 255
}
