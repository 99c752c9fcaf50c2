//! A file that grows in a local folder.
//!
//! Bytes are collected in batches. A thread writes and hashes one batch while the next arrives, and flushing runs in parallel
//! with both. So an upload is as fast as the slowest of the three.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::Instant;

use crate::ReceiveError;
use crate::digest::{Acceptability, Digest, FileDigest};
use crate::files::{io as failed, part_of};
use crate::sink::{DurableState, NO_PIECES};

/// Size of a batch, in bytes.
const BATCH: usize = 1024 * 1024;

/// How much is written between two flushes, in bytes: about what a sender has to repeat after a crash.
const FLUSH_EVERY: u64 = 16 * 1024 * 1024;

/// After this time less than [`FLUSH_EVERY`] is flushed too: on a slow connection that much takes minutes.
const FLUSH_AFTER: Duration = Duration::from_secs(5);

/// The file and its digest. They move to the writing thread and back.
#[derive(Debug)]
struct Writing {
    file: Arc<File>,
    /// Digest of all written bytes; `None` if another writer wrote the beginning.
    digest: Option<Digest>,
    /// Number of bytes written completely.
    written: u64,
}

#[derive(Debug)]
enum Thread {
    Idle(Writing),
    Busy(JoinHandle<(Writing, io::Result<()>)>),
    /// Between two states, or after the thread died.
    Gone,
}

/// A growing file.
#[derive(Debug)]
pub(crate) struct Appending {
    folder: Arc<Path>,
    part: PathBuf,
    whole: PathBuf,
    file: Arc<File>,
    thread: Thread,
    batch: Vec<Bytes>,
    batched: usize,
    /// A running flush. It returns the length that is durable afterwards.
    flush: Option<JoinHandle<io::Result<u64>>>,
    /// Number of bytes written, as last reported by the writing thread.
    written: u64,
    safe: u64,
    /// When the last flush began.
    flushed: Instant,
    outlook: Acceptability,
}

impl Appending {
    pub(crate) async fn open(folder: &Arc<Path>, key: &str, safe: u64, digest: Option<Digest>) -> Result<Self, ReceiveError> {
        let (part, whole) = (part_of(folder, key), folder.join(key));
        let file = {
            let (part, whole) = (part.clone(), whole.clone());
            blocking(move || open(&part, &whole, safe)).await?
        };
        let file = Arc::new(file.ok_or(ReceiveError::Lost)?);
        Ok(Self {
            folder: Arc::clone(folder),
            part,
            whole,
            file: Arc::clone(&file),
            thread: Thread::Idle(Writing {
                file,
                digest,
                written: safe,
            }),
            batch: Vec::new(),
            batched: 0,
            flush: None,
            written: safe,
            safe,
            flushed: Instant::now(),
            outlook: Acceptability::default(),
        })
    }

    pub(crate) async fn push(&mut self, bytes: Bytes) -> Result<Option<DurableState>, ReceiveError> {
        self.batched += bytes.len();
        self.batch.push(bytes);
        if self.batched < BATCH {
            return Ok(None);
        }
        self.hand_over().await?;
        self.flush_beside().await
    }

    /// Implements [`crate::sink::Sink::tick`].
    pub(crate) async fn tick(&mut self) -> Result<Option<DurableState>, ReceiveError> {
        if self.flushed.elapsed() >= FLUSH_AFTER && self.flush.is_none() {
            self.hand_over().await?;
            self.join().await?;
            self.flushed = Instant::now();
            if self.written > self.safe {
                self.flush = Some(self.flush());
            }
        }
        self.flush_beside().await
    }

    pub(crate) async fn settle(&mut self) -> (DurableState, Result<(), ReceiveError>) {
        // After a failure the rest of the batch is not written: that would leave a gap.
        let wrote = match self.hand_over().await {
            Ok(()) => self.join().await,
            failure => failure,
        };
        let flushed = self.flush_all().await;
        (self.safe(), wrote.and(flushed))
    }

    pub(crate) const fn outlook(&self) -> Acceptability {
        self.outlook
    }

    pub(crate) async fn finish(&mut self) -> Result<FileDigest, ReceiveError> {
        self.hand_over().await?;
        self.join().await?;
        let Thread::Idle(writing) = std::mem::replace(&mut self.thread, Thread::Gone) else {
            return Err(failed(io::ErrorKind::BrokenPipe.into()));
        };
        let (part, whole, folder) = (self.part.clone(), self.whole.clone(), Arc::clone(&self.folder));
        let finished = spawn_blocking(move || {
            let Writing { file, digest, written } = writing;
            let digest = match digest {
                Some(digest) => digest,
                None => read_again(&file, written).map_err(failed)?,
            };
            let found = digest.finish()?;
            file.sync_data().map_err(failed)?;
            std::fs::rename(&part, &whole).map_err(|e| match e.kind() {
                // The upload was removed meanwhile.
                io::ErrorKind::NotFound => ReceiveError::NotFound,
                _ => failed(e),
            })?;
            File::open(&folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
            Ok(found)
        });
        finished.await.map_err(died)?
    }

    pub(crate) fn into_digest(self) -> Option<Digest> {
        match self.thread {
            Thread::Idle(writing) => writing.digest,
            _ => None,
        }
    }

    /// Passes the batch to the writing thread, once that is done with the previous one.
    async fn hand_over(&mut self) -> Result<(), ReceiveError> {
        self.join().await?;
        self.batched = 0;
        let batch = std::mem::take(&mut self.batch);
        if batch.is_empty() {
            return Ok(());
        }
        let Thread::Idle(mut writing) = std::mem::replace(&mut self.thread, Thread::Gone) else {
            return Err(failed(io::ErrorKind::BrokenPipe.into()));
        };
        self.thread = Thread::Busy(spawn_blocking(move || {
            let wrote = writing.write(&batch);
            (writing, wrote)
        }));
        Ok(())
    }

    /// Waits for the writing thread.
    async fn join(&mut self) -> Result<(), ReceiveError> {
        let busy = match std::mem::replace(&mut self.thread, Thread::Gone) {
            Thread::Busy(busy) => busy,
            idle => {
                self.thread = idle;
                return Ok(());
            }
        };
        let (writing, wrote) = busy.await.map_err(died)?;
        self.outlook = writing.digest.as_ref().map(Digest::outlook).unwrap_or_default();
        self.written = writing.written;
        self.thread = Thread::Idle(writing);
        if wrote.is_err() {
            self.batch.clear();
            self.batched = 0;
        }
        wrote.map_err(failed)
    }

    /// Starts a flush in parallel with writing, if enough was written. Returns the new state when a flush has completed.
    async fn flush_beside(&mut self) -> Result<Option<DurableState>, ReceiveError> {
        if let Some(running) = self.flush.take() {
            if !running.is_finished() {
                self.flush = Some(running);
                return Ok(None);
            }
            self.safe = running.await.map_err(died)?.map_err(failed)?;
            return Ok(Some(self.safe()));
        }
        if self.written - self.safe >= FLUSH_EVERY {
            self.flushed = Instant::now();
            self.flush = Some(self.flush());
        }
        Ok(None)
    }

    async fn flush_all(&mut self) -> Result<(), ReceiveError> {
        if let Some(running) = self.flush.take() {
            self.safe = running.await.map_err(died)?.map_err(failed)?;
        }
        if self.written > self.safe {
            self.safe = self.flush().await.map_err(died)?.map_err(failed)?;
        }
        Ok(())
    }

    fn flush(&self) -> JoinHandle<io::Result<u64>> {
        let (file, folder, written) = (Arc::clone(&self.file), Arc::clone(&self.folder), self.written);
        // The first flush also makes the folder's entry for the file durable.
        let is_new = self.safe == 0;
        spawn_blocking(move || {
            file.sync_data()?;
            if is_new {
                File::open(&folder)?.sync_all()?;
            }
            Ok(written)
        })
    }

    fn safe(&self) -> DurableState {
        DurableState {
            received: self.safe,
            pieces: NO_PIECES.to_owned(),
        }
    }
}

impl Writing {
    fn write(&mut self, batch: &[Bytes]) -> io::Result<()> {
        for bytes in batch {
            self.file.as_ref().write_all(bytes)?;
            self.written += bytes.len() as u64;
            if let Some(digest) = &mut self.digest {
                digest.update(bytes);
            }
        }
        Ok(())
    }
}

/// Opens the file with exactly `safe` bytes, positioned at its end. Returns `None` if the file has fewer.
fn open(part: &Path, whole: &Path, safe: u64) -> io::Result<Option<File>> {
    // The process died, or the database failed, between renaming the complete file and recording it.
    if safe > 0 && !part.exists() && whole.exists() {
        std::fs::rename(whole, part)?;
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(part)?;
    let length = file.metadata()?.len();
    if length < safe {
        return Ok(None);
    }
    if length > safe {
        file.set_len(safe)?;
    }
    file.seek(SeekFrom::Start(safe))?;
    Ok(Some(file))
}

/// Computes the digest of the whole file from disk.
fn read_again(mut file: &File, length: u64) -> io::Result<Digest> {
    let mut digest = Digest::default();
    let mut buffer = vec![0; 256 * 1024];
    file.seek(SeekFrom::Start(0))?;
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => digest.update(&buffer[..n]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    if digest.seen() == length {
        Ok(digest)
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, ReceiveError> {
    spawn_blocking(work).await.map_err(died)?.map_err(failed)
}

/// Converts the error of a thread that ended without a result.
fn died(e: tokio::task::JoinError) -> ReceiveError {
    ReceiveError::Storage(Box::new(e))
}
