//! The installation as a whole: the key that belongs to the database, and whether deliveries are held.

use std::path::{Path, PathBuf};

use sea_orm::{ConnectionTrait, Statement};

use super::{Secret, ServiceError, Services};
use crate::record::{
    RecordError,
    clock::Clock,
    installation::{self, DELIVERIES_HELD, KEY_FINGERPRINT},
    migrations::m0027_installation,
    store::{Schema, Store},
};

/// Why the key does not fit the database.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Making a new one would leave receipts, links and waiting messages that cannot be read.
    #[error(
        "the database holds complaints, and the key that belongs to it is not at {}: put secret.key back from the backup that the database is from",
        .path.display()
    )]
    Missing { path: PathBuf },
    #[error(
        "the key at {} is not the one that belongs to the database: put secret.key back from the backup that the database is from",
        .path.display()
    )]
    Other { path: PathBuf },
    #[error(transparent)]
    Record(#[from] RecordError),
}

/// Whether a database of this schema can know the key that belongs to it.
#[must_use]
pub fn is_known(schema: &Schema) -> bool {
    matches!(schema, Schema::Known { done, .. } if done.iter().any(|step| step == m0027_installation::NAME))
}

/// Whether a key belongs to the database already, so that none may be drawn: it knows one, or holds complaints.
pub async fn needs_key(store: &Store, schema: &Schema) -> Result<bool, RecordError> {
    if !matches!(schema, Schema::Known { .. }) {
        return Ok(false);
    }
    if is_known(schema) && installation::lookup(&store.read, KEY_FINGERPRINT).await?.is_some() {
        return Ok(true);
    }
    let query = "SELECT 1 AS one WHERE EXISTS (SELECT 1 FROM cases) OR EXISTS (SELECT 1 FROM drafts)";
    let found = store.read.query_one_raw(Statement::from_string(store.backend(), query)).await?;
    Ok(found.is_some())
}

/// Compares the key with the one that the database knows. One that knows none fits any.
///
/// # Errors
/// [`KeyError::Other`] when another key belongs to the database.
pub async fn check_key(store: &Store, secret: &Secret, path: &Path) -> Result<(), KeyError> {
    match installation::lookup(&store.read, KEY_FINGERPRINT).await? {
        Some(known) if known.value != secret.fingerprint() => Err(KeyError::Other { path: path.to_owned() }),
        _ => Ok(()),
    }
}

/// Notes which key belongs to the database, unless it knows.
///
/// # Errors
/// [`KeyError::Other`] when another key does, such as that of a server which was started at the same moment.
pub async fn note_key(store: &Store, secret: &Secret, path: &Path, clock: &dyn Clock) -> Result<(), KeyError> {
    if installation::lookup(&store.read, KEY_FINGERPRINT).await?.is_none() {
        let write = store.begin().await?;
        installation::add(&write, KEY_FINGERPRINT, &secret.fingerprint(), clock.now().into()).await?;
        write.commit().await?;
    }
    check_key(store, secret, path).await
}

/// Whether messages and events are held, by the configuration or by a command.
pub async fn deliveries_are_held(services: &Services) -> Result<bool, RecordError> {
    Ok(services.settings().hold_deliveries || installation::lookup(&services.store().read, DELIVERIES_HELD).await?.is_some())
}

/// Holds all deliveries, of every server on the database, until [`release_deliveries`]. Returns false when they were held already.
pub async fn hold_deliveries(services: &Services) -> Result<bool, ServiceError> {
    let write = services.store().begin().await?;
    let held = installation::lookup(&write.tx(), DELIVERIES_HELD).await?.is_some();
    installation::add(&write, DELIVERIES_HELD, "command line", services.instant()).await?;
    write.commit().await?;
    Ok(!held)
}

/// Lets deliveries go on. Returns false when no command held them.
pub async fn release_deliveries(services: &Services) -> Result<bool, ServiceError> {
    let write = services.store().begin().await?;
    let held = installation::remove(&write, DELIVERIES_HELD).await?;
    write.commit().await?;
    Ok(held)
}
