//! The lease of the one writer that appends to an upload. It is stored in the database: other processes see it and can take it away.

use std::time::Duration;

use uuid::Uuid;

use crate::ReceiveError;
use crate::resumable::Resumable;
use crate::sink::Safe;
use record::entropy::uuid_v7;
use record::progress::{self, Model as Row, Step};

/// How long a request waits for a writer in another process to stop. That writer may have crashed.
const GRACE: Duration = Duration::from_secs(2);

/// How often a waiting request checks whether the writer has stopped.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// How often a writer checks whether another request asks it to stop.
pub(crate) const LISTEN_EVERY: Duration = Duration::from_millis(400);

/// A writer's lease on an upload.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) upload: Uuid,
    pub(crate) writer: Uuid,
    /// What the upload's row records as stored.
    pub(crate) safe: Safe,
}

impl Resumable {
    /// Waits until no writer holds the lease, and returns the row.
    ///
    /// Takes the lease away from a writer that does not stop. Within this process the upload lock already excludes other writers.
    pub(crate) async fn vacated(&self, upload: Uuid) -> Result<Row, ReceiveError> {
        let row = self.row(upload).await?;
        let Some(writer) = row.writer else { return Ok(row) };
        let write = self.receiver.store.begin().await?;
        progress::ask(&write, upload).await?;
        write.commit().await?;
        let asked = tokio::time::Instant::now();
        while asked.elapsed() < GRACE {
            tokio::time::sleep(LOOK_EVERY).await;
            let row = self.row(upload).await?;
            if row.writer != Some(writer) {
                // Released, or another server was faster: then the caller has to start again.
                return if row.writer.is_none() { Ok(row) } else { Err(ReceiveError::Busy) };
            }
        }
        let write = self.receiver.store.begin().await?;
        progress::change_writer(&write, upload, Some(writer), None, None).await?;
        write.commit().await?;
        self.row(upload).await
    }

    /// Takes the lease to write at `offset`. Fails with [`ReceiveError::Busy`] when another process was faster.
    pub(crate) async fn claim(&self, upload: Uuid, offset: u64) -> Result<Place, ReceiveError> {
        let row = self.vacated(upload).await?;
        let received = row.received.unsigned_abs();
        if received != offset {
            return Err(ReceiveError::WrongOffset { offset: received });
        }
        let writer = uuid_v7(self.receiver.clock.now(), &*self.receiver.entropy);
        let write = self.receiver.store.begin().await?;
        let taken = progress::change_writer(&write, upload, None, Some(writer), Some(self.expiry())).await?;
        // Another writer may have come and gone since the first look at the row.
        let row = progress::lookup(&write.tx(), upload).await?;
        let row = row.filter(|row| taken && row.received.unsigned_abs() == offset);
        let pieces = row.ok_or(ReceiveError::Busy)?.pieces;
        write.commit().await?;
        let safe = Safe { received, pieces };
        Ok(Place { upload, writer, safe })
    }

    /// Whether another process asks this writer to stop, or has taken its lease.
    pub(crate) async fn is_asked(&self, place: &Place) -> bool {
        match self.row(place.upload).await {
            Ok(row) => row.asked != 0 || row.writer != Some(place.writer),
            Err(ReceiveError::NotFound) => true,
            // A database that does not answer asks for nothing. If it stays away, recording fails, and that is reported.
            Err(_) => false,
        }
    }

    /// Records what is stored durably. Releases the lease unless `stays` is set.
    ///
    /// Fails with [`ReceiveError::TakenOver`] when another writer has the lease.
    pub(crate) async fn record(&self, place: &mut Place, safe: Safe, stays: bool) -> Result<(), ReceiveError> {
        let step = Step {
            upload: place.upload,
            writer: place.writer,
            from: signed(place.safe.received),
            to: signed(safe.received),
            pieces: safe.pieces.clone(),
            expires_at: self.expiry(),
            stays,
        };
        let write = self.receiver.store.begin().await?;
        if !progress::advance(&write, step).await? {
            return Err(ReceiveError::TakenOver);
        }
        write.commit().await?;
        place.safe = safe;
        Ok(())
    }

    /// Releases the lease without recording anything. Best effort: the next writer takes away a lease that is not released.
    pub(crate) async fn give_up(&self, place: &Place) {
        let given_up = async {
            let write = self.receiver.store.begin().await?;
            progress::change_writer(&write, place.upload, Some(place.writer), None, None).await?;
            write.commit().await
        };
        if let Err(error) = given_up.await {
            tracing::warn!(upload = %place.upload, %error, "a writer could not release its lease on an upload");
        }
    }

    pub(crate) async fn row(&self, upload: Uuid) -> Result<Row, ReceiveError> {
        let row = progress::lookup(&self.receiver.store.read, upload).await?;
        row.ok_or(ReceiveError::NotFound)
    }
}

/// Converts a length. Lengths are below 2^53, so they fit.
pub(crate) fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
