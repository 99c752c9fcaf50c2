//! Receiving the next bytes of an upload.

use std::sync::Arc;

use bytes::Bytes;
use futures::{Stream, StreamExt};
use uuid::Uuid;

use crate::checksum::{Checksum, ChecksumState};
use crate::disk_budget::Priority;
use crate::resumable::upload_locks::UploadLock;
use crate::resumable::writer_lease::{LISTEN_EVERY, WriterLease};
use crate::resumable::{Progress, Resumable};
use crate::sink::Sink;
use crate::{CaseRecorder, ReceiveError};
use record::uploads::Model as Upload;

/// The next bytes of an upload.
#[derive(Clone, Debug)]
pub struct Part {
    pub upload: Uuid,
    /// Offset of the first byte.
    pub offset: u64,
    /// Number of bytes, if the sender announced it.
    pub length: Option<u64>,
    /// Expected checksum, if the sender gave one. Then all bytes of the part are kept, or none.
    pub checksum: Option<Checksum>,
}

/// The outcome of a part.
#[derive(Debug)]
pub struct Appended<S> {
    pub result: Result<Progress, ReceiveError>,
    /// The unread rest of the stream; `None` if the task that read it failed.
    pub rest: Option<S>,
}

/// How the bytes of a request ended.
enum End {
    /// The stream ended normally.
    Whole,
    /// The connection broke.
    Broken,
    /// Another request wants to take over.
    TakenOver,
}

impl Resumable {
    /// Stores the bytes of a part. The last byte of the upload finishes the file, which is then `scanning`.
    ///
    /// If the caller is dropped, the work continues until the stream ends, so that received bytes are stored in any case. Memory
    /// use is a few megabytes, however long the part is. `register` is used if the upload belongs to a case by then.
    ///
    /// # Errors In [`Appended::result`]. After an error that [is about the file](ReceiveError::is_about_the_file) and after
    /// [`ReceiveError::Lost`] the upload is removed. After any other error it can be resumed at the offset that
    /// [`Resumable::offset`] returns.
    pub async fn append<S, E>(&self, part: Part, stream: S, register: Arc<dyn CaseRecorder>) -> Appended<S>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + Unpin + 'static,
        E: Send + 'static,
    {
        let this = self.clone();
        let work = tokio::spawn(async move {
            let mut stream = stream;
            let result = this.take_part(part, &mut stream, &*register).await;
            Appended {
                result,
                rest: Some(stream),
            }
        });
        work.await.unwrap_or_else(|e| Appended {
            result: Err(ReceiveError::Storage(Box::new(e))),
            rest: None,
        })
    }

    async fn take_part<S, E>(&self, part: Part, stream: &mut S, register: &dyn CaseRecorder) -> Result<Progress, ReceiveError>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
    {
        let Part {
            upload: id,
            offset,
            length,
            checksum,
        } = part;
        // A part that cannot succeed must not stop another request.
        let before = self.lookup(id).await?;
        if before.expires_at.is_none() && before.offset != offset {
            return Err(ReceiveError::WrongOffset { offset: before.offset });
        }
        if length.is_some_and(|length| length > before.length.saturating_sub(offset)) {
            return Err(ReceiveError::LongerThanAnnounced);
        }
        if before.expires_at.is_none() {
            return Ok(before);
        }
        let rank = rank(&before.upload);
        self.receiver.room.check(rank, before.length.saturating_sub(before.offset)).await?;
        let mut turn = self.unfinished.turns.take(id).await?;
        let mut place = match self.acquire_lease(id, offset).await {
            // The request that was asked to stop has finished or removed the upload.
            Err(ReceiveError::NotFound) => return self.lookup(id).await,
            claimed => claimed?,
        };
        let upload = before.upload.clone();
        let result = self.write(&mut place, &mut turn, before, (checksum, register), stream).await;
        let result = result.map_err(|e| e.with_filename(&upload.filename));
        if let Err(e) = &result {
            self.refuse(&place, upload.id, e, register).await;
        }
        result
    }

    /// Stores the bytes of a part, while this writer holds the lease `place`.
    async fn write<S, E>(
        &self,
        place: &mut WriterLease,
        turn: &mut UploadLock,
        before: Progress,
        (checksum, register): (Option<Checksum>, &dyn CaseRecorder),
        stream: &mut S,
    ) -> Result<Progress, ReceiveError>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
    {
        let offset = place.safe.received;
        let digest = self.unfinished.digests.take(place.upload, offset);
        let key = &before.upload.storage_key;
        let mut sink = Sink::open(&self.receiver.files, key, place.writer, place.safe.clone(), digest).await?;
        let mut adding = checksum.map(Checksum::begin);
        let left = before.length - offset;
        let rank = rank(&before.upload);
        let pumped = self
            .pump(place, &mut sink, turn, adding.as_mut(), (left, before.length, rank), stream)
            .await;
        let all_or_nothing = adding.is_some();
        match pumped {
            Ok((End::Whole, _)) if adding.is_some_and(|adding| !adding.is_right()) => {
                self.store_and_release(place, sink, before.length, true).await?;
                Err(ReceiveError::WrongChecksum)
            }
            Ok((End::Whole, 0)) => self.finish(place, before, sink, register).await,
            Ok((End::Whole, _)) => {
                self.store_and_release(place, sink, before.length, false).await?;
                self.lookup(place.upload).await
            }
            Ok((End::Broken, _)) => {
                self.store_and_release(place, sink, before.length, all_or_nothing).await?;
                Err(ReceiveError::BrokenOff)
            }
            Ok((End::TakenOver, _)) => {
                self.store_and_release(place, sink, before.length, all_or_nothing).await?;
                Err(ReceiveError::TakenOver)
            }
            Err(e) if e.is_about_the_file() => Err(e),
            Err(e) => {
                // What was stored before the failure is recorded, if possible. The failure is the error to report.
                let _ = self.store_and_release(place, sink, before.length, all_or_nothing).await;
                Err(e)
            }
        }
    }

    /// Moves bytes from the stream to the sink and records what is durable. `left` of `length` bytes are still to come.
    ///
    /// Returns how the stream ended, and how many bytes of the upload are still missing.
    async fn pump<S, E>(
        &self,
        place: &mut WriterLease,
        sink: &mut Sink,
        turn: &mut UploadLock,
        mut adding: Option<&mut ChecksumState>,
        (mut left, length, rank): (u64, u64, Priority),
        stream: &mut S,
    ) -> Result<(End, u64), ReceiveError>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
    {
        let mut listen = tokio::time::interval(LISTEN_EVERY);
        listen.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        listen.reset();
        loop {
            let bytes = tokio::select! {
                () = turn.superseded() => return Ok((End::TakenOver, left)),
                _ = listen.tick() => None,
                next = stream.next() => match next {
                    None => return Ok((End::Whole, left)),
                    Some(Err(_)) => return Ok((End::Broken, left)),
                    Some(Ok(bytes)) => Some(bytes),
                },
            };
            let safe = match bytes {
                Some(bytes) => {
                    left = left.checked_sub(bytes.len() as u64).ok_or(ReceiveError::LongerThanAnnounced)?;
                    if let Some(adding) = adding.as_deref_mut() {
                        adding.look(&bytes);
                    }
                    self.receiver.room.reserve(rank, bytes.len()).await?;
                    sink.push(bytes).await?
                }
                None if self.is_asked_to_stop(place).await => return Ok((End::TakenOver, left)),
                None => sink.tick().await?,
            };
            if let Some(refusal) = sink.outlook().refusal(&self.receiver.limits, length) {
                return Err(refusal);
            }
            // With a checksum nothing counts as stored before the last byte.
            if let Some(safe) = safe.filter(|_| adding.is_none()) {
                self.record(place, safe, true).await?;
                sink.recorded().await;
            }
        }
    }

    /// Stores and records what arrived, or with `nothing` discards it, and releases the lease.
    async fn store_and_release(&self, place: &mut WriterLease, mut sink: Sink, length: u64, nothing: bool) -> Result<(), ReceiveError> {
        if nothing {
            sink.discard().await;
            // Another request may be waiting for the lease.
            self.release_lease(place).await;
            return Ok(());
        }
        let (safe, stored) = sink.settle().await;
        if let Some(refusal) = sink.outlook().refusal(&self.receiver.limits, length) {
            stored?;
            return Err(refusal);
        }
        self.record(place, safe, false).await?;
        sink.recorded().await;
        let offset = place.safe.received;
        if let Some(digest) = sink.into_digest().filter(|digest| digest.seen() == offset) {
            self.unfinished.digests.keep(place.upload, digest);
        }
        stored
    }

    /// Cleans up after a failure: releases the lease, or removes an upload that is refused or damaged.
    async fn refuse(&self, place: &WriterLease, upload: Uuid, e: &ReceiveError, register: &dyn CaseRecorder) {
        if !e.is_about_the_file() && !matches!(e, ReceiveError::Lost) {
            self.release_lease(place).await;
        } else if let Err(error) = self.drop_unfinished(upload, e.code(), register).await {
            tracing::warn!(%upload, %error, "a refused file could not be removed");
        }
    }
}

fn rank(upload: &Upload) -> Priority {
    if upload.case_id.is_some() {
        Priority::Case
    } else {
        Priority::Unsent
    }
}
