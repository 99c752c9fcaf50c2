//! Durable storage for the bytes of an unfinished upload.
//!
//! Both kinds of storage guarantee: what [`Sink::push`] or [`Sink::settle`] reports as safe is already stored durably. Anything a
//! crashed process stored beyond that is ignored by the next writer.

mod folder;
mod pieces;

use bytes::Bytes;
use uuid::Uuid;

use crate::digest::{Acceptability, Digest, FileDigest};
use crate::{FileStore, ReceiveError};

/// How much is stored durably, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DurableState {
    /// Number of bytes from the beginning.
    pub(crate) received: u64,
    /// The storage's notes for the next writer, as JSON text.
    pub(crate) pieces: String,
}

/// Notes of a storage that needs none.
pub(crate) const NO_PIECES: &str = "[]";

/// Parses the notes of a storage and returns the keys of its pieces. Returns `None` for text that is not such notes.
pub(crate) fn read_pieces(notes: &str) -> Option<Vec<String>> {
    Some(pieces::read(notes)?.into_iter().map(|piece| piece.key).collect())
}

/// An unfinished upload that is open for writing.
#[derive(Debug)]
pub(crate) enum Sink {
    Folder(folder::Appending),
    Pieces(pieces::Pieces),
}

impl Sink {
    /// Opens the upload at `key` for writing after the bytes in `safe`. Anything stored beyond them is dropped.
    ///
    /// `digest`, if there is one, covers exactly these bytes. Fails with [`ReceiveError::Lost`] when less is stored than `safe`
    /// says.
    pub(crate) async fn open(
        files: &FileStore,
        key: &str,
        writer: Uuid,
        safe: DurableState,
        digest: Option<Digest>,
    ) -> Result<Self, ReceiveError> {
        Ok(match &files.folder {
            Some(folder) => Self::Folder(folder::Appending::open(folder, key, safe.received, digest).await?),
            None => Self::Pieces(pieces::Pieces::open(files, key, writer, &safe, digest).await?),
        })
    }

    /// Adds the next bytes. Returns the new state if more is durable than before.
    ///
    /// After an error only [`Sink::settle`] and [`Sink::discard`] make sense.
    pub(crate) async fn push(&mut self, bytes: Bytes) -> Result<Option<DurableState>, ReceiveError> {
        match self {
            Self::Folder(sink) => sink.push(bytes).await,
            Self::Pieces(sink) => sink.push(bytes).await,
        }
    }

    /// Flushes if it is time to, and must be called regularly. Returns the new state if more is durable than before.
    pub(crate) async fn tick(&mut self) -> Result<Option<DurableState>, ReceiveError> {
        match self {
            Self::Folder(sink) => sink.tick().await,
            // A piece stored before it is full would have to be stored again.
            Self::Pieces(_) => Ok(None),
        }
    }

    /// Stores the bytes added so far, as many as the storage accepts. Returns what is durable and, if that is not all, the error.
    pub(crate) async fn settle(&mut self) -> (DurableState, Result<(), ReceiveError>) {
        match self {
            Self::Folder(sink) => sink.settle().await,
            Self::Pieces(sink) => sink.settle().await,
        }
    }

    /// Judges the file by the bytes added so far.
    pub(crate) fn outlook(&self) -> Acceptability {
        match self {
            Self::Folder(sink) => sink.outlook(),
            Self::Pieces(sink) => sink.outlook(),
        }
    }

    /// Stores the complete file at its key, once all bytes are added, and returns its size, hash and type.
    pub(crate) async fn finish(&mut self) -> Result<FileDigest, ReceiveError> {
        match self {
            Self::Folder(sink) => sink.finish().await,
            Self::Pieces(sink) => sink.finish().await,
        }
    }

    /// Deletes what was stored but never recorded. Best effort: the next writer ignores what remains.
    pub(crate) async fn discard(&mut self) {
        if let Self::Pieces(sink) = self {
            sink.discard().await;
        }
    }

    /// Deletes what is no longer needed, once the last durable state is recorded. Best effort.
    pub(crate) async fn recorded(&mut self) {
        if let Self::Pieces(sink) = self {
            sink.recorded().await;
        }
    }

    /// Returns the digest of all durable bytes, if there is one.
    pub(crate) fn into_digest(self) -> Option<Digest> {
        match self {
            Self::Folder(sink) => sink.into_digest(),
            Self::Pieces(sink) => sink.into_digest(),
        }
    }
}
