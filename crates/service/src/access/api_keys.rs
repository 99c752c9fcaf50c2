//! API keys for other systems: made on the command line, shown once, stored as hashes.

use time::OffsetDateTime;

use crate::{ServiceError, Services, access::caller::NEW_CODE, access::token::Token, counters::SignInWay, error::from_record_error};
use complaint::fields::{
    form::{Choice, choices},
    text,
};
use record::{RecordError, api_keys, desk_calls, webhooks};

/// The prefix of every API key, by which a leaked one is recognised.
pub const PREFIX: &str = "ork_";

choices! {
    /// What an API key may do. The codes are stored, and typed on the command line.
    Scope {
        /// See and change every case.
        Desk = "desk",
        /// See every case and the event feed, and change nothing.
        Read = "read",
        /// Manage webhooks.
        Webhooks = "webhooks",
        /// Read the totals of the equality questions.
        Equality = "equality",
    }
}

/// An API key that was presented and is valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The holder's name on the record.
    pub name: String,
    pub scopes: Vec<Scope>,
}

/// An entry of [`list`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyLine {
    pub name: String,
    pub scopes: Vec<Scope>,
    pub created_at: OffsetDateTime,
    pub revoked_at: Option<OffsetDateTime>,
}

/// Why an API key was not made.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A name on the record means one API key for ever, even after that key was revoked.
    #[error("a key with this name exists or existed")]
    NameTaken,
    #[error("a key's name is 1 to 60 letters, digits, spaces, dots, dashes or underscores")]
    NameNotUsable,
    #[error(transparent)]
    Service(#[from] ServiceError),
}

from_record_error!(KeyError);

/// Makes an API key and returns its secret, which is shown only once.
pub async fn add(services: &Services, name: &str, scopes: &[Scope]) -> Result<String, KeyError> {
    let usable = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '.' | '-' | '_');
    let name = text::line(name);
    if name.is_empty() || name.chars().count() > 60 || !name.chars().all(usable) {
        return Err(KeyError::NameNotUsable);
    }
    let token = Token::draw(services.entropy());
    let key = api_keys::Model {
        id: services.new_id(),
        name,
        token_hash: token.hash(),
        scopes: scopes.iter().map(|s| s.code()).collect::<Vec<_>>().join(" "),
        created_at: services.instant(),
        revoked_at: None,
    };
    let write = services.store().begin().await?;
    api_keys::add(&write, key).await.map_err(|e| match e {
        RecordError::Duplicate(_) => KeyError::NameTaken,
        e => e.into(),
    })?;
    write.commit().await?;
    Ok(format!("{PREFIX}{token}"))
}

/// Returns the API key with this secret. `None` if there is none or it was revoked; that counts as a failed sign-in.
pub async fn authenticate(services: &Services, secret: &str) -> Result<Option<Key>, ServiceError> {
    let key = find(services, secret).await?;
    if key.is_none() {
        services.counters().note_failed_sign_in(SignInWay::ApiKey);
    }
    Ok(key)
}

async fn find(services: &Services, secret: &str) -> Result<Option<Key>, ServiceError> {
    let Some(token) = secret.strip_prefix(PREFIX).and_then(Token::parse) else {
        return Ok(None);
    };
    let found = api_keys::find_by_token(&services.store().read, &token.hash()).await?;
    let live = found.filter(|k| k.revoked_at.is_none());
    Ok(live.map(|k| Key {
        scopes: scopes(&k.scopes),
        name: k.name,
    }))
}

/// Lists all API keys by name, including revoked ones.
pub async fn list(services: &Services) -> Result<Vec<KeyLine>, ServiceError> {
    let keys = api_keys::list(&services.store().read).await?;
    Ok(keys
        .into_iter()
        .map(|k| KeyLine {
            scopes: scopes(&k.scopes),
            name: k.name,
            created_at: k.created_at.time(),
            revoked_at: k.revoked_at.map(Into::into),
        })
        .collect())
}

/// The consequences of revoking an API key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// The addresses of webhooks that nothing is delivered to any more, because this API key made them.
    pub stopped: Vec<String>,
    /// The references of cases for which this API key made an access code. Those codes still work: each may be in use by its
    /// person.
    pub made_codes_for: Vec<String>,
}

/// Revokes an API key at once, and with it the deliveries to the webhooks it made. `None` if no key in use has this name.
pub async fn revoke(services: &Services, name: &str) -> Result<Option<Revoked>, ServiceError> {
    let write = services.store().begin().await?;
    let was_in_use = api_keys::revoke(&write, name, services.instant()).await?;
    let made = webhooks::list_made_by(&write, name).await?;
    let codes = desk_calls::list_cases(&write, name, NEW_CODE).await?;
    write.commit().await?;
    Ok(was_in_use.then(|| Revoked {
        stopped: made.into_iter().map(|webhook| webhook.url).collect(),
        made_codes_for: codes.into_iter().collect(),
    }))
}

fn scopes(words: &str) -> Vec<Scope> {
    words.split(' ').filter_map(Scope::parse).collect()
}
