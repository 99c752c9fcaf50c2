//! News of cases, delivered to addresses the organisation names: every event, in order, at least once, signed as Standard Webhooks
//! says.

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
    view::desk::{NewWebhook, WebhookView, Webhooks},
};
use crate::record::{
    entropy::bytes,
    events,
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
    };
    let webhook = view(&row);
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
    let all = webhooks::list(&services.store().read).await?;
    Ok(Webhooks {
        webhooks: all.iter().map(view).collect(),
    })
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

fn view(row: &Model) -> WebhookView {
    WebhookView {
        id: row.id.to_string(),
        url: row.url.clone(),
        made_by: row.made_by.clone(),
        created_at: row.created_at.rfc3339(),
        delivered: (row.delivered > row.began_after).then(|| desk::event_id(row.delivered)),
        failures: row.failures.unsigned_abs(),
        last_error: row.last_error.clone(),
        given_up_at: row.given_up_at.map(crate::record::Instant::rfc3339),
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
