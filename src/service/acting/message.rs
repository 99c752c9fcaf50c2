//! Writing to the organisation.

use super::{ActError, Acted, act};
use crate::complaint::{FieldError, authority::Scope, event::EventBody, fields::text};
use crate::service::{Services, idempotency::IdempotencyKey, sessions::Session};

/// Writes a message to the organisation.
///
/// # Errors
/// [`ActError`].
pub async fn send_message(
    services: &Services,
    session: &Session,
    reference: &str,
    message: &str,
    key: Option<&IdempotencyKey>,
) -> Result<Acted, ActError> {
    let tidy = text::block(message);
    if tidy.trim().is_empty() {
        return Err(ActError::Wrong(vec![FieldError::new("message", "message_missing")]));
    }
    if text::length(&tidy) > text::TEXT_MAX {
        let error = FieldError::new("message", "message_too_long").with("max", text::TEXT_MAX);
        return Err(ActError::Wrong(vec![error]));
    }
    let request = format!("message\n{tidy}");
    act(
        services,
        session,
        reference,
        Scope::Speak,
        key.map(|key| (key, request.as_bytes())),
        |_| {
            Ok(EventBody::MessageReceived {
                message: tidy.clone(),
                files: Vec::new(),
            })
        },
    )
    .await
}
