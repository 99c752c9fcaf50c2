//! Outgoing messages as the operator sees them: never the recipient, never the text.

use uuid::Uuid;

use crate::{ServiceError, Services};
use record::{
    Instant,
    outbox::{self, State},
};

/// An outgoing message without what is secret about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub id: Uuid,
    /// The kind of message, such as `email`, `notice` or `code`.
    pub channel: String,
    pub state: State,
    pub created_at: Instant,
    /// How often a delivery was started.
    pub attempts: i32,
    /// The last error, as a code.
    pub last_error: Option<String>,
    /// Whether the message was given up and can be sent again.
    pub can_retry: bool,
}

/// Lists the messages that wait or were given up, oldest first. With `given_up_only`, only the latter.
pub async fn list(services: &Services, given_up_only: bool) -> Result<Vec<Listed>, ServiceError> {
    let now = services.instant();
    let mut messages = outbox::list(&services.store().read).await?;
    messages.retain(|message| match message.state {
        State::Delivered => false,
        State::Waiting => !given_up_only,
        State::GivenUp => true,
    });
    let listed = |message: outbox::Model| Listed {
        can_retry: message.state == State::GivenUp && message.payload.is_some() && message.useless_from > now,
        id: message.id,
        channel: message.channel,
        state: message.state,
        created_at: message.created_at,
        attempts: message.attempts,
        last_error: message.last_error,
    };
    Ok(messages.into_iter().map(listed).collect())
}

/// Sends a message again that was given up. Returns false if there is none, or if it is no longer of use.
pub async fn retry(services: &Services, id: Uuid) -> Result<bool, ServiceError> {
    let write = services.store().begin().await?;
    let done = outbox::retry(&write, id, services.instant()).await?;
    write.commit().await?;
    services.outbox().wake();
    Ok(done)
}
