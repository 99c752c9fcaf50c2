//! News of cases, delivered to addresses the organisation names: every event, in order, at least once, signed as Standard Webhooks
//! says. Events are delivered only while the key that made the address is in use and has the scope `webhooks`.

mod deliver;
mod sign;

use axum::http::Uri;
use base64::{Engine, engine::general_purpose::STANDARD};
use uuid::Uuid;

use super::{
    ServiceError, Services,
    desk::{self, Caller},
    error::from_record_error,
};
use crate::complaint::{
    FieldError,
    view::desk::{NewWebhook, WebhookState, WebhookView, Webhooks},
};
use crate::record::{
    Instant,
    entropy::bytes,
    events, keys,
    sealed::Key,
    webhooks::{self, Model},
};

pub use deliver::{Postman, deliver_due};

/// The longest address.
const URL_MAX: usize = 500;

/// Why no webhook was made.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// The address will not do.
    #[error("the address will not do")]
    Invalid(FieldError),
    #[error(transparent)]
    Service(#[from] ServiceError),
}

from_record_error!(WebhookError);

/// Has every event from now on delivered to an address.
///
/// # Errors
/// [`WebhookError`].
pub async fn add(services: &Services, caller: &Caller, url: &str) -> Result<NewWebhook, WebhookError> {
    let url = address(url).ok_or_else(|| WebhookError::Invalid(FieldError::new("url", "webhook_url_invalid")))?;
    let secret: [u8; 32] = bytes(services.entropy());
    let (id, now) = (services.new_id(), services.instant());
    let newest = events::settled(services.store()).await?;
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
    let webhook = view(&row, true);
    let write = services.store().begin().await?;
    webhooks::add(&write, row).await?;
    desk::note_in(services, &write, caller, "webhook_added").await?;
    write.commit().await?;
    Ok(NewWebhook {
        webhook,
        secret: format!("{}{}", sign::PREFIX, STANDARD.encode(secret)),
    })
}

/// All of them, and how the deliveries go.
///
/// # Errors
/// [`ServiceError`].
pub async fn list(services: &Services, caller: &Caller) -> Result<Webhooks, ServiceError> {
    let write = services.store().begin().await?;
    desk::note_in(services, &write, caller, "webhooks").await?;
    write.commit().await?;
    let db = &services.store().read;
    let all = webhooks::list(db).await?;
    let in_use = keys::list_in_use(db, webhooks::SCOPE).await?;
    let views = all.iter().map(|row| view(row, in_use.contains(&row.made_by)));
    Ok(Webhooks { webhooks: views.collect() })
}

/// Why deliveries to an address were not paused or resumed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    #[error("there is no webhook with this id")]
    NotFound,
    /// A revoked key stays revoked.
    #[error("its key was revoked or lost the scope `webhooks`: remove the address and add it with another key")]
    KeyRevoked,
    #[error(transparent)]
    Service(#[from] ServiceError),
}

from_record_error!(ChangeError);

/// Pauses the deliveries to an address. Events that happen meanwhile are delivered once it is resumed.
///
/// # Errors
/// [`ChangeError::NotFound`]; [`ChangeError::Service`].
pub async fn pause(services: &Services, caller: &Caller, id: Uuid) -> Result<WebhookView, ChangeError> {
    let write = services.store().begin().await?;
    let mut row = webhooks::lock(&write, id).await?.ok_or(ChangeError::NotFound)?;
    if row.paused_at.is_none() {
        row.paused_at = Some(services.instant());
        webhooks::pause(&write, id, services.instant()).await?;
    }
    desk::note_in(services, &write, caller, "webhook_paused").await?;
    let is_in_use = keys::list_in_use(&write.tx(), webhooks::SCOPE).await?.contains(&row.made_by);
    write.commit().await?;
    Ok(view(&row, is_in_use))
}

/// Resumes the deliveries to an address that was paused or given up, after the last event that arrived there.
///
/// # Errors
/// [`ChangeError`].
pub async fn resume(services: &Services, caller: &Caller, id: Uuid) -> Result<WebhookView, ChangeError> {
    let write = services.store().begin().await?;
    let mut row = webhooks::lock(&write, id).await?.ok_or(ChangeError::NotFound)?;
    if !keys::list_in_use(&write.tx(), webhooks::SCOPE).await?.contains(&row.made_by) {
        return Err(ChangeError::KeyRevoked);
    }
    if row.paused_at.is_some() || row.given_up_at.is_some() {
        webhooks::resume(&write, id, services.instant()).await?;
        (row.paused_at, row.given_up_at, row.failures) = (None, None, 0);
    }
    desk::note_in(services, &write, caller, "webhook_resumed").await?;
    write.commit().await?;
    Ok(view(&row, true))
}

/// Ends one. Whether there was one.
///
/// # Errors
/// [`ServiceError`].
pub async fn remove(services: &Services, caller: &Caller, id: Uuid) -> Result<bool, ServiceError> {
    let write = services.store().begin().await?;
    let removed = webhooks::remove(&write, id).await?;
    desk::note_in(services, &write, caller, "webhook_removed").await?;
    write.commit().await?;
    Ok(removed)
}

fn key(services: &Services) -> Key {
    Key::derived(services.0.secret.bytes(), "webhook", &[])
}

/// How the deliveries to an address stand. A revoked key comes first: nothing else about the address can be changed then.
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

fn view(row: &Model, key_in_use: bool) -> WebhookView {
    WebhookView {
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

/// An address that deliveries may go to: whole cases travel there, so encrypted, or on this machine. Without a name and a password:
/// they would stand in the record readable.
fn address(text: &str) -> Option<String> {
    let text = text.trim();
    let uri: Uri = text.parse().ok().filter(|_| text.len() <= URL_MAX)?;
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
        assert_eq!(address(&format!("https://example.org/{}", "a".repeat(500))), None);
    }
}
