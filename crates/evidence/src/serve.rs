//! Serving stored files: their bytes, or a range of them, and a name that does no harm.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt, stream};
use object_store::{GetOptions, path::Path as Key};

use crate::files::is_quarantined;
use crate::{FileStore, ReceiveError, files::storage};

mod name;

pub use name::safe_name;

/// The stored object is not what the database says.
#[derive(Debug, thiserror::Error)]
enum Damaged {
    #[error("the stored file has {stored} bytes, but the database says {recorded}")]
    Size { stored: u64, recorded: u64 },
    #[error("the stored file ended early")]
    Short,
    #[error("the stored file is in quarantine")]
    Quarantined,
}

impl FileStore {
    /// Streams a byte range of the file at a key, in constant memory. `recorded` is the file's size according to the database.
    ///
    /// The stream ends with an error rather than early, so that an incomplete range is never taken for the whole. Fails if the
    /// file is missing, of another size, or in quarantine.
    pub async fn part(
        &self,
        key: &str,
        recorded: u64,
        part: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, ReceiveError>>, ReceiveError> {
        if is_quarantined(key) {
            return Err(damaged(Damaged::Quarantined));
        }
        let wanted = part.end.saturating_sub(part.start);
        let options = GetOptions {
            range: Some(part.into()),
            ..GetOptions::default()
        };
        let found = self.store.get_opts(&Key::from(key), options).await.map_err(storage)?;
        let stored = found.meta.size;
        if stored != recorded {
            return Err(damaged(Damaged::Size { stored, recorded }));
        }
        let given = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&given);
        let pieces = found.into_stream().map_err(storage).and_then(move |piece| {
            count.fetch_add(piece.len() as u64, Ordering::Relaxed);
            // A local file that is truncated while it is read yields empty pieces for ever.
            std::future::ready(if piece.is_empty() {
                Err(damaged(Damaged::Short))
            } else {
                Ok(piece)
            })
        });
        let end = stream::once(async move { (given.load(Ordering::Relaxed) != wanted).then(|| Err(damaged(Damaged::Short))) });
        Ok(pieces.chain(end.filter_map(std::future::ready)).boxed())
    }
}

fn damaged(what: Damaged) -> ReceiveError {
    ReceiveError::Storage(Box::new(what))
}
