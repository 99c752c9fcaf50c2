//! Messages on their way out, as whoever runs the server sees them: never to whom, never what they say.

use uuid::Uuid;

use super::{ServiceError, Services};
use crate::record::{
    Instant,
    outbox::{self, State},
};

/// A message, without what is secret about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub id: Uuid,
    /// How it travels: `email`.
    pub channel: String,
    pub state: State,
    pub created_at: Instant,
    /// How often delivery was begun.
    pub attempts: i32,
    /// What went wrong last, as a code.
    pub last_error: Option<String>,
    /// Whether it was given up and can be sent again.
    pub can_retry: bool,
}

/// The messages that wait or were given up, or only the latter, oldest first.
///
/// # Errors
/// [`ServiceError`].
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

/// Has a message that was given up tried anew. False when there is none such, or nobody wants it any more.
///
/// # Errors
/// [`ServiceError`].
pub async fn retry(services: &Services, id: Uuid) -> Result<bool, ServiceError> {
    let write = services.store().begin().await?;
    let done = outbox::retry(&write, id, services.instant()).await?;
    write.commit().await?;
    services.outbox().wake();
    Ok(done)
}
