//! The installation as a whole: the server's secret that belongs to the database, and whether deliveries are on hold.

use std::path::{Path, PathBuf};

use crate::{Secret, ServiceError, Services};
use record::{
    RecordError,
    clock::Clock,
    installation::{self, DELIVERIES_HELD, KEY_FINGERPRINT},
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
