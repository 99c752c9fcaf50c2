//! Where the bytes are kept.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use object_store::{ObjectStore, ObjectStoreExt, local::LocalFileSystem, path::Path as Key};

use super::ReceiveError;
use crate::record::store::private_folder;

/// A place for files. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Files {
    pub(super) store: Arc<dyn ObjectStore>,
    /// How much is gathered before it is handed to the store, in bytes.
    pub(super) part: usize,
}

impl Files {
    /// A folder on this machine; made when it is not there. Files and their folder are flushed to disk before a write
    /// is reported done.
    ///
    /// # Errors
    /// [`ReceiveError::Storage`] when the folder cannot be made or opened.
    pub fn local(folder: &Path) -> Result<Self, ReceiveError> {
        private_folder(folder).map_err(|e| ReceiveError::Storage(Box::new(e)))?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(storage)?.with_fsync(true);
        Ok(Self {
            store: Arc::new(store),
            part: 1024 * 1024,
        })
    }

    /// Any other store. S3 and its like take parts of 5 MiB and more.
    #[must_use]
    pub fn remote(store: Arc<dyn ObjectStore>) -> Self {
        Self {
            store,
            part: 5 * 1024 * 1024,
        }
    }

    /// The content at a key, piece by piece.
    ///
    /// # Errors
    /// [`ReceiveError::Storage`] when it is not there or cannot be read.
    pub async fn read(&self, key: &str) -> Result<BoxStream<'static, Result<Bytes, ReceiveError>>, ReceiveError> {
        let found = self.store.get(&Key::from(key)).await.map_err(storage)?;
        Ok(found.into_stream().map_err(storage).boxed())
    }

    /// Removes what is at a key. Nothing there is fine: it is what was wanted.
    ///
    /// # Errors
    /// [`ReceiveError::Storage`] when it cannot be removed.
    pub async fn remove(&self, key: &str) -> Result<(), ReceiveError> {
        match self.store.delete(&Key::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(e) => Err(storage(e)),
        }
    }

    /// Asks the storage for a sign of life.
    ///
    /// # Errors
    /// [`ReceiveError::Storage`] when it cannot be listed.
    pub async fn ping(&self) -> Result<(), ReceiveError> {
        self.store.list(None).next().await.transpose().map_err(storage)?;
        Ok(())
    }
}

pub(super) fn storage(e: object_store::Error) -> ReceiveError {
    ReceiveError::Storage(Box::new(e))
}
