//! Keys for other systems: made on the command line, shown once, kept as hashes.

use time::OffsetDateTime;

use super::{ServiceError, Services, counters::SignInWay, desk::NEW_CODE, error::from_record_error, token::Token};
use crate::complaint::fields::text;
use crate::record::{RecordError, desk_calls, keys, webhooks};

/// What every key begins with, so that a leaked one is recognised for what it is.
pub const PREFIX: &str = "ork_";

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// See and move every case.
    Desk,
    /// See every case and what happens, and change nothing.
    Read,
    /// Say where news of cases is delivered.
    Webhooks,
    /// Read the totals of the equality questions.
    Equality,
}

impl Scope {
    /// The word for it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Desk => "desk",
            Self::Read => "read",
            Self::Webhooks => webhooks::SCOPE,
            Self::Equality => "equality",
        }
    }

    /// The scope of a word.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Desk, Self::Read, Self::Webhooks, Self::Equality]
            .into_iter()
            .find(|s| s.code() == code)
    }
}

/// A key that was shown and found good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// What its holder is called on the record.
    pub name: String,
    pub scopes: Vec<Scope>,
}

/// A key in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyLine {
    pub name: String,
    pub scopes: Vec<Scope>,
    pub created_at: OffsetDateTime,
    pub revoked_at: Option<OffsetDateTime>,
}

/// Why a key was not made.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A name on the record means one key for ever, also after it was revoked.
    #[error("a key with this name exists or existed")]
    NameTaken,
    #[error("a key's name is 1 to 60 letters, digits, spaces, dots, dashes or underscores")]
    NameNotUsable,
    #[error(transparent)]
    Service(#[from] ServiceError),
}

from_record_error!(KeyError);

/// Makes a key and returns its secret, which is shown this once.
///
/// # Errors
/// [`KeyError`].
pub async fn add(services: &Services, name: &str, scopes: &[Scope]) -> Result<String, KeyError> {
    let usable = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '.' | '-' | '_');
    let name = text::line(name);
    if name.is_empty() || name.chars().count() > 60 || !name.chars().all(usable) {
        return Err(KeyError::NameNotUsable);
    }
    let token = Token::draw(services.entropy());
    let key = keys::Model {
        id: services.new_id(),
        name,
        token_hash: token.hash(),
        scopes: scopes.iter().map(|s| s.code()).collect::<Vec<_>>().join(" "),
        created_at: services.instant(),
        revoked_at: None,
    };
    let write = services.store().begin().await?;
    keys::add(&write, key).await.map_err(|e| match e {
        RecordError::Duplicate(_) => KeyError::NameTaken,
        e => e.into(),
    })?;
    write.commit().await?;
    Ok(format!("{PREFIX}{token}"))
}

/// The key with this secret. `None` when there is none or it was revoked.
///
/// # Errors
/// [`ServiceError`].
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
    let found = keys::find_by_token(&services.store().read, &token.hash()).await?;
    let live = found.filter(|k| k.revoked_at.is_none());
    Ok(live.map(|k| Key {
        scopes: scopes(&k.scopes),
        name: k.name,
    }))
}

/// All keys by name, the revoked ones too.
///
/// # Errors
/// [`ServiceError`].
pub async fn list(services: &Services) -> Result<Vec<KeyLine>, ServiceError> {
    let keys = keys::list(&services.store().read).await?;
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

/// A key that was just revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// The addresses of webhooks that nothing is delivered to any more, because this key made them.
    pub stopped: Vec<String>,
    /// The references of cases for which this key made an access code. Those codes still work: each may be in the hands of its person.
    pub made_codes_for: Vec<String>,
}

/// Revokes a key at once, and with it the deliveries to the addresses it made. `None` when no key in use has this name.
///
/// # Errors
/// [`ServiceError`].
pub async fn revoke(services: &Services, name: &str) -> Result<Option<Revoked>, ServiceError> {
    let write = services.store().begin().await?;
    let was_in_use = keys::revoke(&write, name, services.instant()).await?;
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
