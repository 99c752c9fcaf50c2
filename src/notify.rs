//! Messages to people, by way of the outbox.
//!
//! A use case writes a message with [`Outbox::add`] in the transaction of the act itself, so there is never one without the
//! other. A [`Courier`] in each running server takes what is due, delivers it at least once, tries again later and later when
//! it cannot, and gives up at last. What a message says is sealed in the database and forgotten once it is delivered.

pub mod addressing;
pub mod carrier;
pub mod courier;
pub mod gateway;
pub mod letter;

use std::sync::Arc;

use time::{Duration, OffsetDateTime};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::complaint::fields::email;
use crate::record::{
    Instant, RecordError,
    entropy::{Entropy, uuid_v7},
    outbox::{self, Model, State, people::CONSENT},
    sealed::Key,
    store::Write,
};
use crate::text::Language;

pub use addressing::{Addressing, Route};
pub use carrier::{Carrier, CarrierError};
pub use courier::Courier;
pub use gateway::{Gateway, GatewayError};
pub use letter::{Letter, Sender, SenderError, Text};

/// The channel of a message to an address.
const EMAIL: &str = "email";

/// Where messages are put. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Outbox {
    key: Key,
    /// Tells this process's courier that there is something new. Others find it when they look.
    wake: Arc<Notify>,
}

/// A message to be put into the outbox.
#[derive(Debug)]
pub struct NewMessage {
    pub letter: Letter,
    /// The draft it is about, if any: it goes no more once that is forgotten or sent.
    pub draft_id: Option<Uuid>,
    /// What it asks a tenant, if it does.
    pub asks: Option<Asks>,
    /// From this moment on nobody wants it any more.
    pub useless_from: OffsetDateTime,
}

/// The question in an email to a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asks {
    pub case_id: Uuid,
    /// The link in it.
    pub consent_id: Uuid,
}

/// A message for somebody on a case, wherever they can be reached when it leaves.
#[derive(Debug)]
pub struct NewNotice {
    /// One of [`outbox::people`]'s.
    pub channel: &'static str,
    pub case_id: Option<Uuid>,
    pub person_id: Uuid,
    pub language: Language,
    pub text: Text,
    /// Not before this moment.
    pub due_at: OffsetDateTime,
    /// From this moment on nobody wants it any more.
    pub useless_from: OffsetDateTime,
}

impl Outbox {
    /// An outbox whose messages are sealed under `key`, which every server on the same database must have.
    #[must_use]
    pub fn new(key: Key) -> Self {
        Self { key, wake: Arc::default() }
    }

    /// Writes a message in the transaction of the act that calls for it. Call [`Outbox::wake`] once that is committed.
    ///
    /// # Errors
    /// [`RecordError`] when the database refuses.
    pub async fn add(&self, write: &Write, entropy: &dyn Entropy, now: OffsetDateTime, message: NewMessage) -> Result<(), RecordError> {
        let id = uuid_v7(now, entropy);
        let payload = serde_json::to_vec(&message.letter).map_err(RecordError::corrupt)?;
        let row = Model {
            id,
            channel: if message.asks.is_some() { CONSENT } else { EMAIL }.to_owned(),
            draft_id: message.draft_id,
            recipient: self.fingerprint(&message.letter.to),
            payload: Some(self.key.seal(entropy, id.as_bytes(), &payload)),
            state: State::Waiting,
            attempts: 0,
            created_at: now.into(),
            due_at: now.into(),
            useless_from: message.useless_from.into(),
            ended_at: None,
            last_error: None,
            case_id: message.asks.map(|asks| asks.case_id),
            person_id: None,
            way: None,
            consent_id: message.asks.map(|asks| asks.consent_id),
        };
        outbox::add(write, row).await
    }

    /// Writes a message for somebody on a case. It holds no address: that is looked up when it leaves.
    ///
    /// # Errors
    /// [`RecordError`] when the database refuses.
    pub async fn add_notice(
        &self,
        write: &Write,
        entropy: &dyn Entropy,
        now: OffsetDateTime,
        notice: NewNotice,
    ) -> Result<(), RecordError> {
        let id = uuid_v7(now, entropy);
        let letter = Letter {
            to: String::new(),
            language: notice.language.tag().to_owned(),
            text: notice.text,
        };
        let payload = serde_json::to_vec(&letter).map_err(RecordError::corrupt)?;
        let row = Model {
            id,
            channel: notice.channel.to_owned(),
            draft_id: None,
            recipient: self.key.fingerprint(notice.person_id.as_bytes()),
            payload: Some(self.key.seal(entropy, id.as_bytes(), &payload)),
            state: State::Waiting,
            attempts: 0,
            created_at: now.into(),
            due_at: notice.due_at.into(),
            useless_from: notice.useless_from.into(),
            ended_at: None,
            last_error: None,
            case_id: notice.case_id,
            person_id: Some(notice.person_id),
            way: None,
            consent_id: None,
        };
        outbox::add(write, row).await
    }

    /// How many messages were written for an address in the time before `now`.
    ///
    /// # Errors
    /// [`RecordError`] when the database cannot answer.
    pub async fn count_recent(&self, write: &Write, to: &str, now: OffsetDateTime, within: Duration) -> Result<u64, RecordError> {
        let since = Instant::from(now - within);
        outbox::count_since(&write.tx(), &self.fingerprint(to), since).await
    }

    /// Whether a message was written to this address.
    #[must_use]
    pub fn is_to(&self, message: &Model, address: &str) -> bool {
        message.recipient == self.fingerprint(address)
    }

    /// Lets this process's courier look at once.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    fn letter(&self, message: &Model) -> Option<Letter> {
        let payload = self.key.open(message.id.as_bytes(), message.payload.as_deref()?)?;
        serde_json::from_slice(&payload).ok()
    }

    /// The same for every spelling of the same mailbox that people use.
    fn fingerprint(&self, address: &str) -> Vec<u8> {
        self.key.fingerprint(email::mailbox(address).as_bytes())
    }
}
