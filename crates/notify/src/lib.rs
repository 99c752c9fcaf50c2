//! Messages to people, sent through the outbox.
//!
//! The code that makes a change writes the message in the same transaction ([`Outbox::add`]), so neither exists
//! without the other. A [`DeliveryWorker`] runs in each server. It delivers at least once, retries
//! with growing waits, and finally gives up. Content is sealed in the database, and erased after delivery.

pub mod delivery_worker;
pub mod mail_transport;
pub mod message;
pub mod recipient_router;
pub mod sms_gateway;
use std::sync::Arc;

use time::{Duration, OffsetDateTime};
use tokio::sync::Notify;
use uuid::Uuid;

use complaint::fields::email;
use record::{
    Instant, RecordError,
    encryption::SealingKey,
    entropy::{Entropy, uuid_v7},
    outbox::{self, Model, State, case_messages::CONSENT},
    store::Write,
};
use text::Language;

pub use delivery_worker::DeliveryWorker;
pub use mail_transport::{MailTransport, MailTransportError};
pub use message::{MessageContent, MessageKind, Sender, SenderError};
pub use recipient_router::{RecipientRouter, Route};
pub use sms_gateway::{GatewayError, SmsGateway};

/// The channel of a message to a fixed address.
const EMAIL: &str = "email";

/// Writes messages to the outbox. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Outbox {
    key: SealingKey,
    /// Wakes this process's delivery worker. The workers of other processes find the message when they next poll.
    wake: Arc<Notify>,
}

/// A message to a fixed address.
#[derive(Debug)]
pub struct NewMessage {
    pub letter: MessageContent,
    /// The draft that the message is about, if any. The message is withdrawn when the draft is deleted or sent.
    pub draft_id: Option<Uuid>,
    /// The consent request that the message contains, if any.
    pub consent: Option<ConsentEmail>,
    /// From this moment on the message is useless to its recipient.
    pub useless_from: OffsetDateTime,
}

/// A consent request in an email to a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsentEmail {
    pub case_id: Uuid,
    /// The link in the email.
    pub consent_id: Uuid,
}

/// A message to a person, sent by the contact method that is safe when it leaves.
#[derive(Debug)]
pub struct NewCaseMessage {
    /// One of the channels in [`outbox::case_messages`].
    pub channel: &'static str,
    pub case_id: Option<Uuid>,
    pub person_id: Uuid,
    pub language: Language,
    pub text: MessageKind,
    /// The earliest time of delivery.
    pub due_at: OffsetDateTime,
    /// From this moment on the message is useless to its recipient.
    pub useless_from: OffsetDateTime,
}

impl Outbox {
    /// Returns an outbox that seals messages under `key`. Every server on the same database must have the same key.
    pub fn new(key: SealingKey) -> Self {
        Self { key, wake: Arc::default() }
    }

    /// Writes a message in the transaction of the change that causes it. Call [`Outbox::wake`] after the commit.
    pub async fn add(&self, write: &Write, entropy: &dyn Entropy, now: OffsetDateTime, message: NewMessage) -> Result<(), RecordError> {
        let id = uuid_v7(now, entropy);
        let payload = serde_json::to_vec(&message.letter).map_err(RecordError::corrupt)?;
        let row = Model {
            id,
            channel: if message.consent.is_some() { CONSENT } else { EMAIL }.to_owned(),
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
            case_id: message.consent.map(|asks| asks.case_id),
            person_id: None,
            way: None,
            consent_id: message.consent.map(|asks| asks.consent_id),
        };
        outbox::add(write, row).await
    }

    /// Writes a message to a person. It contains no address: that is looked up just before delivery.
    pub async fn add_notice(
        &self,
        write: &Write,
        entropy: &dyn Entropy,
        now: OffsetDateTime,
        notice: NewCaseMessage,
    ) -> Result<(), RecordError> {
        let id = uuid_v7(now, entropy);
        let letter = MessageContent {
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

    /// Counts the messages written for an address in the time `within` before `now`.
    pub async fn count_recent(&self, write: &Write, to: &str, now: OffsetDateTime, within: Duration) -> Result<u64, RecordError> {
        let since = Instant::from(now - within);
        outbox::count_since(&write.tx(), &self.fingerprint(to), since).await
    }

    /// Returns true if the message was written for this address.
    pub fn is_to(&self, message: &Model, address: &str) -> bool {
        message.recipient == self.fingerprint(address)
    }

    /// Makes this process's delivery worker poll the outbox at once.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    fn letter(&self, message: &Model) -> Option<MessageContent> {
        let payload = self.key.open(message.id.as_bytes(), message.payload.as_deref()?)?;
        serde_json::from_slice(&payload).ok()
    }

    /// Returns the fingerprint of an address, the same for every usual spelling of the same mailbox.
    fn fingerprint(&self, address: &str) -> Vec<u8> {
        self.key.fingerprint(email::mailbox(address).as_bytes())
    }
}
