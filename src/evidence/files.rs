//! Where the bytes are kept: a folder of this machine, or an S3-like storage.
//!
//! A whole file is at its key. What there is of an unfinished one is beside it: in a folder as `<key>.part`, elsewhere as
//! pieces below `<key>.pieces/`.

mod remote;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload, local::LocalFileSystem, path::Path as Key};
use uuid::Uuid;

use super::ReceiveError;
use crate::record::store::private_folder;

pub use remote::NotAStorage;

/// The ending of an unfinished file in a folder.
pub(super) const PART: &str = ".part";

/// The folder of pieces elsewhere. Not the key itself: some storages keep files in folders, where a name is one or the other.
pub(super) const PIECES: &str = ".pieces";

/// The least an S3-like storage takes as a part, in bytes; the last may be less.
const REMOTE_PART: usize = 5 * 1024 * 1024;

/// A place for files. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Files {
    pub(super) store: Arc<dyn ObjectStore>,
    /// How much is gathered before it is handed to the store, in bytes.
    pub(super) part: usize,
    /// The folder, when it is one: files grow in place there.
    pub(super) folder: Option<Arc<Path>>,
}

impl Files {
    /// A folder on this machine; made when it is not there. Files and their folder are flushed to disk before a write
    /// is reported done.
    ///
    /// # Errors
    /// [`ReceiveError::Storage`] when the folder cannot be made or opened.
    pub fn local(folder: &Path) -> Result<Self, ReceiveError> {
        private_folder(folder).map_err(io)?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(storage)?.with_fsync(true);
        Ok(Self {
            store: Arc::new(store),
            part: 1024 * 1024,
            folder: Some(folder.into()),
        })
    }

    /// Any other store. S3 and its like take parts of 5 MiB and more.
    #[must_use]
    pub fn remote(store: Arc<dyn ObjectStore>) -> Self {
        Self {
            store,
            part: REMOTE_PART,
            folder: None,
        }
    }

    /// The storage at an address: `s3://bucket` or `s3://bucket/prefix`. Where it is and who we are comes from the
    /// environment: `AWS_ENDPOINT_URL`, `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_ALLOW_HTTP`, or what a cloud gives
    /// its machines.
    ///
    /// # Errors
    /// [`NotAStorage`] when the address or the environment do not do. Whether it answers is not tried.
    pub fn at(url: &str) -> Result<Self, NotAStorage> {
        remote::open(url).map(Self::remote)
    }

    /// The content at a key, piece by piece.
    ///
    /// # Errors
    /// [`ReceiveError::Storage`] when it is not there or cannot be read.
    pub async fn read(&self, key: &str) -> Result<BoxStream<'static, Result<Bytes, ReceiveError>>, ReceiveError> {
        let found = self.store.get(&Key::from(key)).await.map_err(storage)?;
        Ok(found.into_stream().map_err(storage).boxed())
    }

    /// Removes the file at a key, and what there is of it when it is unfinished. Nothing there is fine: it is what was
    /// wanted.
    ///
    /// # Errors
    /// [`ReceiveError::Storage`] when it cannot be removed.
    pub async fn remove(&self, key: &str) -> Result<(), ReceiveError> {
        self.delete(key).await?;
        if let Some(folder) = &self.folder {
            return gone(tokio::fs::remove_file(part_of(folder, key)).await);
        }
        let pieces = self.store.list(Some(&Key::from(format!("{key}{PIECES}"))));
        let pieces: Vec<_> = pieces.map_ok(|piece| piece.location).try_collect().await.map_err(storage)?;
        for piece in pieces {
            self.delete(piece.as_ref()).await?;
        }
        Ok(())
    }

    /// Removes what is at exactly this key.
    pub(super) async fn delete(&self, key: &str) -> Result<(), ReceiveError> {
        match self.store.delete(&Key::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(e) => Err(storage(e)),
        }
    }

    /// Writes a small file and removes it again, so that a storage that only answers reads is found out. `id` is a new one.
    ///
    /// # Errors
    /// [`ReceiveError::Storage`] or [`ReceiveError::NoRoom`] when it cannot be written.
    pub async fn probe(&self, id: Uuid) -> Result<(), ReceiveError> {
        // Left behind by a crash, it is litter that `check` finds: its name begins like those of files.
        let key = id.to_string();
        self.store
            .put(&Key::from(key.as_str()), PutPayload::from_static(b"probe"))
            .await
            .map_err(storage)?;
        self.delete(&key).await
    }
}

/// Hands on as many parts of `size` bytes as are here. Some storages that speak S3, Cloudflare R2 among them, take a file only when
/// all its parts but the last are equally long.
pub(super) async fn put_full_parts(gathered: &mut BytesMut, size: usize, upload: &mut dyn MultipartUpload) -> Result<(), ReceiveError> {
    while gathered.len() >= size {
        let part = PutPayload::from(gathered.split_to(size).freeze());
        upload.put_part(part).await.map_err(storage)?;
    }
    Ok(())
}

/// Where an unfinished file is in a folder.
pub(super) fn part_of(folder: &Path, key: &str) -> PathBuf {
    folder.join(format!("{key}{PART}"))
}

fn gone(removed: std::io::Result<()>) -> Result<(), ReceiveError> {
    match removed {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(io(e)),
        _ => Ok(()),
    }
}

pub(super) fn storage(e: object_store::Error) -> ReceiveError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&e);
    while let Some(e) = cause {
        if e.downcast_ref::<std::io::Error>().is_some_and(is_full) {
            return ReceiveError::NoRoom;
        }
        cause = e.source();
    }
    ReceiveError::Storage(Box::new(e))
}

pub(super) fn io(e: std::io::Error) -> ReceiveError {
    if is_full(&e) {
        ReceiveError::NoRoom
    } else {
        ReceiveError::Storage(Box::new(e))
    }
}

/// A disk without room, a quota that is used up, or a file the system lets grow no further.
fn is_full(e: &std::io::Error) -> bool {
    use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(e.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}
