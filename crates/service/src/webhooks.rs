//! Webhooks: every event of every case, in order, at least once, signed as Standard Webhooks specifies. Events are delivered
//! only while the API key that made the webhook is in use and has the scope `webhooks`.

mod deliver;
mod sign;

use base64::{Engine, engine::general_purpose::STANDARD};
use http::Uri;
use uuid::Uuid;

use crate::{
    ServiceError, Services,
    access::caller::{self, Caller},
    cases::desk,
    error::from_record_error,
};
use complaint::FieldError;
use contract::desk::{NewWebhook, UndeliveredEvent, WebhookState, WebhookView, Webhooks};
use record::{
    Instant, api_keys,
    encryption::SealingKey,
    entropy::bytes,
    events,
    webhooks::{self, Model},
};

pub use deliver::{WebhookClient, deliver_due, run};

/// Why a webhook was not made.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// The address is invalid.
    #[error("the address is invalid")]
    Invalid(FieldError),
    #[error(transparent)]
    Service(#[from] ServiceError),
}

from_record_error!(WebhookError);

/// Adds a webhook: every event from now on is delivered to its address.
pub async fn add(services: &Services, caller: &Caller, url: &str) -> Result<NewWebhook, WebhookError> {
    let url = address(url).ok_or_else(|| WebhookError::Invalid(FieldError::new("url", "webhook_url_invalid")))?;
    let secret: [u8; 32] = bytes(services.entropy());
    let (id, now) = (services.new_id(), services.instant());
    let newest = events::last_committed_position(services.store()).await?;
    let row = Model {
        id,
        url,
        made_by: caller.name().to_owned(),
        secret: key(services).seal(services.entropy(), id.as_bytes(), &secret),
        created_at: now,
        began_after: newest,
        delivered: newest,
        failures: 0,
        failing_since: None,
        last_error: None,
        due_at: now,
        given_up_at: None,
        paused_at: None,
    };
    let webhook = view(&row, true, None);
    let write = services.store().begin().await?;
    webhooks::add(&write, row).await?;
    caller::note_in(services, &write, caller, "webhook_added").await?;
    write.commit().await?;
    Ok(NewWebhook {
        webhook,
        secret: format!("{}{}", sign::PREFIX, STANDARD.encode(secret)),
    })
}

/// Lists all webhooks with the state of their deliveries.
pub async fn list(services: &Services, caller: &Caller) -> Result<Webhooks, ServiceError> {
    let write = services.store().begin().await?;
    caller::note_in(services, &write, caller, "webhooks").await?;
    write.commit().await?;
    let db = &services.store().read;
    let all = webhooks::list(db).await?;
    let in_use = api_keys::list_in_use(db, webhooks::SCOPE).await?;
    let mut views = Vec::with_capacity(all.len());
    for row in &all {
        views.push(view(row, in_use.contains(&row.made_by), failing_event(services, row).await?));
    }
    Ok(Webhooks { webhooks: views })
}

/// Returns the event whose delivery keeps failing.
async fn failing_event(services: &Services, row: &Model) -> Result<Option<UndeliveredEvent>, ServiceError> {
    let Some(since) = row.failing_since else { return Ok(None) };
    let next = desk::after_event(services, row.delivered, 1).await?;
    let is_tried = row.given_up_at.is_none() && row.paused_at.is_none();
    Ok(next.into_iter().next().map(|(_, event)| UndeliveredEvent {
        id: event.id,
        reference: event.reference,
        since: since.rfc3339(),
        next_try_at: is_tried.then(|| row.due_at.rfc3339()),
    }))
}

/// Why a webhook was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    #[error("there is no webhook with this id")]
    NotFound,
    /// The API key that made the webhook was revoked or lost its scope. A revoked API key stays revoked.
    #[error("its key was revoked or lost the scope `webhooks`: remove the address and add it with another key")]
    KeyRevoked,
    /// No event with this id was ever to be delivered to this webhook.
    #[error("no event with this id was to be delivered there")]
    NoSuchEvent,
    /// Another event is the next one by now.
    #[error("this event is not the next one to be delivered there")]
    NotNext,
    #[error(transparent)]
    Service(#[from] ServiceError),
}

from_record_error!(ChangeError);

/// An operator's change to the deliveries of a webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Stops deliveries until they are resumed. Events that happen meanwhile are delivered then.
    Pause,
    /// Continues after the last event that was delivered.
    Resume,
    /// Tries the next event at once. With `from`, delivers that event and all after it, even those that were delivered
    /// before.
    Retry { from: Option<String> },
    /// Continues after this event, which must be the next one and is not delivered.
    Skip { event: String },
}

/// Changes the deliveries of a webhook and records that as one desk call.
pub async fn change(services: &Services, caller: &Caller, id: Uuid, change: &Change) -> Result<WebhookView, ChangeError> {
    match change {
        Change::Pause => pause(services, caller, id).await,
        Change::Resume => resume(services, caller, id).await,
        Change::Retry { from: None } => continue_after(services, caller, id, "webhook_retried", |row, _| Ok(row.delivered)).await,
        Change::Retry { from: Some(from) } => {
            let from = desk::event_place(from).ok_or(ChangeError::NoSuchEvent)?;
            let newest = events::last_committed_position(services.store()).await?;
            continue_after(services, caller, id, "webhook_retried", |row, _| {
                // Events from before the webhook was made are not delivered: its API key may not have been allowed to see
                // them.
                let was_to_come = from > row.began_after && from <= newest;
                if was_to_come { Ok(from - 1) } else { Err(ChangeError::NoSuchEvent) }
            })
            .await
        }
        Change::Skip { event } => {
            let event = desk::event_place(event).ok_or(ChangeError::NoSuchEvent)?;
            continue_after(services, caller, id, "webhook_skipped", |_, next| {
                // A repeated call must not skip the event after it.
                if next == Some(event) {
                    Ok(event)
                } else {
                    Err(ChangeError::NotNext)
                }
            })
            .await
        }
    }
}

/// Continues deliveries after the feed position that `after` returns. `after` gets the row and the position of the next
/// event.
async fn continue_after(
    services: &Services,
    caller: &Caller,
    id: Uuid,
    noted: &'static str,
    after: impl FnOnce(&Model, Option<i64>) -> Result<i64, ChangeError>,
) -> Result<WebhookView, ChangeError> {
    let until = events::last_committed_position(services.store()).await?;
    let write = services.store().begin().await?;
    let mut row = webhooks::lock(&write, id).await?.ok_or(ChangeError::NotFound)?;
    if !api_keys::list_in_use(&write.tx(), webhooks::SCOPE).await?.contains(&row.made_by) {
        return Err(ChangeError::KeyRevoked);
    }
    let next = events::feed(&write.tx(), row.delivered, until, 1)
        .await?
        .first()
        .map(|event| event.seq);
    row.delivered = match after(&row, next) {
        Ok(place) => place,
        Err(refused) => {
            // Deliveries skip rows that are locked.
            write.rollback().await?;
            return Err(refused);
        }
    };
    webhooks::go_on_after(&write, id, row.delivered, services.instant()).await?;
    (row.paused_at, row.given_up_at, row.failures, row.failing_since, row.last_error) = (None, None, 0, None, None);
    caller::note_in(services, &write, caller, noted).await?;
    write.commit().await?;
    Ok(view(&row, true, None))
}

/// Pauses the deliveries of a webhook. Events that happen meanwhile are delivered once it is resumed.
///
/// Fails only with [`ChangeError::NotFound`] or [`ChangeError::Service`].
pub async fn pause(services: &Services, caller: &Caller, id: Uuid) -> Result<WebhookView, ChangeError> {
    let write = services.store().begin().await?;
    let mut row = webhooks::lock(&write, id).await?.ok_or(ChangeError::NotFound)?;
    if row.paused_at.is_none() {
        row.paused_at = Some(services.instant());
        webhooks::pause(&write, id, services.instant()).await?;
    }
    caller::note_in(services, &write, caller, "webhook_paused").await?;
    let is_in_use = api_keys::list_in_use(&write.tx(), webhooks::SCOPE).await?.contains(&row.made_by);
    write.commit().await?;
    let held = failing_event(services, &row).await?;
    Ok(view(&row, is_in_use, held))
}

/// Resumes the deliveries of a webhook that was paused or given up, after the last event that was delivered.
pub async fn resume(services: &Services, caller: &Caller, id: Uuid) -> Result<WebhookView, ChangeError> {
    let write = services.store().begin().await?;
    let mut row = webhooks::lock(&write, id).await?.ok_or(ChangeError::NotFound)?;
    if !api_keys::list_in_use(&write.tx(), webhooks::SCOPE).await?.contains(&row.made_by) {
        return Err(ChangeError::KeyRevoked);
    }
    if row.paused_at.is_some() || row.given_up_at.is_some() {
        webhooks::resume(&write, id, services.instant()).await?;
        (row.paused_at, row.given_up_at, row.failures) = (None, None, 0);
        (row.failing_since, row.last_error) = (None, None);
    }
    caller::note_in(services, &write, caller, "webhook_resumed").await?;
    write.commit().await?;
    let held = failing_event(services, &row).await?;
    Ok(view(&row, true, held))
}

/// Removes a webhook. Returns whether there was one.
pub async fn remove(services: &Services, caller: &Caller, id: Uuid) -> Result<bool, ServiceError> {
    let write = services.store().begin().await?;
    let removed = webhooks::remove(&write, id).await?;
    caller::note_in(services, &write, caller, "webhook_removed").await?;
    write.commit().await?;
    Ok(removed)
}

fn key(services: &Services) -> SealingKey {
    SealingKey::derive(services.0.secret.bytes(), "webhook", &[])
}

/// Returns the state of a webhook. A revoked API key comes first: nothing else about the webhook can be changed then.
fn state(row: &Model, key_in_use: bool) -> WebhookState {
    if !key_in_use {
        WebhookState::KeyRevoked
    } else if row.paused_at.is_some() {
        WebhookState::Paused
    } else if row.given_up_at.is_some() {
        WebhookState::GivenUp
    } else {
        WebhookState::Active
    }
}

fn view(row: &Model, key_in_use: bool, held: Option<UndeliveredEvent>) -> WebhookView {
    WebhookView {
        held,
        state: state(row, key_in_use),
        id: row.id.to_string(),
        url: row.url.clone(),
        made_by: row.made_by.clone(),
        created_at: row.created_at.rfc3339(),
        delivered: (row.delivered > row.began_after).then(|| desk::event_id(row.delivered)),
        failures: row.failures.unsigned_abs(),
        last_error: row.last_error.clone(),
        given_up_at: row.given_up_at.map(Instant::rfc3339),
        paused_at: row.paused_at.map(Instant::rfc3339),
    }
}

/// Returns the address if deliveries may go to it.
///
/// Whole cases are sent there, so it must use HTTPS or be on this machine. It must not contain a user name or a password,
/// because the record would store them readable.
fn address(text: &str) -> Option<String> {
    let text = text.trim();
    let uri: Uri = text.parse().ok()?;
    let authority = uri.authority()?;
    let host = authority.host().trim_matches(['[', ']']);
    let here = host == "localhost" || host.parse().is_ok_and(|a: std::net::IpAddr| a.is_loopback());
    let safe = match uri.scheme_str()? {
        "https" => true,
        "http" => here,
        _ => false,
    };
    (safe && !host.is_empty() && !authority.as_str().contains('@')).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_cases_travel_encrypted_or_stay_here() {
        for good in [
            "https://casework.example.org/on-record",
            " https://casework.example.org:8443/?for=cases ",
            "http://127.0.0.1:9000/",
            "http://[::1]:9000/news",
            "http://localhost/",
        ] {
            assert!(address(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "casework.example.org",
            "http://casework.example.org/",
            "http://127.0.0.1.example.org/",
            "ftp://casework.example.org/",
            "https://user:password@casework.example.org/",
            "https:///news",
        ] {
            assert_eq!(address(bad), None, "{bad}");
        }
    }
}
