//! Resumable uploads: tus 1.0.0 (core, creation, expiration, checksum, termination), without HTTP.
//!
//! A reported offset never exceeds what is stored durably: bytes are stored first, then the row is updated. A newer request for
//! an upload stops the older one and resumes at its last offset, on this server ([`upload_locks`]) and across servers
//! ([`writer_lease`]).

pub(crate) mod after_submission;
mod append;
mod finish;
pub(crate) mod upload_locks;
pub(crate) mod writer_lease;

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::digest::Digests;
use crate::sink::NO_PIECES;
use crate::{CaseRecorder, NewFile, ReceiveError, Receiver};
use complaint::case::event::UPLOAD_EXPIRED;
use record::{
    Instant,
    upload_progress::{self, Model as Row},
    uploads::{self, Model as Upload, State},
};
use upload_locks::UploadLocks;

pub use append::{Appended, Part};

/// How many expired uploads are read per query.
const AT_ONCE: u64 = 100;

/// The progress of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    pub upload: Upload,
    /// Number of bytes stored durably, from the beginning.
    pub offset: u64,
    /// Total length in bytes.
    pub length: u64,
    /// The metadata as the sender wrote it. `None` when it is no longer known.
    pub metadata: Option<String>,
    /// When the upload expires unless more bytes arrive. `None` when it is complete.
    pub expires_at: Option<OffsetDateTime>,
}

/// In-memory state of unfinished uploads in this process. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Unfinished {
    turns: UploadLocks,
    digests: Digests,
}

/// Receives files that may be interrupted and resumed. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Resumable {
    pub receiver: Receiver,
    pub unfinished: Unfinished,
    /// How many hours an upload is kept after its last byte arrived.
    pub hours: u32,
}

/// The result of expiring one upload.
enum Expired {
    Removed,
    /// All its bytes had arrived: only its progress is removed.
    Complete,
    /// Another server removed it, or the person resumed it.
    Elsewhere,
}

impl Resumable {
    /// Announces a file of `new.declared_len` bytes. From now on that length counts against its owner's limits.
    ///
    /// `metadata` is stored unchanged and returned in [`Progress`]. Fails with [`ReceiveError::Interrupted`] when the draft
    /// accepts no more files.
    pub async fn create(&self, new: &NewFile, metadata: String) -> Result<Progress, ReceiveError> {
        let length = new.declared_len.ok_or(ReceiveError::Interrupted)?;
        let (write, upload, _) = self.receiver.admit(new).await?;
        let row = Row {
            upload_id: upload.id,
            received: 0,
            pieces: NO_PIECES.to_owned(),
            metadata,
            writer: None,
            asked: 0,
            expires_at: self.expiry(),
        };
        upload_progress::add(&write, row.clone()).await?;
        write.commit().await?;
        Ok(Progress {
            offset: 0,
            length,
            metadata: Some(row.metadata),
            expires_at: Some(row.expires_at.time()),
            upload,
        })
    }

    /// Returns the progress of an upload. A request that is still sending bytes is stopped first, so that the offset stays true.
    pub async fn offset(&self, id: Uuid) -> Result<Progress, ReceiveError> {
        let progress = self.lookup(id).await?;
        if progress.expires_at.is_none() {
            return Ok(progress);
        }
        let _turn = self.unfinished.turns.take(id).await?;
        self.wait_for_lease(id).await?;
        self.lookup(id).await
    }

    /// Removes an upload, finished or not, after stopping the request that sends its bytes. Returns whether the upload existed.
    pub async fn terminate(&self, id: Uuid) -> Result<bool, ReceiveError> {
        let Some(upload) = uploads::lookup(&self.receiver.store.read, id).await? else {
            return Ok(false);
        };
        let _turn = self.stop_writer(id).await?;
        self.receiver.remove(&upload).await
    }

    /// Stops the request that sends bytes of an upload. While the returned guard is held, no request on this server can send
    /// more.
    ///
    /// Fails with [`ReceiveError::Busy`] when the request does not stop in time.
    pub async fn stop_writer(&self, id: Uuid) -> Result<StoppedWriter, ReceiveError> {
        let turn = self.unfinished.turns.take(id).await?;
        match self.wait_for_lease(id).await {
            Ok(_) | Err(ReceiveError::NotFound) => {}
            Err(e) => return Err(e),
        }
        self.unfinished.digests.forget(id);
        Ok(StoppedWriter { _turn: turn })
    }

    /// Removes expired uploads, and what a crash left of files that arrived in a single request. Returns how many.
    ///
    /// After an error, earlier removals remain done.
    pub async fn expire(&self, register: &dyn CaseRecorder) -> Result<u64, ReceiveError> {
        let now = Instant::from(self.receiver.clock.now());
        let mut gone = 0;
        loop {
            let expired = upload_progress::list_expired(&self.receiver.store.read, now, AT_ONCE).await?;
            let mut changed = 0;
            for id in &expired {
                match self.expire_one(*id, now, register).await? {
                    Expired::Removed => (changed, gone) = (changed + 1, gone + 1),
                    Expired::Complete => changed += 1,
                    Expired::Elsewhere => {}
                }
            }
            // Another server is removing the rest.
            if changed == 0 {
                break;
            }
        }
        let before = (now.time() - Duration::hours(i64::from(self.hours))).into();
        for upload in uploads::list_cut_off(&self.receiver.store.read, before, AT_ONCE).await? {
            gone += u64::from(self.receiver.remove(&upload).await?);
        }
        Ok(gone)
    }

    async fn expire_one(&self, id: Uuid, now: Instant, register: &dyn CaseRecorder) -> Result<Expired, ReceiveError> {
        let write = self.receiver.store.begin().await?;
        let row = upload_progress::lookup(&write.tx(), id).await?;
        let upload = uploads::lookup(&write.tx(), id).await?;
        let (Some(_), Some(upload)) = (row.filter(|row| row.expires_at <= now), upload) else {
            return Ok(Expired::Elsewhere);
        };
        if upload.state == State::Receiving {
            drop(write);
            let removed = self.drop_unfinished(id, UPLOAD_EXPIRED, register).await?;
            return Ok(if removed { Expired::Removed } else { Expired::Elsewhere });
        }
        // The upload is complete: only its progress, with the sender's metadata, is removed.
        upload_progress::remove(&write, id).await?;
        write.commit().await?;
        Ok(Expired::Complete)
    }

    async fn lookup(&self, id: Uuid) -> Result<Progress, ReceiveError> {
        let db = &self.receiver.store.read;
        let upload = uploads::lookup(db, id).await?.ok_or(ReceiveError::NotFound)?;
        let row = upload_progress::lookup(db, id).await?;
        let length = upload.bytes.unsigned_abs();
        let metadata = row.as_ref().map(|row| row.metadata.clone());
        if upload.state != State::Receiving {
            return Ok(Progress {
                upload,
                offset: length,
                length,
                metadata,
                expires_at: None,
            });
        }
        // Without progress the file came in a single request, which broke off: it cannot be resumed.
        let row = row.ok_or(ReceiveError::NotFound)?;
        if row.expires_at.time() <= self.receiver.clock.now() {
            return Err(ReceiveError::Expired);
        }
        Ok(Progress {
            upload,
            offset: row.received.unsigned_abs(),
            length,
            metadata,
            expires_at: Some(row.expires_at.time()),
        })
    }

    fn expiry(&self) -> Instant {
        (self.receiver.clock.now() + Duration::hours(i64::from(self.hours))).into()
    }
}

/// A guard: while it is held, no request on this server can send bytes of the upload.
#[derive(Debug)]
pub struct StoppedWriter {
    _turn: upload_locks::UploadLock,
}
