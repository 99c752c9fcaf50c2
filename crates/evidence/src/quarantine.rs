//! Quarantine for refused files: out of reach of everything that reads files, and kept, since they may matter.

use object_store::{Error, ObjectStoreExt, path::Path as Key};

use crate::{FileStore, ReceiveError, files::storage};

/// Key prefix of refused files.
pub const QUARANTINE: &str = "quarantine/";

impl FileStore {
    /// Moves a file into quarantine and returns its new key.
    ///
    /// Repeating the call is safe: an earlier attempt may have moved the file and crashed before the new key was recorded.
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

pub fn is_quarantined(key: &str) -> bool {
    key.starts_with(QUARANTINE)
}
