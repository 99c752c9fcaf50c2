//! The installation as a whole: the server's secret that belongs to the database, and whether deliveries are on hold.

use std::path::{Path, PathBuf};

use crate::{
    Secret, ServiceError, Services,
    record::log_keys::{LogKeys, fingerprint},
};
use record::{
    RecordError,
    clock::Clock,
    installation::{self, DELIVERIES_HELD, KEY_FINGERPRINT, LOG_KEY},
    migrations::m0027_installation,
    store::{Schema, Store},
};

/// Why the server's secret does not fit the database.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// With a new secret, existing receipts, links and waiting messages could not be read.
    #[error(
        "the database contains complaints, but the key that belongs to the database is not at {}: restore secret.key from the same backup as the database",
        .path.display()
    )]
    Missing { path: PathBuf },
    #[error(
        "the key at {} does not belong to the database: restore secret.key from the same backup as the database",
        .path.display()
    )]
    Other { path: PathBuf },
    /// With a new key, the published log would begin again, and receipts could not be checked.
    #[error("the key that signs the log is not at {}: restore signing.key from the same backup as the database", .path.display())]
    SigningMissing { path: PathBuf },
    #[error("the key at {} never signed the log of this database: restore signing.key from the same backup as the database", .path.display())]
    SigningOther { path: PathBuf },
    #[error(transparent)]
    Record(#[from] RecordError),
}

/// Returns whether a database of this schema has the table for the secret's fingerprint.
pub fn is_known(schema: &Schema) -> bool {
    matches!(schema, Schema::Known { done, .. } if done.iter().any(|step| step == m0027_installation::NAME))
}

/// Returns whether the existing secret is required, so that none may be generated. It is if the database stores a
/// fingerprint, or has cases or drafts.
pub async fn needs_key(store: &Store, schema: &Schema) -> Result<bool, RecordError> {
    if !matches!(schema, Schema::Known { .. }) {
        return Ok(false);
    }
    if is_known(schema) && installation::lookup(&store.read, KEY_FINGERPRINT).await?.is_some() {
        return Ok(true);
    }
    installation::has_cases_or_drafts(store).await
}

/// Compares the secret with the fingerprint in the database. A database without a fingerprint fits any secret.
pub async fn check_key(store: &Store, secret: &Secret, path: &Path) -> Result<(), KeyError> {
    match installation::lookup(&store.read, KEY_FINGERPRINT).await? {
        Some(known) if known.value != secret.fingerprint() => Err(KeyError::Other { path: path.to_owned() }),
        _ => Ok(()),
    }
}

/// Stores the secret's fingerprint in the database, unless it has one.
///
/// Returns [`KeyError::Other`] if it has another one, such as that of a server that was started at the same moment.
pub async fn note_key(store: &Store, secret: &Secret, path: &Path, clock: &dyn Clock) -> Result<(), KeyError> {
    if installation::lookup(&store.read, KEY_FINGERPRINT).await?.is_none() {
        let write = store.begin().await?;
        installation::add(&write, KEY_FINGERPRINT, &secret.fingerprint(), clock.now().into()).await?;
        write.commit().await?;
    }
    check_key(store, secret, path).await
}

/// Returns whether the existing signing key is required, so that none may be generated.
pub async fn needs_log_key(store: &Store, schema: &Schema) -> Result<bool, RecordError> {
    Ok(is_known(schema) && installation::lookup(&store.read, LOG_KEY).await?.is_some())
}

/// Compares the signing keys with the one that the database knows. A database that knows none fits any key.
///
/// The known key may be an earlier one: then the key has been replaced since the last start. It may not be a later one, as on a
/// server that still has an old copy of the file.
pub async fn check_log_key(store: &Store, keys: &LogKeys, path: &Path) -> Result<(), KeyError> {
    match installation::lookup(&store.read, LOG_KEY).await? {
        Some(known) if !keys.public().iter().any(|key| fingerprint(key) == known.value) => {
            Err(KeyError::SigningOther { path: path.to_owned() })
        }
        _ => Ok(()),
    }
}

/// Stores the public signing key in the database, or replaces an earlier one.
pub async fn note_log_key(store: &Store, keys: &LogKeys, path: &Path, clock: &dyn Clock) -> Result<(), KeyError> {
    check_log_key(store, keys, path).await?;
    let current = fingerprint(&keys.current.public());
    let write = store.begin().await?;
    let now = clock.now().into();
    match installation::lookup(&write.tx(), LOG_KEY).await? {
        Some(known) if known.value == current => return Ok(write.rollback().await?),
        Some(_) => installation::change(&write, LOG_KEY, &current, now).await?,
        None => installation::add(&write, LOG_KEY, &current, now).await?,
    }
    write.commit().await?;
    check_log_key(store, keys, path).await
}

/// Returns whether messages and events are on hold, by the configuration or by a command.
pub async fn deliveries_are_held(services: &Services) -> Result<bool, RecordError> {
    Ok(services.settings().hold_deliveries || installation::lookup(&services.store().read, DELIVERIES_HELD).await?.is_some())
}

/// Puts all deliveries of every server on the database on hold, until [`release_deliveries`]. Returns false if they already
/// were.
pub async fn hold_deliveries(services: &Services) -> Result<bool, ServiceError> {
    let write = services.store().begin().await?;
    let held = installation::lookup(&write.tx(), DELIVERIES_HELD).await?.is_some();
    installation::add(&write, DELIVERIES_HELD, "command line", services.instant()).await?;
    write.commit().await?;
    Ok(!held)
}

/// Resumes deliveries. Returns false if no command had put them on hold.
pub async fn release_deliveries(services: &Services) -> Result<bool, ServiceError> {
    let write = services.store().begin().await?;
    let held = installation::remove(&write, DELIVERIES_HELD).await?;
    write.commit().await?;
    Ok(held)
}
