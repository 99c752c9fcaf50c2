//! The delivery worker: delivers the messages in the outbox.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::join_all;
use time::Duration;
use tokio::sync::watch;

use crate::mail_transport::DeliveryError;
use crate::{MailTransport, MessageContent, MessageKind, Outbox, RecipientRouter, Route, Sender, SmsGateway};
use record::{
    Instant, RecordError,
    clock::Clock,
    entropy::{Entropy, bytes},
    installation::{self, DELIVERIES_HELD},
    outbox::{self, Model, State, case_messages},
    store::Store,
};

/// The number of messages delivered concurrently.
const CONCURRENCY: u64 = 4;

/// How long a taken message belongs to this worker. Longer than a delivery can take, so no other worker starts it
/// meanwhile.
const LEASE: Duration = Duration::minutes(5);

/// The wait after the first failure. Each later wait is twice as long.
const FIRST_WAIT: Duration = Duration::seconds(30);

/// The longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::hours(6);

/// The number of attempts, over about a day, after which a message is given up.
pub const MAX_ATTEMPTS: i32 = 13;

/// How often to poll for messages from other processes and for messages due again.
const POLL_INTERVAL: std::time::Duration = std::time::Duration::from_secs(10);

/// The delivery worker. Every server on a database runs one; leases keep them apart.
#[derive(Clone)]
pub struct DeliveryWorker {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub outbox: Outbox,
    pub carrier: MailTransport,
    pub sender: Sender,
    /// Decides how people on a case are reached.
    pub addressing: Arc<dyn RecipientRouter>,
    /// The gateway for text messages, if one is configured.
    pub texts: Option<SmsGateway>,
    /// The public URL of the portal, such as `https://complaints.example.org`.
    pub origin: String,
    /// Whether the configuration holds all deliveries.
    pub hold: bool,
}

/// The result of one attempt.
enum Outcome {
    /// Delivered; with the contact method, if the message is about a case.
    Delivered(Option<&'static str>),
    /// Postponed to the recipient's contact hours.
    Postponed(Instant),
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
    Failed(DeliveryError),
}

/// Returns the kind of event that a message is about.
fn about(letter: &MessageContent) -> String {
    match &letter.text {
        MessageKind::Notice { about, .. } => about.clone(),
        MessageKind::Confirmation { .. } => "confirmation".to_owned(),
        MessageKind::SignInCode { .. } => "sign_in_code".to_owned(),
        MessageKind::ConfirmCode { .. } => "confirm_code".to_owned(),
        MessageKind::ReturnLink { .. } => "return_link".to_owned(),
        MessageKind::ConsentLink { .. } => "consent_link".to_owned(),
    }
}

impl std::fmt::Debug for DeliveryWorker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Courier").field("origin", &self.origin).finish_non_exhaustive()
    }
}

impl DeliveryWorker {
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
                () = tokio::time::sleep(POLL_INTERVAL) => {}
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
        let taken = outbox::take_due(&write, self.now(), LEASE, CONCURRENCY).await?;
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
        let failure = DeliveryError {
            code: "panic".to_owned(),
            is_permanent: false,
        };
        self.failed(message, failure).await
    }

    async fn deliver(&self, message: &Model) -> Result<(), RecordError> {
        match self.attempt(message).await? {
            Outcome::Delivered(way) => {
                let write = self.store.begin().await?;
                if let Some(way) = way {
                    case_messages::set_contact_method(&write, message.id, way).await?;
                }
                outbox::end(&write, message, State::Delivered, self.now(), None).await?;
                write.commit().await?;
                tracing::info!(message = %message.id, tries = message.attempts, "a message was delivered");
                Ok(())
            }
            Outcome::Postponed(then) => {
                let write = self.store.begin().await?;
                outbox::postpone(&write, message, then, "hours").await?;
                write.commit().await
            }
            Outcome::NotSent { about, why } => {
                self.addressing.not_sent(message, &about, why).await?;
                tracing::info!(message = %message.id, why, "a message was not sent");
                Ok(())
            }
            Outcome::Refused { about, way, code } => {
                self.addressing.refused(message, &about, way, &code).await?;
                tracing::error!(message = %message.id, tries = message.attempts, code, "a message was permanently refused");
                Ok(())
            }
            Outcome::Failed(failure) => self.failed(message, failure).await,
        }
    }

    async fn failed(
        &self,
        message: &Model,
        DeliveryError {
            code,
            is_permanent: for_good,
        }: DeliveryError,
    ) -> Result<(), RecordError> {
        if for_good || message.attempts >= MAX_ATTEMPTS {
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
        outbox::postpone(&write, message, again, &code).await?;
        tracing::warn!(message = %message.id, tries = message.attempts, code, "a message could not be delivered yet");
        write.commit().await
    }

    async fn attempt(&self, message: &Model) -> Result<Outcome, RecordError> {
        let for_good = |code: &str| {
            Outcome::Failed(DeliveryError {
                code: code.to_owned(),
                is_permanent: true,
            })
        };
        if message.useless_from <= self.now() {
            return Ok(for_good("too_late"));
        }
        // It has no recipient: it was written only so that the request takes as long as any other.
        if message.channel == case_messages::NO_RECIPIENT {
            return Ok(Outcome::Delivered(None));
        }
        // It was sealed under another server's key, or is damaged.
        let Some(mut letter) = self.outbox.letter(message) else {
            return Ok(for_good("unreadable"));
        };
        // A resume link. It is still wanted, because sending or deleting the draft withdraws the message.
        if message.person_id.is_none() && message.channel != case_messages::CONSENT {
            return Ok(match self.by_mail(message, &letter, false).await {
                Ok(()) => Outcome::Delivered(None),
                Err(failure) => Outcome::Failed(failure),
            });
        }
        let about = about(&letter);
        let (way, carried) = match self.addressing.route(message, self.texts.is_some()).await? {
            Route::DoNotSend(why) => return Ok(Outcome::NotSent { about, why }),
            Route::NotBefore(then) => return Ok(Outcome::Postponed(then)),
            Route::Email { to, named } => {
                letter.to = to;
                ("email", self.by_mail(message, &letter, named).await)
            }
            Route::OriginalAddress => ("email", self.by_mail(message, &letter, false).await),
            Route::Text { to, voicemail } => ("text", self.by_text(message, &letter, &to, voicemail).await),
        };
        Ok(match carried {
            Ok(()) => Outcome::Delivered(Some(way)),
            Err(DeliveryError { code, is_permanent: true }) => Outcome::Refused { about, way, code },
            Err(failure) => Outcome::Failed(failure),
        })
    }

    async fn by_mail(&self, message: &Model, letter: &MessageContent, named: bool) -> Result<(), DeliveryError> {
        let sender = if named { self.sender.named() } else { self.sender.clone() };
        let written = letter.to_email(message.id, &self.origin, &sender, self.now());
        let written = written.map_err(|_| DeliveryError {
            code: "address".to_owned(),
            is_permanent: true,
        })?;
        self.carrier.send(message.id, written).await
    }

    async fn by_text(&self, message: &Model, letter: &MessageContent, to: &str, voicemail: bool) -> Result<(), DeliveryError> {
        let no_way = || DeliveryError {
            code: "no_texts".to_owned(),
            is_permanent: false,
        };
        let gateway = self.texts.as_ref().ok_or_else(no_way)?;
        let text = letter.to_sms(&self.origin).ok_or_else(no_way)?;
        gateway.send(message.id, to, &text, voicemail, self.clock.now()).await
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
