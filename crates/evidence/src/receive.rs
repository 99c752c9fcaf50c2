//! Receiving a file in a single request.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt};
use object_store::{MultipartUpload, ObjectStoreExt, PutPayload, path::Path as Key};

use crate::digest::{Digest, FileDigest};
use crate::disk_budget::{GrowingFile, Priority};
use crate::files::{put_full_parts, storage};
use crate::inspect::Facts;
use crate::register::{Arrival, CaseRecorder};
use crate::{DiskBudget, FileStore, Limits, ReceiveError, Sandbox};
use record::{
    clock::Clock,
    entropy::Entropy,
    store::Store,
    uploads::{self, Model as Upload, Owner, State, unsent::Source},
};

/// The metadata of a file, known before its bytes arrive.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// The name as the sender gave it, not yet cleaned.
    pub filename: String,
    /// `evidence`, `landlord_letter` or `authority`.
    pub purpose: String,
    pub owner: Owner,
    /// The size in bytes that the sender announced, if any. A file of another size is refused.
    pub declared_len: Option<u64>,
    /// The network the file comes from, for a file of an unsent complaint.
    pub source: Option<Source>,
}

/// Receives files. Cheap to clone.
#[derive(Clone)]
pub struct Receiver {
    pub store: Store,
    pub files: FileStore,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub limits: Limits,
    pub confined: Sandbox,
    pub room: DiskBudget,
}

impl std::fmt::Debug for Receiver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Receiver")
            .field("files", &self.files)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl Receiver {
    /// Receives one file: inserts a `receiving` row, stores the bytes, then records hash, size and type in one transaction.
    ///
    /// On success the file is on disk and recorded as `scanning`. Memory use is about two parts, however large the file is. On
    /// error, row and bytes are removed before this returns. If the process dies in between, the row stays `receiving`, which is
    /// never shown as a file.
    ///
    /// A file that a person adds to their case needs `register`. It records on the case, in the same transaction, that the file
    /// arrived and who sent it. If the same form already sent this file, the earlier upload is returned.
    pub async fn receive<E>(
        &self,
        stream: impl Stream<Item = Result<Bytes, E>> + Send,
        new: NewFile,
        register: Option<&dyn CaseRecorder>,
    ) -> Result<Upload, ReceiveError>
    where
        E: std::error::Error + Send + Sync,
    {
        let rank = Priority::of(new.owner);
        let (write, mut upload, left) = self.admit(&new).await?;
        write.commit().await?;
        // A row with an announced length already counts with that length.
        let growing = left
            .filter(|_| new.declared_len.is_none())
            .map(|left| self.room.start_growing(new.source.clone(), left));
        let taken = self.take(stream, &upload.storage_key, new.declared_len, (rank, growing)).await;
        let examined = match taken {
            Ok((whole, _growing)) => self.examine(&upload, &whole).await.map(|facts| (whole, facts)),
            Err(e) => Err(e),
        };
        let finished = match examined {
            Ok((whole, facts)) => {
                self.complete(&mut upload, whole, facts);
                self.finish(&upload, new.owner, register).await
            }
            Err(e) => Err(e),
        };
        match finished {
            Ok(Arrival::Added) => Ok(upload),
            Ok(Arrival::Duplicate(earlier)) => {
                self.undo(&upload).await;
                Ok(*earlier)
            }
            Err(e) => {
                self.undo(&upload).await;
                Err(e.with_filename(&new.filename))
            }
        }
    }

    /// Sets in `upload` what only the complete file shows.
    pub(crate) fn complete(&self, upload: &mut Upload, whole: FileDigest, facts: Facts) {
        facts.put_in(upload);
        upload.bytes = i64::try_from(whole.bytes).unwrap_or(i64::MAX);
        upload.sha256 = Some(whole.sha256);
        upload.state = State::Scanning;
        upload.received_at = self.clock.now().into();
    }

    /// Removes a file and returns whether it existed.
    ///
    /// The row is removed first: bytes without a row are merely orphans, but a row without bytes promises a file that is gone.
    pub async fn remove(&self, upload: &Upload) -> Result<bool, ReceiveError> {
        let write = self.store.begin().await?;
        let was_there = uploads::remove(&write, upload.id).await?;
        write.commit().await?;
        for key in upload.storage_keys() {
            self.files.remove(key).await?;
        }
        Ok(was_there)
    }

    async fn take<E>(
        &self,
        stream: impl Stream<Item = Result<Bytes, E>> + Send,
        key: &str,
        declared: Option<u64>,
        (rank, mut growing): (Priority, Option<GrowingFile>),
    ) -> Result<(FileDigest, Option<GrowingFile>), ReceiveError>
    where
        E: std::error::Error + Send + Sync,
    {
        let mut upload = self.files.store.put_multipart(&Key::from(key)).await.map_err(storage)?;
        let result = self.stream_to(stream, &mut *upload, declared, (rank, growing.as_mut())).await;
        let done = match result {
            Ok(whole) => upload.complete().await.map(|_| (whole, growing)).map_err(storage),
            Err(e) => Err(e),
        };
        if done.is_err() {
            // Parts of a refused file must not stay. The first error is the one to report.
            let _ = upload.abort().await;
        }
        done
    }

    async fn stream_to<E>(
        &self,
        stream: impl Stream<Item = Result<Bytes, E>> + Send,
        upload: &mut dyn MultipartUpload,
        declared: Option<u64>,
        (rank, mut growing): (Priority, Option<&mut GrowingFile>),
    ) -> Result<FileDigest, ReceiveError>
    where
        E: std::error::Error + Send + Sync,
    {
        let Limits { total_bytes, .. } = self.limits;
        let mut stream = std::pin::pin!(stream);
        let mut digest = Digest::default();
        let mut part = BytesMut::new();
        while let Some(piece) = stream.next().await {
            let piece = piece.map_err(|_| ReceiveError::Interrupted)?;
            digest.update(&piece);
            if let Some(growing) = &mut growing {
                growing.add(piece.len() as u64)?;
            }
            let announced = declared.unwrap_or_default().max(digest.seen());
            if let Some(refusal) = digest.outlook().refusal(&self.limits, announced) {
                return Err(refusal);
            }
            if digest.seen() > total_bytes {
                return Err(ReceiveError::CaseFull { limit: total_bytes });
            }
            if declared.is_some_and(|n| digest.seen() > n) {
                return Err(ReceiveError::Interrupted);
            }
            part.extend_from_slice(&piece);
            if part.len() >= self.files.part {
                self.room.reserve(rank, part.len()).await?;
                put_full_parts(&mut part, self.files.part, upload).await?;
            }
        }
        if declared.is_some_and(|n| n != digest.seen()) {
            return Err(ReceiveError::Interrupted);
        }
        let whole = digest.finish()?;
        if !part.is_empty() {
            self.room.reserve(rank, part.len()).await?;
            upload.put_part(PutPayload::from(part.freeze())).await.map_err(storage)?;
        }
        Ok(whole)
    }

    /// Records the finished file.
    ///
    /// The total size is checked again here, where writes queue: the file's size may be known only now, and others may have
    /// arrived in parallel.
    async fn finish(&self, upload: &Upload, owner: Owner, register: Option<&dyn CaseRecorder>) -> Result<Arrival, ReceiveError> {
        let write = self.store.begin().await?;
        if let Owner::Draft(id) = owner {
            // A draft that was sent or deleted during the upload accepts no more files.
            match record::drafts::lock(&write, id).await? {
                Some(draft) if draft.case_id.is_none() => {}
                _ => return Err(ReceiveError::Interrupted),
            }
        }
        let (_, others) = uploads::totals(&write.tx(), owner, Some(upload.id)).await?;
        if others + upload.bytes.unsigned_abs() > self.limits.total_bytes {
            return Err(ReceiveError::CaseFull {
                limit: self.limits.total_bytes,
            });
        }
        if let Owner::Draft(_) = owner {
            let source = upload.source();
            self.room
                .check_unsent(&write, source.as_ref(), Some(upload.id), upload.bytes.unsigned_abs())
                .await?;
        }
        if !uploads::complete(&write, upload).await? {
            return Err(ReceiveError::Interrupted);
        }
        match (owner, register) {
            (Owner::Case(case), Some(register)) => register.record_arrival(write, case, upload).await,
            // Without an event the file would be missing from the case's hash chain.
            (Owner::Case(_), None) => Err(ReceiveError::NotAllowed),
            (Owner::Draft(_), _) => {
                write.commit().await?;
                Ok(Arrival::Added)
            }
        }
    }

    /// Removes a refused file. A failure is only logged: the check of the storage reports the remains as orphans.
    async fn undo(&self, upload: &Upload) {
        if let Err(e) = self.remove(upload).await {
            tracing::warn!(upload = %upload.id, error = %e, "a refused file could not be removed");
        }
    }
}
