//! File storage: a local folder or an S3-compatible object store.
//!
//! A complete file is stored at its key. Bytes of an unfinished one are stored beside it: in a folder as `<key>.part`, elsewhere
//! as pieces below `<key>.pieces/`. Refused files are moved to quarantine: out of reach of everything that reads files, and kept, since
//! they may matter.

mod remote;

use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use object_store::{Error, MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload, local::LocalFileSystem, path::Path as Key};
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use crate::ReceiveError;
use record::store::private_folder;

pub use remote::StorageAddressError;

/// Suffix of an unfinished file in a folder.
pub(crate) const PART: &str = ".part";

/// Suffix of the prefix for pieces in an object store. Pieces cannot be put below the key itself: some stores keep objects in
/// folders, where a name is either a file or a folder.
pub(crate) const PIECES: &str = ".pieces";

/// Minimum part size of an S3-compatible multipart upload, in bytes. The last part may be smaller.
const REMOTE_PART: usize = 5 * 1024 * 1024;

/// Key prefix of refused files.
pub const QUARANTINE: &str = "quarantine/";

/// A file store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct FileStore {
    pub(crate) store: Arc<dyn ObjectStore>,
    /// How many bytes are buffered before they are passed to the store.
    pub(crate) part: usize,
    /// The local folder, if the store is one. Files grow in place there.
    pub(crate) folder: Option<Arc<Path>>,
}

impl FileStore {
    /// Opens a folder on this machine, creating it if needed. A write returns only after file and folder are flushed to disk.
    pub fn local(folder: &Path) -> Result<Self, ReceiveError> {
        private_folder(folder).map_err(io)?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(storage)?.with_fsync(true);
        Ok(Self {
            store: Arc::new(store),
            part: 1024 * 1024,
            folder: Some(folder.into()),
        })
    }

    /// Uses any other store. S3-compatible ones take parts of 5 MiB and more.
    pub fn remote(store: Arc<dyn ObjectStore>) -> Self {
        Self {
            store,
            part: REMOTE_PART,
            folder: None,
        }
    }

    /// Opens the store at `s3://bucket` or `s3://bucket/prefix`, without contacting it.
    ///
    /// Endpoint and credentials come from the environment: `AWS_ENDPOINT_URL`, `AWS_REGION`, `AWS_ACCESS_KEY_ID`,
    /// `AWS_SECRET_ACCESS_KEY`, `AWS_ALLOW_HTTP`, or from the cloud provider's instance credentials.
    pub fn at(url: &str) -> Result<Self, StorageAddressError> {
        remote::open(url).map(Self::remote)
    }

    /// Streams the content at a key.
    pub async fn read(&self, key: &str) -> Result<BoxStream<'static, Result<Bytes, ReceiveError>>, ReceiveError> {
        let found = self.store.get(&Key::from(key)).await.map_err(storage)?;
        Ok(found.into_stream().map_err(storage).boxed())
    }

    /// Deletes the file at a key, and the stored bytes of an unfinished one. A missing file is no error.
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

    /// Deletes only the object at exactly this key. A missing object is no error.
    pub(crate) async fn delete(&self, key: &str) -> Result<(), ReceiveError> {
        match self.store.delete(&Key::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(e) => Err(storage(e)),
        }
    }

    /// Writes and deletes a small object, to detect a store that answers reads only. `id` must be new.
    pub async fn probe(&self, id: Uuid) -> Result<(), ReceiveError> {
        // If a crash leaves the object behind, `check` reports it as an orphan: its key looks like that of a file.
        let key = id.to_string();
        self.store
            .put(&Key::from(key.as_str()), PutPayload::from_static(b"probe"))
            .await
            .map_err(storage)?;
        self.delete(&key).await
    }

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

/// Uploads parts of exactly `size` bytes while `gathered` holds enough for one.
///
/// Some S3-compatible stores, Cloudflare R2 among them, require that all parts but the last have the same length.
pub(crate) async fn put_full_parts(gathered: &mut BytesMut, size: usize, upload: &mut dyn MultipartUpload) -> Result<(), ReceiveError> {
    while gathered.len() >= size {
        let part = PutPayload::from(gathered.split_to(size).freeze());
        upload.put_part(part).await.map_err(storage)?;
    }
    Ok(())
}

/// Path of an unfinished file in a folder.
pub(crate) fn part_of(folder: &Path, key: &str) -> PathBuf {
    folder.join(format!("{key}{PART}"))
}

fn gone(removed: std::io::Result<()>) -> Result<(), ReceiveError> {
    match removed {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(io(e)),
        _ => Ok(()),
    }
}

pub(crate) fn storage(e: object_store::Error) -> ReceiveError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&e);
    while let Some(e) = cause {
        if e.downcast_ref::<std::io::Error>().is_some_and(is_full) {
            return ReceiveError::NoSpace;
        }
        cause = e.source();
    }
    ReceiveError::Storage(Box::new(e))
}

pub(crate) fn io(e: std::io::Error) -> ReceiveError {
    if is_full(&e) {
        ReceiveError::NoSpace
    } else {
        ReceiveError::Storage(Box::new(e))
    }
}

/// Whether the disk is full, a quota is used up, or the system lets the file grow no further.
fn is_full(e: &std::io::Error) -> bool {
    use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(e.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

/// Converts an I/O error on this machine.
pub(crate) fn unreadable(e: std::io::Error) -> ReceiveError {
    ReceiveError::Storage(Box::new(e))
}
