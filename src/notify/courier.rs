//! Delivering what is in the outbox.

use std::sync::Arc;

use futures::future::join_all;
use time::Duration;
use tokio::sync::watch;

use super::carrier::NotCarried;
use super::{Carrier, Outbox, Sender};
use crate::record::{
    Instant, RecordError,
    clock::Clock,
    entropy::{Entropy, bytes},
    outbox::{self, Model, State},
    store::Store,
};

/// How many are delivered side by side.
const AT_ONCE: u64 = 4;

/// For how long a message is ours alone. Longer than a delivery can take, so that nobody else begins it while it is under way.
const LEASE: Duration = Duration::minutes(5);

/// How long to wait after the first failure; then twice as long each time.
const FIRST_WAIT: Duration = Duration::seconds(30);

/// The longest wait between two tries.
const LONGEST_WAIT: Duration = Duration::hours(6);

/// After so many tries, about a day, a message is given up.
pub const TRIES: i32 = 13;

/// How often to look for what others wrote, and for what is due again.
const LOOK_EVERY: std::time::Duration = std::time::Duration::from_secs(10);

/// Delivers messages. Every server on a database has one; they do not get in each other's way.
#[derive(Clone)]
pub struct Courier {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub outbox: Outbox,
    pub carrier: Carrier,
    pub sender: Sender,
    /// How people reach the portal: `https://complaints.example.org`.
    pub origin: String,
}

impl std::fmt::Debug for Courier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Courier").field("origin", &self.origin).finish_non_exhaustive()
    }
}

impl Courier {
    /// Delivers whatever is due, until it is told to stop.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        loop {
            match self.deliver_due().await {
                Ok(0) => {}
                Ok(_) => continue,
                Err(error) => tracing::warn!(%error, "the outbox could not be read"),
            }
            tokio::select! {
                () = self.outbox.wake.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// Tries each of the messages that are due, a few of them. How many it tried.
    ///
    /// # Errors
    /// [`RecordError`] when the outbox cannot be read or written. What was delivered and could not be noted is delivered again.
    pub async fn deliver_due(&self) -> Result<usize, RecordError> {
        if !outbox::any_due(&self.store.read, self.now()).await? {
            return Ok(0);
        }
        let write = self.store.begin().await?;
        let taken = outbox::take_due(&write, self.now(), LEASE, AT_ONCE).await?;
        write.commit().await?;
        for noted in join_all(taken.iter().map(|message| self.deliver(message))).await {
            noted?;
        }
        Ok(taken.len())
    }

    async fn deliver(&self, message: &Model) -> Result<(), RecordError> {
        let outcome = self.attempt(message).await;
        let now = self.now();
        let write = self.store.begin().await?;
        match outcome {
            Ok(()) => {
                outbox::end(&write, message, State::Delivered, now, None).await?;
                tracing::info!(message = %message.id, tries = message.attempts, "a message was delivered");
            }
            Err(NotCarried { code, for_good }) if for_good || message.attempts >= TRIES => {
                outbox::end(&write, message, State::GivenUp, now, Some(&code)).await?;
                tracing::error!(message = %message.id, tries = message.attempts, code, "a message was given up");
            }
            Err(NotCarried { code, .. }) => {
                let again = Instant::from(now.time() + self.wait_after(message.attempts));
                outbox::put_off(&write, message, again, &code).await?;
                tracing::warn!(message = %message.id, tries = message.attempts, code, "a message could not be delivered yet");
            }
        }
        write.commit().await
    }

    async fn attempt(&self, message: &Model) -> Result<(), NotCarried> {
        let for_good = |code: &str| NotCarried {
            code: code.to_owned(),
            for_good: true,
        };
        let now = self.now();
        if message.useless_from <= now {
            return Err(for_good("too_late"));
        }
        // Sealed under another server's secret, or damaged.
        let letter = self.outbox.letter(message).ok_or_else(|| for_good("unreadable"))?;
        let written = letter.written(message.id, &self.origin, &self.sender, now);
        let written = written.map_err(|_| for_good("address"))?;
        self.carrier.carry(message.id, written).await
    }

    /// Twice as long after each failure, and up to a quarter more by chance, so that many do not come back at once.
    fn wait_after(&self, attempts: i32) -> Duration {
        let doublings = attempts.clamp(1, 16) - 1;
        let wait = (FIRST_WAIT * 2_i32.pow(doublings.unsigned_abs())).min(LONGEST_WAIT);
        let [chance] = bytes::<1>(&*self.entropy);
        wait + wait / 4 * i32::from(chance) / 255
    }

    fn now(&self) -> Instant {
        self.clock.now().into()
    }
}
