//! Where the bytes of an unfinished upload go, so that they survive.
//!
//! Both kinds of storage keep to this: what [`Sink::push`] or [`Sink::settle`] called safe is stored for good before they say so,
//! and whatever was stored beyond that when a process died is left out by the next writer.

mod folder;
mod pieces;

use bytes::Bytes;
use uuid::Uuid;

use super::digest::{Digest, Outlook, Whole};
use super::{Files, ReceiveError};

/// How much is safely stored, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Safe {
    /// Bytes from the beginning.
    pub(super) received: u64,
    /// The storage's notes for whoever goes on, as JSON text.
    pub(super) pieces: String,
}

/// Notes of a storage that needs none.
pub(super) const NO_PIECES: &str = "[]";

/// The keys of the pieces that a storage noted; `None` for text that is no note.
pub(super) fn read_pieces(notes: &str) -> Option<Vec<String>> {
    Some(pieces::read(notes)?.into_iter().map(|piece| piece.key).collect())
}

/// An unfinished upload, open for writing.
#[derive(Debug)]
pub(super) enum Sink {
    Folder(folder::Appending),
    Pieces(pieces::Pieces),
}

impl Sink {
    /// Opens the upload at `key` where `safe` says it ends; what is stored beyond is forgotten. `digest` is of exactly these bytes,
    /// if anybody has it.
    ///
    /// # Errors
    /// [`ReceiveError::Lost`] when less is stored than `safe` says; [`ReceiveError::Storage`].
    pub(super) async fn open(files: &Files, key: &str, writer: Uuid, safe: Safe, digest: Option<Digest>) -> Result<Self, ReceiveError> {
        Ok(match &files.folder {
            Some(folder) => Self::Folder(folder::Appending::open(folder, key, safe.received, digest).await?),
            None => Self::Pieces(pieces::Pieces::open(files, key, writer, &safe, digest).await?),
        })
    }

    /// Takes the next bytes; tells when more is safe than before.
    ///
    /// # Errors
    /// [`ReceiveError::NoRoom`], [`ReceiveError::Storage`]. Then only [`Sink::settle`] and [`Sink::discard`] make sense.
    pub(super) async fn push(&mut self, bytes: Bytes) -> Result<Option<Safe>, ReceiveError> {
        match self {
            Self::Folder(sink) => sink.push(bytes).await,
            Self::Pieces(sink) => sink.push(bytes).await,
        }
    }

    /// Now and then, whether bytes come or not: tells when more is safe than before.
    ///
    /// # Errors
    /// As for [`Sink::push`].
    pub(super) async fn tick(&mut self) -> Result<Option<Safe>, ReceiveError> {
        match self {
            Self::Folder(sink) => sink.tick().await,
            // Each piece that is not full costs its bytes again.
            Self::Pieces(_) => Ok(None),
        }
    }

    /// Makes safe what was taken, or as much of it as the storage takes: how much, and why it is not all.
    pub(super) async fn settle(&mut self) -> (Safe, Result<(), ReceiveError>) {
        match self {
            Self::Folder(sink) => sink.settle().await,
            Self::Pieces(sink) => sink.settle().await,
        }
    }

    /// What can be said of the file by what came so far.
    pub(super) fn outlook(&self) -> Outlook {
        match self {
            Self::Folder(sink) => sink.outlook(),
            Self::Pieces(sink) => sink.outlook(),
        }
    }

    /// Everything was taken: puts the whole file at its key, and tells what it is.
    ///
    /// # Errors
    /// [`ReceiveError::UnsupportedType`], [`ReceiveError::NoRoom`], [`ReceiveError::Storage`].
    pub(super) async fn finish(&mut self) -> Result<Whole, ReceiveError> {
        match self {
            Self::Folder(sink) => sink.finish().await,
            Self::Pieces(sink) => sink.finish().await,
        }
    }

    /// Lets go what was stored and never recorded. Best effort: what stays is left out by the next writer.
    pub(super) async fn discard(&mut self) {
        if let Self::Pieces(sink) = self {
            sink.discard().await;
        }
    }

    /// The last safe state is on the record: lets go what it needs no longer. Best effort.
    pub(super) async fn recorded(&mut self) {
        if let Self::Pieces(sink) = self {
            sink.recorded().await;
        }
    }

    /// The digest of all that is safe, if there is one.
    pub(super) fn into_digest(self) -> Option<Digest> {
        match self {
            Self::Folder(sink) => sink.into_digest(),
            Self::Pieces(sink) => sink.into_digest(),
        }
    }
}
