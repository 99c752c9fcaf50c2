//! Disk budget for files: space that stays free for the database, and limits for files of unsent complaints.
//!
//! Anyone may start a complaint and send files with it. When space gets short, those files are refused first, then files of
//! cases. Answers, sign-ins and messages continue to work in the reserved space.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::limits::MOST_BYTES;
use crate::{FileStore, ReceiveError};
use record::RecordError;
use record::store::{Store, Write};
use record::uploads::{
    Owner,
    unsent::{self, Source},
};

/// How long a measurement of free space stays valid.
const MEASURED_FOR: Duration = Duration::from_secs(1);

/// Disk budget for files, so that uploads cannot fill the disk of the database. All in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(default, deny_unknown_fields)]
pub struct Space {
    /// Free disk space below which files of unsent complaints are refused. Below half of it, files of cases are refused too.
    #[validate(range(min = 1, max = MOST_BYTES))]
    pub reserve_bytes: u64,
    /// The largest size of the files of all unsent complaints together.
    #[validate(range(min = 1, max = MOST_BYTES))]
    pub unsent_bytes: u64,
    /// The largest size of the files of unsent complaints from one IPv4 address or IPv6 /64 network.
    /// An advice centre may be one address.
    #[validate(range(min = 1, max = MOST_BYTES))]
    pub unsent_bytes_per_address: u64,
    /// The largest size of the files of unsent complaints from one IPv6 /48 network, usually the most that one subscriber is
    /// given.
    #[validate(range(min = 1, max = MOST_BYTES))]
    pub unsent_bytes_per_network: u64,
}

impl Default for Space {
    /// 1 GB reserved; 50 GB unsent in total, 5 GB from one address, 20 GB from one IPv6 /48 network.
    fn default() -> Self {
        Self {
            reserve_bytes: 1_000_000_000,
            unsent_bytes: 50_000_000_000,
            unsent_bytes_per_address: 5_000_000_000,
            unsent_bytes_per_network: 20_000_000_000,
        }
    }
}

/// Priority of a file when disk space is short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// A file of an unsent complaint.
    Unsent,
    /// A file of a case, or one that the server derives from it.
    Case,
}

impl Priority {
    pub const fn of(owner: Owner) -> Self {
        match owner {
            Owner::Draft(_) => Self::Unsent,
            Owner::Case(_) => Self::Case,
        }
    }
}

/// Free space of the file system that holds a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Free {
    /// `database` or `files`.
    pub folder: &'static str,
    /// Bytes the server may still write.
    pub bytes: u64,
}

/// Free space, and when it was measured.
type Measured = (Instant, Vec<Free>);

/// Tracks the disk space for files. Cheap to clone.
#[derive(Clone, Debug)]
pub struct DiskBudget {
    space: Space,
    folders: Arc<[(&'static str, PathBuf)]>,
    measured: Arc<Mutex<Option<Measured>>>,
    /// Bytes written since the measurement, so that a fast sender cannot outrun it.
    written: Arc<AtomicU64>,
    /// Received bytes of files without an announced length, which no row counts yet, by fingerprint of their source. The empty
    /// key holds the sum over all sources.
    growing: Arc<Mutex<HashMap<Vec<u8>, u64>>>,
}

/// How many more bytes of unsent files fit under each limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RemainingBytes {
    all: u64,
    near: u64,
    wide: u64,
}

/// The counted bytes of one growing file. Dropping this removes them from the count.
#[derive(Debug)]
pub(crate) struct GrowingFile {
    room: DiskBudget,
    source: Option<Source>,
    left: RemainingBytes,
    bytes: u64,
}

impl DiskBudget {
    /// Tracks the folders of database and files, as far as they are on this machine.
    pub fn new(space: Space, store: &Store, files: &FileStore) -> Self {
        let database = store.folder().map(|folder| ("database", folder.to_owned()));
        let files = files.folder.as_deref().map(|folder: &Path| ("files", folder.to_owned()));
        Self {
            space,
            folders: database.into_iter().chain(files).collect(),
            measured: Arc::default(),
            written: Arc::default(),
            growing: Arc::default(),
        }
    }

    pub const fn space(&self) -> Space {
        self.space
    }

    /// Returns the free space of each folder, measured at most a second ago.
    pub async fn free(&self) -> Vec<Free> {
        if let Some((at, free)) = &*self.measured.lock().unwrap_or_else(PoisonError::into_inner)
            && at.elapsed() < MEASURED_FOR
        {
            return free.clone();
        }
        // A hanging network file system must not block a thread that serves requests.
        let folders = Arc::clone(&self.folders);
        let measured = tokio::task::spawn_blocking(move || {
            let free = folders.iter().filter_map(|(folder, path)| {
                let measured = rustix::fs::statvfs(path);
                let about = measured
                    .inspect_err(|error| tracing::warn!(%error, folder, "free space cannot be measured"))
                    .ok()?;
                Some(Free {
                    folder,
                    bytes: about.f_bavail.saturating_mul(about.f_frsize),
                })
            });
            free.collect::<Vec<_>>()
        });
        let free = measured.await.unwrap_or_default();
        self.written.store(0, Ordering::Relaxed);
        *self.measured.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), free.clone()));
        free
    }

    /// Checks that `more` bytes fit beside the reserved space, in the folder with the least free space.
    pub async fn check(&self, rank: Priority, more: u64) -> Result<(), ReceiveError> {
        let kept = match rank {
            Priority::Unsent => self.space.reserve_bytes,
            Priority::Case => self.space.reserve_bytes / 2,
        };
        let least = self.free().await.into_iter().map(|free| free.bytes).min();
        let more = more.saturating_add(self.written.load(Ordering::Relaxed));
        match least {
            Some(least) if least.saturating_sub(more) < kept => Err(ReceiveError::NoSpace),
            _ => Ok(()),
        }
    }

    /// As [`Self::check`], for bytes that are written now: they count until the next measurement.
    pub(crate) async fn reserve(&self, rank: Priority, bytes: usize) -> Result<(), ReceiveError> {
        self.check(rank, bytes as u64).await?;
        self.written.fetch_add(bytes as u64, Ordering::Relaxed);
        Ok(())
    }

    /// Checks that `more` bytes of an unsent file fit beside recorded and growing ones. Returns what the recorded ones leave.
    ///
    /// `but` is the file itself, if it already has a row: that row is not counted.
    pub(crate) async fn check_unsent(
        &self,
        write: &Write,
        source: Option<&Source>,
        but: Option<uuid::Uuid>,
        more: u64,
    ) -> Result<RemainingBytes, ReceiveError> {
        let taken = unsent::taken(&write.tx(), source, but).await.map_err(RecordError::from)?;
        let left = |limit: u64, taken: u64| limit.saturating_sub(taken);
        let left = RemainingBytes {
            all: left(self.space.unsent_bytes, taken.all),
            near: left(self.space.unsent_bytes_per_address, taken.near),
            wide: left(self.space.unsent_bytes_per_network, taken.wide),
        };
        self.fits(source, left, more)?;
        Ok(left)
    }

    /// Starts counting a file without an announced length.
    pub(crate) fn start_growing(&self, source: Option<Source>, left: RemainingBytes) -> GrowingFile {
        GrowingFile {
            room: self.clone(),
            source,
            left,
            bytes: 0,
        }
    }

    fn fits(&self, source: Option<&Source>, left: RemainingBytes, more: u64) -> Result<(), ReceiveError> {
        let growing = self.growing.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = limits(source, left).all(|(key, left)| {
            let growing = growing.get(key).copied().unwrap_or_default();
            // A file announced with zero bytes is refused too when nothing is left.
            growing.saturating_add(more.max(1)) <= left
        });
        if fits { Ok(()) } else { Err(ReceiveError::NoSpace) }
    }

    fn count(&self, source: Option<&Source>, change: impl Fn(u64) -> u64) {
        let mut growing = self.growing.lock().unwrap_or_else(PoisonError::into_inner);
        for key in keys(source) {
            let bytes = change(growing.get(key).copied().unwrap_or_default());
            if bytes == 0 {
                growing.remove(key);
            } else {
                growing.insert(key.to_vec(), bytes);
            }
        }
    }
}

/// The keys under which the bytes of a source are counted.
fn keys(source: Option<&Source>) -> impl Iterator<Item = &[u8]> {
    let near = source.map(|source| source.near.as_slice());
    let wide = source.and_then(|source| source.wide.as_deref());
    std::iter::once(&[][..]).chain(near).chain(wide)
}

/// The keys, each with the bytes left under it.
fn limits(source: Option<&Source>, left: RemainingBytes) -> impl Iterator<Item = (&[u8], u64)> {
    keys(source).zip([left.all, left.near, left.wide])
}

impl GrowingFile {
    /// Counts the next bytes, unless a limit is reached.
    pub(crate) fn add(&mut self, more: u64) -> Result<(), ReceiveError> {
        self.room.fits(self.source.as_ref(), self.left, more)?;
        self.bytes += more;
        self.room.count(self.source.as_ref(), |bytes| bytes + more);
        Ok(())
    }
}

impl Drop for GrowingFile {
    fn drop(&mut self) {
        let all = self.bytes;
        self.room.count(self.source.as_ref(), |bytes| bytes.saturating_sub(all));
    }
}
