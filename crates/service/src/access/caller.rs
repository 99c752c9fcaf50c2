//! Callers of desk functions, the errors of their calls, and the list of calls.

use complaint::{FieldError, Status, fields::form::Choice};
use record::{RecordError, desk_calls, store::Write};

use crate::access::api_keys::{Key, Scope};
use crate::{ServiceError, Services, error::from_record_error};

/// The action under which such a call is recorded.
pub const NEW_CODE: &str = "new code";

/// The caller of a desk function: the holder of an API key, or a person at the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller(String);

impl Caller {
    /// Returns the holder of an API key with the scope `desk`.
    pub fn from_key(key: &Key) -> Option<Self> {
        key.scopes.contains(&Scope::Desk).then(|| Self(key.name.clone()))
    }

    /// Returns the holder of an API key that may read cases: one with the scope `desk` or `read`.
    pub fn for_reading(key: &Key) -> Option<Self> {
        let may = key.scopes.contains(&Scope::Desk) || key.scopes.contains(&Scope::Read);
        may.then(|| Self(key.name.clone()))
    }

    /// Returns the holder of an API key that may manage webhooks. A webhook sends the content of every case to its address,
    /// so this needs a scope of its own.
    pub fn for_webhooks(key: &Key) -> Option<Self> {
        key.scopes.contains(&Scope::Webhooks).then(|| Self(key.name.clone()))
    }

    /// Returns the holder of an API key that may read the totals of the equality questions. Caseworkers do not need these
    /// totals, and analysts do not need the cases.
    pub fn for_totals(key: &Key) -> Option<Self> {
        key.scopes.contains(&Scope::Equality).then(|| Self(key.name.clone()))
    }

    /// Returns the caller's name on the record.
    pub fn name(&self) -> &str {
        &self.0
    }

    /// Returns the caller for a person of the organisation at the server's command line.
    pub fn at_command_line(person: &str) -> Self {
        Self(format!("command line: {person}"))
    }
}

/// Why a desk call was refused.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    #[error("no such case")]
    NotFound,
    /// The case cannot change from status `from` to status `to`.
    #[error("a case that is {} cannot become {}", .from.code(), .to.code())]
    NotAllowed { from: Status, to: Status },
    /// The idempotency key was used before with a different request.
    #[error("this idempotency key was used with another request")]
    KeyReused,
    /// The desk may not add this event, or the event is invalid.
    #[error("the event is invalid, or the desk may not add it")]
    Invalid(Vec<FieldError>),
    /// The cursor is invalid.
    #[error("the cursor is invalid")]
    BadCursor,
    #[error(transparent)]
    Service(#[from] ServiceError),
}

from_record_error!(DeskError);

/// Records a call about no case in the caller's transaction.
pub(crate) async fn note_in(services: &Services, write: &Write, caller: &Caller, action: &str) -> Result<(), RecordError> {
    desk_calls::add(write, services.instant(), &caller.0, action, None).await
}

/// Records a call under the caller's name in a transaction of its own.
pub(crate) async fn note(services: &Services, caller: &Caller, action: &str, reference: Option<&str>) -> Result<(), RecordError> {
    let write = services.store().begin().await?;
    desk_calls::add(&write, services.instant(), &caller.0, action, reference).await?;
    write.commit().await
}
