//! The delivery worker: delivers the messages in the outbox.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::join_all;
use time::Duration;
use tokio::sync::watch;

use crate::carrier::NotCarried;
use crate::{Addressing, Carrier, Gateway, Letter, Outbox, Route, Sender, Text};
use record::{
    Instant, RecordError,
    clock::Clock,
    entropy::{Entropy, bytes},
    installation::{self, DELIVERIES_HELD},
    outbox::{self, Model, State, people},
    store::Store,
};

/// The number of messages delivered concurrently.
const AT_ONCE: u64 = 4;

/// How long a taken message belongs to this worker. Longer than a delivery can take, so no other worker starts it
/// meanwhile.
const LEASE: Duration = Duration::minutes(5);

/// The wait after the first failure. Each later wait is twice as long.
const FIRST_WAIT: Duration = Duration::seconds(30);

/// The longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::hours(6);

/// The number of attempts, over about a day, after which a message is given up.
pub const TRIES: i32 = 13;

/// How often to poll for messages from other processes and for messages due again.
const LOOK_EVERY: std::time::Duration = std::time::Duration::from_secs(10);

/// The delivery worker. Every server on a database runs one; leases keep them apart.
#[derive(Clone)]
pub struct Courier {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub outbox: Outbox,
    pub carrier: Carrier,
    pub sender: Sender,
    /// Decides how people on a case are reached.
    pub addressing: Arc<dyn Addressing>,
    /// The gateway for text messages, if one is configured.
    pub texts: Option<Gateway>,
    /// The public URL of the portal, such as `https://complaints.example.org`.
    pub origin: String,
    /// Whether the configuration holds all deliveries.
    pub hold: bool,
}

/// The result of one attempt.
enum Outcome {
    /// Delivered; with the contact method, if the message is about a case.
    Left(Option<&'static str>),
    /// Postponed to the recipient's contact hours.
    Later(Instant),
    /// Rightly not sent.
    NotSent {
        about: String,
        why: &'static str,
    },
    /// Refused for good by the contact method `way`. The message was for a person on a case or for the tenant.
    Refused {
        about: String,
        way: &'static str,
        code: String,
    },
    Failed(NotCarried),
}

/// Returns the kind of event that a message is about.
fn about(letter: &Letter) -> String {
    match &letter.text {
        Text::Notice { about, .. } => about.clone(),
        Text::SignInCode { .. } => "sign_in_code".to_owned(),
        Text::ConfirmCode { .. } => "confirm_code".to_owned(),
        Text::ReturnLink { .. } => "return_link".to_owned(),
        Text::ConsentLink { .. } => "consent_link".to_owned(),
    }
}

impl std::fmt::Debug for Courier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Courier").field("origin", &self.origin).finish_non_exhaustive()
    }
}

impl Courier {
    /// Delivers due messages until `stop` becomes true.
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

    /// Attempts a few due messages concurrently. Returns how many it attempted.
    ///
    /// A message that was delivered, but whose delivery could not be recorded, is delivered again.
    pub async fn deliver_due(&self) -> Result<usize, RecordError> {
        if !outbox::any_due(&self.store.read, self.now()).await? || self.is_held().await? {
            return Ok(0);
        }
        let write = self.store.begin().await?;
        let taken = outbox::take_due(&write, self.now(), LEASE, AT_ONCE).await?;
        write.commit().await?;
        for noted in join_all(taken.iter().map(|message| self.deliver_or_put_off(message))).await {
            noted?;
        }
        Ok(taken.len())
    }

    /// Returns true if the configuration or an operator's command holds all deliveries.
    async fn is_held(&self) -> Result<bool, RecordError> {
        Ok(self.hold || installation::lookup(&self.store.read, DELIVERIES_HELD).await?.is_some())
    }

    /// Attempts a message and counts a panic as a failure. It must not stop the other messages, nor be retried
    /// forever.
    async fn deliver_or_put_off(&self, message: &Model) -> Result<(), RecordError> {
        if let Ok(delivered) = AssertUnwindSafe(self.deliver(message)).catch_unwind().await {
            return delivered;
        }
        let failure = NotCarried {
            code: "panic".to_owned(),
            for_good: false,
        };
        self.failed(message, failure).await
    }

    async fn deliver(&self, message: &Model) -> Result<(), RecordError> {
        match self.attempt(message).await? {
            Outcome::Left(way) => {
                let write = self.store.begin().await?;
                if let Some(way) = way {
                    people::set_way(&write, message.id, way).await?;
                }
                outbox::end(&write, message, State::Delivered, self.now(), None).await?;
                write.commit().await?;
                tracing::info!(message = %message.id, tries = message.attempts, "a message was delivered");
                Ok(())
            }
            Outcome::Later(then) => {
                let write = self.store.begin().await?;
                outbox::put_off(&write, message, then, "hours").await?;
                write.commit().await
            }
            Outcome::NotSent { about, why } => {
                self.addressing.not_sent(message, &about, why).await?;
                tracing::info!(message = %message.id, why, "a message was not sent");
                Ok(())
            }
            Outcome::Refused { about, way, code } => {
                self.addressing.refused(message, &about, way, &code).await?;
                tracing::error!(message = %message.id, tries = message.attempts, code, "a message was refused for good");
                Ok(())
            }
            Outcome::Failed(failure) => self.failed(message, failure).await,
        }
    }

    async fn failed(&self, message: &Model, NotCarried { code, for_good }: NotCarried) -> Result<(), RecordError> {
        if for_good || message.attempts >= TRIES {
            // A message that cannot be decrypted is named by its channel.
            let about = self
                .outbox
                .letter(message)
                .map_or_else(|| message.channel.clone(), |letter| about(&letter));
            self.addressing.given_up(message, &about, &code).await?;
            tracing::error!(message = %message.id, tries = message.attempts, code, "a message was given up");
            return Ok(());
        }
        let write = self.store.begin().await?;
        let again = Instant::from(self.now().time() + self.wait_after(message.attempts));
        outbox::put_off(&write, message, again, &code).await?;
        tracing::warn!(message = %message.id, tries = message.attempts, code, "a message could not be delivered yet");
        write.commit().await
    }

    async fn attempt(&self, message: &Model) -> Result<Outcome, RecordError> {
        let for_good = |code: &str| {
            Outcome::Failed(NotCarried {
                code: code.to_owned(),
                for_good: true,
            })
        };
        if message.useless_from <= self.now() {
            return Ok(for_good("too_late"));
        }
        // It has no recipient: it was written only so that the request takes as long as any other.
        if message.channel == people::NONE {
            return Ok(Outcome::Left(None));
        }
        // It was sealed under another server's key, or is damaged.
        let Some(mut letter) = self.outbox.letter(message) else {
            return Ok(for_good("unreadable"));
        };
        // A resume link. It is still wanted, because sending or deleting the draft withdraws the message.
        if message.person_id.is_none() && message.channel != people::CONSENT {
            return Ok(match self.by_mail(message, &letter).await {
                Ok(()) => Outcome::Left(None),
                Err(failure) => Outcome::Failed(failure),
            });
        }
        let about = about(&letter);
        let (way, carried) = match self.addressing.route(message, self.texts.is_some()).await? {
            Route::None(why) => return Ok(Outcome::NotSent { about, why }),
            Route::Later(then) => return Ok(Outcome::Later(then)),
            Route::Email { to } => {
                letter.to = to;
                ("email", self.by_mail(message, &letter).await)
            }
            Route::AsWritten => ("email", self.by_mail(message, &letter).await),
            Route::Text { to, voicemail } => ("text", self.by_text(message, &letter, &to, voicemail).await),
        };
        Ok(match carried {
            Ok(()) => Outcome::Left(Some(way)),
            Err(NotCarried { code, for_good: true }) => Outcome::Refused { about, way, code },
            Err(failure) => Outcome::Failed(failure),
        })
    }

    async fn by_mail(&self, message: &Model, letter: &Letter) -> Result<(), NotCarried> {
        let written = letter.written(message.id, &self.origin, &self.sender, self.now());
        let written = written.map_err(|_| NotCarried {
            code: "address".to_owned(),
            for_good: true,
        })?;
        self.carrier.carry(message.id, written).await
    }

    async fn by_text(&self, message: &Model, letter: &Letter, to: &str, voicemail: bool) -> Result<(), NotCarried> {
        let no_way = || NotCarried {
            code: "no_texts".to_owned(),
            for_good: false,
        };
        let gateway = self.texts.as_ref().ok_or_else(no_way)?;
        let text = letter.in_short(&self.origin).ok_or_else(no_way)?;
        gateway.hand_over(message.id, to, &text, voicemail, self.clock.now()).await
    }

    /// Doubles the wait after each failure and adds up to a quarter at random, so that retries spread out.
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
