//! The published log: its checkpoint, its tiles and its keys.

use serde::Serialize;

use crate::{ServiceError, Services, record::log_keys::EarlierKey};
use ::record::log;
use proof::{
    checkpoint::Checkpoint,
    note::{PublicKey, VerifierKey},
    tiles::Tile,
};

/// Returns the size and the root of the log now, as a signed note.
pub async fn checkpoint(services: &Services) -> Result<String, ServiceError> {
    Ok(sign(services, &log::checkpoint(&services.store().read).await?))
}

/// Returns a checkpoint as a signed note.
pub fn sign(services: &Services, checkpoint: &Checkpoint) -> String {
    checkpoint.sign(&services.settings().log_origin, &services.log_keys().current)
}

/// Returns the tile with this name, such as `0/x001/234.p/5`. `None` if there is none yet.
pub async fn tile(services: &Services, name: &str) -> Result<Option<Vec<u8>>, ServiceError> {
    let Some(tile) = Tile::parse(name) else { return Ok(None) };
    Ok(log::tile(&services.store().read, tile).await?)
}

/// A key that signs the log, or signed it.
#[derive(Clone, Debug, Serialize)]
pub struct PublishedKey {
    /// The name, the id and the public key, as in C2SP `signed-note`.
    pub key: String,
    /// When the key was created, in UTC (RFC 3339).
    pub since: String,
    /// When the key was replaced; `null` for the current one.
    pub until: Option<String>,
}

/// Returns all keys of the log, oldest first.
pub fn published_keys(services: &Services) -> Vec<PublishedKey> {
    let publish = |key: PublicKey, since: &str, until: Option<&str>| PublishedKey {
        key: VerifierKey {
            name: services.settings().log_origin.clone(),
            key,
        }
        .to_string(),
        since: since.to_owned(),
        until: until.map(ToOwned::to_owned),
    };
    let keys = services.log_keys();
    let earlier = |EarlierKey { key, since, until }: &EarlierKey| publish(*key, since, Some(until));
    let current = publish(keys.current.public(), &keys.since, None);
    keys.earlier.iter().map(earlier).chain([current]).collect()
}
