//! Comparing the storage with the record.

use crate::{ServiceError, Services};
use evidence::check::{self, Findings};

/// Compares every file on the record with the storage, in both directions.
///
/// With `remove`, orphans are deleted: bytes that are older than an hour and belong to no file on the record. Nothing else is
/// ever deleted.
pub async fn compare(services: &Services, remove: bool) -> Result<Findings, ServiceError> {
    let found = check::check(services.store(), services.files(), services.now()).await?;
    if remove {
        check::remove_litter(services.files(), &found).await?;
    }
    Ok(found)
}
