//! Taking a file in.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt};
use object_store::{MultipartUpload, ObjectStoreExt, PutPayload, path::Path as Key};
use sha2::{Digest, Sha256};

use super::{Confined, Files, Limits, examine::examine, filename::display_name, files::storage, sniff::Sniffer, types};
use crate::record::{
    RecordError,
    clock::Clock,
    entropy::{Entropy, uuid_v7},
    events::hex,
    store::Store,
    uploads::{self, Model as Upload, Owner, State},
};

/// Why a file was not taken. Nothing of it is kept in any of these cases.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// It has no bytes.
    #[error("the file is empty")]
    Empty,
    /// It is larger than `limit` bytes.
    #[error("the file is larger than {limit} bytes")]
    TooLarge { limit: u64 },
    /// Its content is none of [`super::types::ACCEPTED`].
    #[error("files of this type are not accepted")]
    UnsupportedType,
    /// The same, but its name says that it is one of them.
    #[error("the content is not what the name says")]
    Mislabelled,
    /// It opens with a password only.
    #[error("the file is password protected")]
    Protected,
    /// It brings macros: programs that run in a letter or sheet.
    #[error("the file has macros in it")]
    Macros,
    /// It cannot be opened: cut off, or broken.
    #[error("the file is damaged")]
    Damaged,
    /// The owner has `limit` files already.
    #[error("there are {limit} files already")]
    TooManyFiles { limit: u64 },
    /// With it, the owner's files would be more than `limit` bytes together.
    #[error("the files together would be larger than {limit} bytes")]
    CaseFull { limit: u64 },
    /// The sender stopped, or sent another length than announced.
    #[error("the file did not arrive whole")]
    Interrupted,
    /// It cannot be stored now: disk full, storage not reachable.
    #[error("storage: {0}")]
    Storage(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It cannot be put on the record now.
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl ReceiveError {
    /// The same, given the name the file came with.
    #[must_use]
    pub fn named(self, filename: &str) -> Self {
        match self {
            Self::UnsupportedType if types::promised(filename).is_some() => Self::Mislabelled,
            other => other,
        }
    }
}

/// What is known about a file before its bytes.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// The name it came with, as it came.
    pub filename: String,
    /// `evidence`, `landlord_letter` or `authority`.
    pub purpose: String,
    pub owner: Owner,
    /// Its size in bytes, when the sender said so; then it must be that.
    pub declared_len: Option<u64>,
}

/// Takes files in. Cheap to clone.
#[derive(Clone)]
pub struct Receiver {
    pub store: Store,
    pub files: Files,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub limits: Limits,
    pub confined: Confined,
}

impl std::fmt::Debug for Receiver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Receiver")
            .field("files", &self.files)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// What the bytes turned out to be.
struct Received {
    /// As [`Sniffer::media_type`] says it.
    seen: &'static str,
    bytes: u64,
    sha256: String,
}

impl Receiver {
    /// Takes in one file: a row `receiving`, the bytes to storage, then hash, size and type in one step. When this
    /// returns the file is on disk and on the record, as `scanning`. Memory in use is about two parts, however large
    /// the file is.
    ///
    /// # Errors
    /// [`ReceiveError`]; the row and the bytes are removed before it is returned. When the process dies in between,
    /// the row stays `receiving`, which is never shown as a file.
    pub async fn receive<E>(&self, stream: impl Stream<Item = Result<Bytes, E>> + Send, new: NewFile) -> Result<Upload, ReceiveError>
    where
        E: std::error::Error + Send + Sync,
    {
        let allowed = self.allowance(new.owner, new.declared_len).await?;
        let mut upload = self.add_row(&new).await?;
        let taken = self.take(stream, &upload.storage_key, allowed, new.declared_len).await;
        let examined = match taken {
            Ok(received) => examine(&self.files, &upload.storage_key, received.seen, &self.confined)
                .await
                .map(|facts| (received, facts)),
            Err(e) => Err(e),
        };
        let finished = match examined {
            Ok((received, facts)) => {
                upload.media_type = facts.media_type.to_owned();
                upload.taken_at = facts.taken_at;
                upload.has_place = facts.has_place;
                upload.bytes = i64::try_from(received.bytes).unwrap_or(i64::MAX);
                upload.sha256 = Some(received.sha256);
                upload.state = State::Scanning;
                upload.received_at = self.clock.now().into();
                self.finish(&upload, new.owner).await
            }
            Err(e) => Err(e),
        };
        if finished.is_err() {
            self.undo(&upload).await;
        }
        finished.map(|()| upload).map_err(|e| e.named(&new.filename))
    }

    /// Removes a file, row first: bytes without a row are merely litter, a row without bytes is a broken promise.
    /// Whether it was there.
    ///
    /// # Errors
    /// [`ReceiveError::Record`] or [`ReceiveError::Storage`].
    pub async fn remove(&self, upload: &Upload) -> Result<bool, ReceiveError> {
        let write = self.store.begin().await?;
        let was_there = uploads::remove(&write, upload.id).await?;
        write.commit().await?;
        for key in upload.storage_keys() {
            self.files.remove(key).await?;
        }
        Ok(was_there)
    }

    /// How many bytes this file may have.
    async fn allowance(&self, owner: Owner, declared: Option<u64>) -> Result<u64, ReceiveError> {
        let Limits { files, total_bytes, .. } = self.limits;
        // Sounds and films may be larger, and what it is nobody knows yet.
        let largest = self.limits.largest();
        let (count, total) = uploads::totals(&self.store.read, owner).await?;
        if count >= files {
            return Err(ReceiveError::TooManyFiles { limit: files });
        }
        match declared {
            Some(0) => return Err(ReceiveError::Empty),
            Some(n) if n > largest => return Err(ReceiveError::TooLarge { limit: largest }),
            _ => {}
        }
        let left = total_bytes.saturating_sub(total);
        if left == 0 || declared.is_some_and(|n| n > left) {
            return Err(ReceiveError::CaseFull { limit: total_bytes });
        }
        Ok(left)
    }

    async fn add_row(&self, new: &NewFile) -> Result<Upload, ReceiveError> {
        let now = self.clock.now();
        let id = uuid_v7(now, &*self.entropy);
        let (draft_id, case_id) = match new.owner {
            Owner::Draft(id) => (Some(id), None),
            Owner::Case(id) => (None, Some(id)),
        };
        let upload = Upload {
            id,
            draft_id,
            case_id,
            purpose: new.purpose.clone(),
            filename: display_name(&new.filename),
            media_type: String::new(),
            bytes: 0,
            sha256: None,
            state: State::Receiving,
            reason: None,
            storage_key: id.to_string(),
            received_at: now.into(),
            taken_at: None,
            has_place: false,
            caption: None,
            shows: None,
            original_sha256: None,
            preview_state: None,
            preview_key: None,
            preview_sha256: None,
        };
        let write = self.store.begin().await?;
        uploads::add(&write, upload.clone()).await?;
        write.commit().await?;
        Ok(upload)
    }

    async fn take<E>(
        &self,
        stream: impl Stream<Item = Result<Bytes, E>> + Send,
        key: &str,
        left: u64,
        declared: Option<u64>,
    ) -> Result<Received, ReceiveError>
    where
        E: std::error::Error + Send + Sync,
    {
        let mut upload = self.files.store.put_multipart(&Key::from(key)).await.map_err(storage)?;
        let result = self.stream_to(stream, &mut *upload, left, declared).await;
        let done = match result {
            Ok(received) => upload.complete().await.map(|_| received).map_err(storage),
            Err(e) => Err(e),
        };
        if done.is_err() {
            // What was refused must not stay; the first error is the one worth telling.
            let _ = upload.abort().await;
        }
        done
    }

    async fn stream_to<E>(
        &self,
        stream: impl Stream<Item = Result<Bytes, E>> + Send,
        upload: &mut dyn MultipartUpload,
        left: u64,
        declared: Option<u64>,
    ) -> Result<Received, ReceiveError>
    where
        E: std::error::Error + Send + Sync,
    {
        let mut stream = std::pin::pin!(stream);
        let mut sniffer = Sniffer::default();
        let mut sha = Sha256::new();
        let mut part = BytesMut::new();
        let mut bytes = 0u64;
        while let Some(piece) = stream.next().await {
            let piece = piece.map_err(|_| ReceiveError::Interrupted)?;
            bytes += piece.len() as u64;
            sniffer.look(&piece);
            if sniffer.hopeless() {
                return Err(ReceiveError::UnsupportedType);
            }
            let limit = self.limits.of(sniffer.is_recording());
            if bytes > limit || declared.is_some_and(|n| n > limit && sniffer.is_sure()) {
                return Err(ReceiveError::TooLarge { limit });
            }
            if bytes > left {
                return Err(ReceiveError::CaseFull {
                    limit: self.limits.total_bytes,
                });
            }
            sha.update(&piece);
            part.extend_from_slice(&piece);
            if part.len() >= self.files.part {
                upload.put_part(PutPayload::from(part.split().freeze())).await.map_err(storage)?;
            }
        }
        if bytes == 0 {
            return Err(ReceiveError::Empty);
        }
        if declared.is_some_and(|n| n != bytes) {
            return Err(ReceiveError::Interrupted);
        }
        let seen = sniffer.media_type().ok_or(ReceiveError::UnsupportedType)?;
        if !part.is_empty() {
            upload.put_part(PutPayload::from(part.freeze())).await.map_err(storage)?;
        }
        Ok(Received {
            seen,
            bytes,
            sha256: hex(&sha.finalize()),
        })
    }

    /// Puts the finished file on the record. Several may have arrived side by side, so the owner's limits are checked
    /// again here, where writes queue.
    async fn finish(&self, upload: &Upload, owner: Owner) -> Result<(), ReceiveError> {
        let write = self.store.begin().await?;
        if let Owner::Draft(id) = owner {
            // A draft that was sent or forgotten while the file arrived takes no more files.
            match crate::record::drafts::lock(&write, id).await? {
                Some(draft) if draft.case_id.is_none() => {}
                _ => return Err(ReceiveError::Interrupted),
            }
        }
        let (count, total) = uploads::totals(&write.tx(), owner).await?;
        if count >= self.limits.files {
            return Err(ReceiveError::TooManyFiles { limit: self.limits.files });
        }
        if total + upload.bytes.unsigned_abs() > self.limits.total_bytes {
            return Err(ReceiveError::CaseFull {
                limit: self.limits.total_bytes,
            });
        }
        if !uploads::received(&write, upload).await? {
            return Err(ReceiveError::Interrupted);
        }
        Ok(write.commit().await?)
    }

    /// Best effort: what cannot be removed now is litter for a later sweep, not a reason to tell the sender more.
    async fn undo(&self, upload: &Upload) {
        if let Err(e) = self.remove(upload).await {
            tracing::warn!(upload = %upload.id, error = %e, "a refused file could not be removed");
        }
    }
}
