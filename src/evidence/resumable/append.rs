//! Taking in the next bytes of an upload.

use std::sync::Arc;

use bytes::Bytes;
use futures::{Stream, StreamExt};
use uuid::Uuid;

use super::place::{LISTEN_EVERY, Place};
use super::turns::Turn;
use super::{Progress, Resumable};
use crate::evidence::checksum::{Adding, Checksum};
use crate::evidence::room::Rank;
use crate::evidence::sink::Sink;
use crate::evidence::{ReceiveError, Register};
use crate::record::uploads::Model as Upload;

/// The next bytes of an upload.
#[derive(Clone, Debug)]
pub struct Part {
    pub upload: Uuid,
    /// Where they begin, in bytes.
    pub offset: u64,
    /// How many they are, in bytes, when the sender says so.
    pub length: Option<u64>,
    /// What they add up to, when the sender says so. Then all of them count, or none.
    pub checksum: Option<Checksum>,
}

/// What became of a part.
#[derive(Debug)]
pub struct Appended<S> {
    pub result: Result<Progress, ReceiveError>,
    /// What was not read of the stream; `None` when nobody knows any more.
    pub rest: Option<S>,
}

/// How the bytes of one request came to their end.
enum End {
    /// As they should.
    Whole,
    /// The connection broke.
    Broken,
    /// Somebody else wants to go on.
    Wanted,
}

impl Resumable {
    /// Takes the bytes of a part, and with the last one of the upload finishes the file: it is then `scanning`.
    ///
    /// The work goes on when the caller is dropped, until the stream ends: what has come is put away either way. Memory in use is
    /// a few megabytes, however long the part is. `register` is asked when the upload is, or has become, that of a case.
    ///
    /// # Errors
    /// In [`Appended::result`]: [`ReceiveError`]. After one that [is about the file](ReceiveError::is_about_the_file) and [`ReceiveError::Lost`] the
    /// upload is gone; after all others it stands at the offset that [`Resumable::offset`] tells.
    pub async fn append<S, E>(&self, part: Part, stream: S, register: Arc<dyn Register>) -> Appended<S>
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

    async fn take_part<S, E>(&self, part: Part, stream: &mut S, register: &dyn Register) -> Result<Progress, ReceiveError>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
    {
        let Part {
            upload: id,
            offset,
            length,
            checksum,
        } = part;
        // What cannot succeed asks nobody to stop.
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
        let mut place = match self.claim(id, offset).await {
            // Whoever was asked to stop had come to the end.
            Err(ReceiveError::NotFound) => return self.lookup(id).await,
            claimed => claimed?,
        };
        let upload = before.upload.clone();
        let result = self.write(&mut place, &mut turn, before, (checksum, register), stream).await;
        let result = result.map_err(|e| e.named(&upload.filename));
        if let Err(e) = &result {
            self.refuse(&place, upload.id, e, register).await;
        }
        result
    }

    /// Takes the bytes in at a place that is this writer's.
    async fn write<S, E>(
        &self,
        place: &mut Place,
        turn: &mut Turn,
        before: Progress,
        (checksum, register): (Option<Checksum>, &dyn Register),
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
                self.put_away(place, sink, before.length, true).await?;
                Err(ReceiveError::WrongChecksum)
            }
            Ok((End::Whole, 0)) => self.finish(place, before, sink, register).await,
            Ok((End::Whole, _)) => {
                self.put_away(place, sink, before.length, false).await?;
                self.lookup(place.upload).await
            }
            Ok((End::Broken, _)) => {
                self.put_away(place, sink, before.length, all_or_nothing).await?;
                Err(ReceiveError::BrokenOff)
            }
            Ok((End::Wanted, _)) => {
                self.put_away(place, sink, before.length, all_or_nothing).await?;
                Err(ReceiveError::TakenOver)
            }
            Err(e) if e.is_about_the_file() => Err(e),
            Err(e) => {
                // What was stored before the failure stays, if that can be put on the record; the failure is what is told.
                let _ = self.put_away(place, sink, before.length, all_or_nothing).await;
                Err(e)
            }
        }
    }

    /// From the stream to the sink, with what is safe to the record. How it ended, and how many bytes the upload still wants. `left` of `length`
    /// are to come.
    async fn pump<S, E>(
        &self,
        place: &mut Place,
        sink: &mut Sink,
        turn: &mut Turn,
        mut adding: Option<&mut Adding>,
        (mut left, length, rank): (u64, u64, Rank),
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
                () = turn.is_wanted() => return Ok((End::Wanted, left)),
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
                    self.receiver.room.write(rank, bytes.len()).await?;
                    sink.push(bytes).await?
                }
                None if self.is_asked(place).await => return Ok((End::Wanted, left)),
                None => sink.tick().await?,
            };
            if let Some(refusal) = sink.outlook().refusal(&self.receiver.limits, length) {
                return Err(refusal);
            }
            // With a checksum nothing is safe before the last byte.
            if let Some(safe) = safe.filter(|_| adding.is_none()) {
                self.record(place, safe, true).await?;
                sink.recorded().await;
            }
        }
    }

    /// Keeps what has come, or with `nothing` forgets it, and gives up the place.
    async fn put_away(&self, place: &mut Place, mut sink: Sink, length: u64, nothing: bool) -> Result<(), ReceiveError> {
        if nothing {
            sink.discard().await;
            // The one who waits for the place should not wait for long.
            self.give_up(place).await;
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

    /// After a failure: gives the place up. What can never become a file of ours, or is damaged, is removed.
    async fn refuse(&self, place: &Place, upload: Uuid, e: &ReceiveError, register: &dyn Register) {
        if !e.is_about_the_file() && !matches!(e, ReceiveError::Lost) {
            self.give_up(place).await;
        } else if let Err(error) = self.drop_unfinished(upload, e.code(), register).await {
            tracing::warn!(%upload, %error, "a refused file could not be removed");
        }
    }
}

fn rank(upload: &Upload) -> Rank {
    if upload.case_id.is_some() { Rank::Case } else { Rank::Unsent }
}
