//! Room for files: the space that stays free for the database, and how much unsent complaints may take.
//!
//! Anyone may start a complaint and send files with it. So those files are refused first when space gets short, then the files of
//! cases; answers, sign-ins and messages go on in what is kept free.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::{Files, ReceiveError};
use crate::record::RecordError;
use crate::record::store::{Store, Write};
use crate::record::uploads::{
    Owner,
    unsent::{self, Source},
};

/// How long a measurement of free space is believed.
const MEASURED_FOR: Duration = Duration::from_secs(1);

/// What is kept free, and how much the files of unsent complaints may take together. All in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Space {
    /// Free space below which files of unsent complaints are refused. Below half of it files of cases are refused too.
    pub reserve_bytes: u64,
    /// Files of all unsent complaints together.
    pub unsent_bytes: u64,
    /// Those that came from one IPv4 address or one IPv6 network of 64 bits. An advice centre may be one address.
    pub unsent_bytes_per_address: u64,
    /// Those that came from one IPv6 network of 48 bits, which is the most one subscriber is usually given.
    pub unsent_bytes_per_network: u64,
}

impl Default for Space {
    /// 1 GB kept free; 50 GB unsent in all, 5 GB of one address, 20 GB of one IPv6 network.
    fn default() -> Self {
        Self {
            reserve_bytes: 1_000_000_000,
            unsent_bytes: 50_000_000_000,
            unsent_bytes_per_address: 5_000_000_000,
            unsent_bytes_per_network: 20_000_000_000,
        }
    }
}

/// Who a file is for, as far as room is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    /// A file of a complaint that is not sent.
    Unsent,
    /// A file of a case, or something the server makes of one.
    Case,
}

impl Rank {
    /// The rank of a file of this owner.
    #[must_use]
    pub const fn of(owner: Owner) -> Self {
        match owner {
            Owner::Draft(_) => Self::Unsent,
            Owner::Case(_) => Self::Case,
        }
    }
}

/// The free space of one folder's file system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Free {
    /// `database` or `files`.
    pub folder: &'static str,
    /// Bytes the server may still write.
    pub bytes: u64,
}

/// Free space, and when it was measured.
type Measured = (Instant, Vec<Free>);

/// Watches over the room for files. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Room {
    space: Space,
    folders: Arc<[(&'static str, PathBuf)]>,
    measured: Arc<Mutex<Option<Measured>>>,
    /// Bytes that were written since then, so that a fast sender does not get past a measurement.
    written: Arc<AtomicU64>,
    /// Bytes that have come of files without an announced length and are on no row yet, by fingerprint of their source. The bytes
    /// of all sources stand under the empty key.
    growing: Arc<Mutex<HashMap<Vec<u8>, u64>>>,
}

/// How many more bytes of unsent files fit, by each of the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Left {
    all: u64,
    near: u64,
    wide: u64,
}

/// The bytes of one file that is growing; they count until this is dropped.
#[derive(Debug)]
pub(super) struct Growing {
    room: Room,
    source: Option<Source>,
    left: Left,
    bytes: u64,
}

impl Room {
    /// Watches the folders of a database and of files that are on this machine.
    #[must_use]
    pub fn new(space: Space, store: &Store, files: &Files) -> Self {
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

    /// What is kept free, and the limits.
    #[must_use]
    pub const fn space(&self) -> Space {
        self.space
    }

    /// The free space of each folder, measured at most a second ago.
    pub async fn free(&self) -> Vec<Free> {
        if let Some((at, free)) = &*self.measured.lock().unwrap_or_else(PoisonError::into_inner)
            && at.elapsed() < MEASURED_FOR
        {
            return free.clone();
        }
        // A network file system that hangs must not hold a thread that answers requests.
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

    /// Whether the folder with the least space has room for `more` bytes beside what is kept free.
    ///
    /// # Errors
    /// [`ReceiveError::NoRoom`].
    pub async fn check(&self, rank: Rank, more: u64) -> Result<(), ReceiveError> {
        let kept = match rank {
            Rank::Unsent => self.space.reserve_bytes,
            Rank::Case => self.space.reserve_bytes / 2,
        };
        let least = self.free().await.into_iter().map(|free| free.bytes).min();
        let more = more.saturating_add(self.written.load(Ordering::Relaxed));
        match least {
            Some(least) if least.saturating_sub(more) < kept => Err(ReceiveError::NoRoom),
            _ => Ok(()),
        }
    }

    /// The same for bytes that are written at once.
    ///
    /// # Errors
    /// [`ReceiveError::NoRoom`].
    pub(super) async fn write(&self, rank: Rank, bytes: usize) -> Result<(), ReceiveError> {
        self.check(rank, bytes as u64).await?;
        self.written.fetch_add(bytes as u64, Ordering::Relaxed);
        Ok(())
    }

    /// Whether `more` bytes of an unsent file fit, beside what is on the record and what is growing; what is left then. `but` is the
    /// file itself when it has a row already.
    ///
    /// # Errors
    /// [`ReceiveError::NoRoom`], [`ReceiveError::Record`].
    pub(super) async fn unsent(
        &self,
        write: &Write,
        source: Option<&Source>,
        but: Option<uuid::Uuid>,
        more: u64,
    ) -> Result<Left, ReceiveError> {
        let taken = unsent::taken(&write.tx(), source, but).await.map_err(RecordError::from)?;
        let left = |limit: u64, taken: u64| limit.saturating_sub(taken);
        let left = Left {
            all: left(self.space.unsent_bytes, taken.all),
            near: left(self.space.unsent_bytes_per_address, taken.near),
            wide: left(self.space.unsent_bytes_per_network, taken.wide),
        };
        self.fits(source, left, more)?;
        Ok(left)
    }

    /// Counts a file without an announced length while it grows.
    pub(super) fn grow(&self, source: Option<Source>, left: Left) -> Growing {
        Growing {
            room: self.clone(),
            source,
            left,
            bytes: 0,
        }
    }

    fn fits(&self, source: Option<&Source>, left: Left, more: u64) -> Result<(), ReceiveError> {
        let growing = self.growing.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = limits(source, left).all(|(key, left)| {
            let growing = growing.get(key).copied().unwrap_or_default();
            // Even an announcement of nothing needs something left.
            growing.saturating_add(more.max(1)) <= left
        });
        if fits { Ok(()) } else { Err(ReceiveError::NoRoom) }
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

/// The keys a source is counted under.
fn keys(source: Option<&Source>) -> impl Iterator<Item = &[u8]> {
    let near = source.map(|source| source.near.as_slice());
    let wide = source.and_then(|source| source.wide.as_deref());
    std::iter::once(&[][..]).chain(near).chain(wide)
}

/// The keys with what is left under each.
fn limits(source: Option<&Source>, left: Left) -> impl Iterator<Item = (&[u8], u64)> {
    keys(source).zip([left.all, left.near, left.wide])
}

impl Growing {
    /// Counts the next bytes.
    ///
    /// # Errors
    /// [`ReceiveError::NoRoom`] when a limit is reached.
    pub(super) fn add(&mut self, more: u64) -> Result<(), ReceiveError> {
        self.room.fits(self.source.as_ref(), self.left, more)?;
        self.bytes += more;
        self.room.count(self.source.as_ref(), |bytes| bytes + more);
        Ok(())
    }
}

impl Drop for Growing {
    fn drop(&mut self) {
        let all = self.bytes;
        self.room.count(self.source.as_ref(), |bytes| bytes.saturating_sub(all));
    }
}
