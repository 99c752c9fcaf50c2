//! A file assembled from pieces in an S3-compatible store, which cannot append to objects.
//!
//! Each piece is an object written once, under a key that no other writer uses: a writer without the lease can do no harm. A last
//! piece below the minimum size is read back and begins the next one. Finally the pieces are read in order into the file, so that
//! its hash covers exactly the stored bytes. Multipart uploads do not fit: parts of an unfinished one can be neither read nor
//! listed.

use bytes::{Bytes, BytesMut};
use futures::TryStreamExt;
use object_store::{ObjectStoreExt, PutPayload, path::Path as Key};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::digest::{Acceptability, Digest, FileDigest};
use crate::files::{PIECES, put_full_parts, storage};
use crate::sink::DurableState;
use crate::{FileStore, ReceiveError};

/// One stored piece.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Piece {
    pub(crate) key: String,
    /// Length in bytes.
    pub(crate) bytes: u64,
}

/// Parses the notes of a storage. Returns `None` for text that is not such notes.
pub(crate) fn read(notes: &str) -> Option<Vec<Piece>> {
    serde_json::from_str(notes).ok()
}

/// A file in pieces.
#[derive(Debug)]
pub(crate) struct Pieces {
    files: FileStore,
    key: String,
    writer: Uuid,
    /// Pieces of full size, in order.
    full: Vec<Piece>,
    /// The stored piece whose bytes the buffer begins with, if there is one.
    tail: Option<Piece>,
    buffer: BytesMut,
    /// Digest of all bytes added.
    digest: Option<Digest>,
    /// Keys of pieces that are stored but not recorded.
    unrecorded: Vec<String>,
    /// Keys of pieces that are not needed once the next state is recorded.
    outdated: Vec<String>,
}

impl Pieces {
    pub(crate) async fn open(
        files: &FileStore,
        key: &str,
        writer: Uuid,
        safe: &DurableState,
        digest: Option<Digest>,
    ) -> Result<Self, ReceiveError> {
        let mut full = read(&safe.pieces).ok_or(ReceiveError::Lost)?;
        if full.iter().map(|piece| piece.bytes).sum::<u64>() != safe.received {
            return Err(ReceiveError::Lost);
        }
        let tail = full.pop_if(|last| last.bytes < files.part as u64);
        let mut buffer = BytesMut::new();
        if let Some(tail) = &tail {
            let found = files.store.get(&Key::from(tail.key.as_str())).await;
            let found = found.map_err(lost)?.bytes().await.map_err(lost)?;
            if found.len() as u64 != tail.bytes {
                return Err(ReceiveError::Lost);
            }
            buffer.extend_from_slice(&found);
        }
        Ok(Self {
            files: files.clone(),
            key: key.to_owned(),
            writer,
            full,
            tail,
            buffer,
            digest,
            unrecorded: Vec::new(),
            outdated: Vec::new(),
        })
    }

    pub(crate) async fn push(&mut self, bytes: Bytes) -> Result<Option<DurableState>, ReceiveError> {
        if let Some(digest) = &mut self.digest {
            digest.update(&bytes);
        }
        self.buffer.extend_from_slice(&bytes);
        if self.buffer.len() < self.files.part {
            return Ok(None);
        }
        let piece = self.store().await?;
        self.outdated.extend(self.tail.take().map(|tail| tail.key));
        self.full.push(piece);
        Ok(Some(self.safe()))
    }

    pub(crate) async fn settle(&mut self) -> (DurableState, Result<(), ReceiveError>) {
        let stored = self.tail.as_ref().map_or(0, |tail| tail.bytes);
        if self.buffer.is_empty() || self.buffer.len() as u64 == stored {
            return (self.safe(), Ok(()));
        }
        match self.store().await {
            Ok(piece) => {
                let before = self.tail.replace(piece);
                self.outdated.extend(before.map(|tail| tail.key));
                (self.safe(), Ok(()))
            }
            Err(e) => (self.safe(), Err(e)),
        }
    }

    pub(crate) fn outlook(&self) -> Acceptability {
        self.digest.as_ref().map(Digest::outlook).unwrap_or_default()
    }

    pub(crate) async fn finish(&mut self) -> Result<FileDigest, ReceiveError> {
        let whole = if self.full.is_empty() {
            self.put_whole().await?
        } else {
            self.put_together().await?
        };
        let pieces = self.full.drain(..).chain(self.tail.take());
        self.outdated.extend(pieces.map(|piece| piece.key));
        Ok(whole)
    }

    pub(crate) async fn discard(&mut self) {
        for key in std::mem::take(&mut self.unrecorded) {
            self.delete(&key).await;
        }
    }

    pub(crate) async fn recorded(&mut self) {
        self.unrecorded.clear();
        for key in std::mem::take(&mut self.outdated) {
            self.delete(&key).await;
        }
    }

    pub(crate) fn into_digest(self) -> Option<Digest> {
        self.digest
    }

    /// Stores the buffer as a piece and empties it.
    async fn store(&mut self) -> Result<Piece, ReceiveError> {
        let start: u64 = self.full.iter().map(|piece| piece.bytes).sum();
        let bytes = self.buffer.len() as u64;
        let key = format!("{}{PIECES}/{start:012}-{bytes}-{}", self.key, self.writer.simple());
        let payload = self.buffer.split().freeze();
        let put = self.files.store.put(&Key::from(key.as_str()), payload.clone().into()).await;
        if let Err(e) = put {
            self.buffer.extend_from_slice(&payload);
            return Err(storage(e));
        }
        self.unrecorded.push(key.clone());
        Ok(Piece { key, bytes })
    }

    /// Stores a file that is no larger than a piece in a single request.
    async fn put_whole(&mut self) -> Result<FileDigest, ReceiveError> {
        let digest = self.digest.take().unwrap_or_else(|| {
            let mut digest = Digest::default();
            digest.update(&self.buffer);
            digest
        });
        let whole = digest.finish()?;
        let payload = PutPayload::from(std::mem::take(&mut self.buffer).freeze());
        let key = Key::from(self.key.as_str());
        self.files.store.put(&key, payload).await.map_err(storage)?;
        Ok(whole)
    }

    /// Copies the pieces, in order, into the complete file.
    async fn put_together(&mut self) -> Result<FileDigest, ReceiveError> {
        let key = Key::from(self.key.as_str());
        let mut upload = self.files.store.put_multipart(&key).await.map_err(storage)?;
        let put = async {
            let (mut digest, mut part) = (Digest::default(), BytesMut::new());
            for piece in &self.full {
                let found = self.files.store.get(&Key::from(piece.key.as_str())).await.map_err(lost)?;
                let mut stream = found.into_stream();
                let before = digest.seen();
                while let Some(bytes) = stream.try_next().await.map_err(storage)? {
                    digest.update(&bytes);
                    part.extend_from_slice(&bytes);
                    put_full_parts(&mut part, self.files.part, &mut *upload).await?;
                }
                if digest.seen() - before != piece.bytes {
                    return Err(ReceiveError::Lost);
                }
            }
            digest.update(&self.buffer);
            part.extend_from_slice(&self.buffer);
            put_full_parts(&mut part, self.files.part, &mut *upload).await?;
            let whole = digest.finish()?;
            if !part.is_empty() {
                upload.put_part(part.freeze().into()).await.map_err(storage)?;
            }
            upload.complete().await.map_err(storage)?;
            Ok(whole)
        };
        let put = put.await;
        if put.is_err() {
            // The first error is the one to report.
            let _ = upload.abort().await;
        }
        put
    }

    async fn delete(&self, key: &str) {
        if let Err(error) = self.files.delete(key).await {
            tracing::warn!(%error, "an obsolete piece of an upload could not be removed");
        }
    }

    fn safe(&self) -> DurableState {
        let pieces: Vec<_> = self.full.iter().chain(&self.tail).collect();
        DurableState {
            received: pieces.iter().map(|piece| piece.bytes).sum(),
            pieces: serde_json::to_string(&pieces).unwrap_or_default(),
        }
    }
}

/// A recorded piece that does not exist is lost for good. After any other error a retry may work.
fn lost(e: object_store::Error) -> ReceiveError {
    match e {
        object_store::Error::NotFound { .. } => ReceiveError::Lost,
        e => storage(e),
    }
}
