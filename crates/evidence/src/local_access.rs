//! Local access to complete files: opening a stored one on this machine, and storing one from memory.

use std::fs::File;
use std::io::{Seek, SeekFrom};

use futures::StreamExt;
use object_store::{ObjectStoreExt, PutPayload, path::Path as Key};
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;

use crate::{FileStore, ReceiveError, files::storage};

impl FileStore {
    /// Opens a stored file for reading on this machine.
    ///
    /// If files are in a folder, this is the file itself. Otherwise it is a nameless copy, which disappears when it is closed.
    pub async fn copy_here(&self, key: &str) -> Result<File, ReceiveError> {
        if let Some(folder) = &self.folder {
            let file = tokio::fs::File::open(folder.join(key)).await.map_err(unreadable)?;
            return Ok(file.into_std().await);
        }
        let file = tempfile::tempfile().map_err(unreadable)?;
        let mut file = tokio::fs::File::from_std(file);
        let mut bytes = self.read(key).await?;
        while let Some(piece) = bytes.next().await {
            file.write_all(&piece?).await.map_err(unreadable)?;
        }
        file.flush().await.map_err(unreadable)?;
        let mut file = file.into_std().await;
        file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        Ok(file)
    }

    /// Stores bytes at a key, durably. Returns their SHA-256 in lower-case hex.
    pub async fn store_whole(&self, key: &str, bytes: Vec<u8>) -> Result<String, ReceiveError> {
        let sha256 = hex::encode(Sha256::digest(&bytes));
        self.store.put(&Key::from(key), PutPayload::from(bytes)).await.map_err(storage)?;
        Ok(sha256)
    }
}

/// Converts an I/O error on this machine.
pub(crate) fn unreadable(e: std::io::Error) -> ReceiveError {
    ReceiveError::Storage(Box::new(e))
}
