//! Where the bytes of refused files go: out of the way of everything that reads files, and kept, since they may matter.

use object_store::{Error, ObjectStoreExt, path::Path as Key};

use super::{Files, ReceiveError, files::storage};

/// What the keys of refused files begin with.
pub const QUARANTINE: &str = "quarantine/";

impl Files {
    /// Moves what is at a key into quarantine, and tells its new key. Moving it a second time is fine: whoever moved it may have
    /// died before it could say so.
    ///
    /// # Errors
    /// [`ReceiveError::Storage`] when it is in neither place, or cannot be moved now.
    pub async fn quarantine(&self, key: &str) -> Result<String, ReceiveError> {
        if is_quarantined(key) {
            return Ok(key.to_owned());
        }
        let moved = format!("{QUARANTINE}{key}");
        let to = Key::from(moved.as_str());
        match self.store.rename(&Key::from(key), &to).await {
            Err(missing @ Error::NotFound { .. }) => {
                self.store.head(&to).await.map_err(|_| storage(missing))?;
            }
            renamed => renamed.map_err(storage)?,
        }
        Ok(moved)
    }
}

/// Whether a key is one of quarantine.
#[must_use]
pub fn is_quarantined(key: &str) -> bool {
    key.starts_with(QUARANTINE)
}
