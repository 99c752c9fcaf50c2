//! The lease of the one writer that appends to an upload. It is stored in the database: other processes see it and can take it
//! away.

use std::time::Duration;

use uuid::Uuid;

use crate::ReceiveError;
use crate::resumable::Resumable;
use crate::sink::DurableState;
use record::entropy::uuid_v7;
use record::upload_progress::{self, Model as Row, ProgressUpdate};

/// How long a request waits for a writer in another process to stop. That writer may have crashed.
const GRACE: Duration = Duration::from_secs(2);

/// How often a waiting request checks whether the writer has stopped.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// How often a writer checks whether another request asks it to stop.
pub(crate) const LISTEN_EVERY: Duration = Duration::from_millis(400);

/// A writer's lease on an upload.
#[derive(Debug)]
pub(crate) struct WriterLease {
    pub(crate) upload: Uuid,
    pub(crate) writer: Uuid,
    /// What the upload's row records as stored.
    pub(crate) safe: DurableState,
}

impl Resumable {
    /// Waits until no writer holds the lease, and returns the row.
    ///
    /// Takes the lease away from a writer that does not stop. Within this process the upload lock already excludes other writers.
    pub(crate) async fn wait_for_lease(&self, upload: Uuid) -> Result<Row, ReceiveError> {
        let row = self.row(upload).await?;
        let Some(writer) = row.writer else { return Ok(row) };
        let write = self.receiver.store.begin().await?;
        upload_progress::request_stop(&write, upload).await?;
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
        upload_progress::change_writer(&write, upload, Some(writer), None, None).await?;
        write.commit().await?;
        self.row(upload).await
    }

    /// Takes the lease to write at `offset`. Fails with [`ReceiveError::Busy`] when another process was faster.
    pub(crate) async fn acquire_lease(&self, upload: Uuid, offset: u64) -> Result<WriterLease, ReceiveError> {
        let row = self.wait_for_lease(upload).await?;
        let received = row.received.unsigned_abs();
        if received != offset {
            return Err(ReceiveError::WrongOffset { offset: received });
        }
        let writer = uuid_v7(self.receiver.clock.now(), &*self.receiver.entropy);
        let write = self.receiver.store.begin().await?;
        let taken = upload_progress::change_writer(&write, upload, None, Some(writer), Some(self.expiry())).await?;
        // Another writer may have come and gone since the row was first read.
        let row = upload_progress::lookup(&write.tx(), upload).await?;
        let row = row.filter(|row| taken && row.received.unsigned_abs() == offset);
        let pieces = row.ok_or(ReceiveError::Busy)?.pieces;
        write.commit().await?;
        let safe = DurableState { received, pieces };
        Ok(WriterLease { upload, writer, safe })
    }

    /// Whether another process asks this writer to stop, or has taken its lease.
    pub(crate) async fn is_asked_to_stop(&self, place: &WriterLease) -> bool {
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
    pub(crate) async fn record(&self, place: &mut WriterLease, safe: DurableState, stays: bool) -> Result<(), ReceiveError> {
        let step = ProgressUpdate {
            upload: place.upload,
            writer: place.writer,
            from: signed(place.safe.received),
            to: signed(safe.received),
            pieces: safe.pieces.clone(),
            expires_at: self.expiry(),
            continues: stays,
        };
        let write = self.receiver.store.begin().await?;
        if !upload_progress::advance(&write, step).await? {
            return Err(ReceiveError::TakenOver);
        }
        write.commit().await?;
        place.safe = safe;
        Ok(())
    }

    /// Releases the lease without recording anything. Best effort: the next writer takes away a lease that is not released.
    pub(crate) async fn release_lease(&self, place: &WriterLease) {
        let given_up = async {
            let write = self.receiver.store.begin().await?;
            upload_progress::change_writer(&write, place.upload, Some(place.writer), None, None).await?;
            write.commit().await
        };
        if let Err(error) = given_up.await {
            tracing::warn!(upload = %place.upload, %error, "a writer could not release its lease on an upload");
        }
    }

    pub(crate) async fn row(&self, upload: Uuid) -> Result<Row, ReceiveError> {
        let row = upload_progress::lookup(&self.receiver.store.read, upload).await?;
        row.ok_or(ReceiveError::NotFound)
    }
}

/// Converts a length. Lengths are below 2^53, so they fit.
pub(crate) fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
