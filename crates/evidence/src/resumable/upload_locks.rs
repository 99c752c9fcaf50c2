//! Upload locks: one request at a time per upload, within this process. A newer request asks the older one to stop, and waits.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as Gate, OwnedMutexGuard, watch};
use uuid::Uuid;

use crate::ReceiveError;

/// How long a newer request waits for the older one to store what it has. An S3-compatible store may need a while.
const PATIENCE: Duration = Duration::from_secs(20);

/// The locks of all uploads. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct UploadLocks(Arc<Mutex<HashMap<Uuid, Arc<LockEntry>>>>);

#[derive(Debug, Default)]
struct LockEntry {
    gate: Arc<Gate<()>>,
    /// Counts the requests for this upload. The newest one should get the lock.
    newest: watch::Sender<u64>,
}

/// A held upload lock, released on drop.
#[derive(Debug)]
pub(crate) struct UploadLock {
    turns: UploadLocks,
    upload: Uuid,
    seat: Arc<LockEntry>,
    number: u64,
    told: watch::Receiver<u64>,
    guard: Option<OwnedMutexGuard<()>>,
}

impl UploadLocks {
    /// Asks the holder of the lock to stop, and waits for the lock.
    ///
    /// Fails with [`ReceiveError::Busy`] when the holder does not stop in time.
    pub(crate) async fn take(&self, upload: Uuid) -> Result<UploadLock, ReceiveError> {
        let mut turn = self.register_request(upload);
        let gate = Arc::clone(&turn.seat.gate);
        let waiting = tokio::time::timeout(PATIENCE, gate.lock_owned());
        turn.guard = Some(waiting.await.map_err(|_| ReceiveError::Busy)?);
        Ok(turn)
    }

    fn register_request(&self, upload: Uuid) -> UploadLock {
        let mut seats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seat = Arc::clone(seats.entry(upload).or_default());
        let mut number = 0;
        seat.newest.send_modify(|newest| {
            *newest += 1;
            number = *newest;
        });
        UploadLock {
            turns: self.clone(),
            upload,
            told: seat.newest.subscribe(),
            seat,
            number,
            guard: None,
        }
    }
}

impl UploadLock {
    /// Completes when a newer request wants the lock.
    pub(crate) async fn superseded(&mut self) {
        let number = self.number;
        // `self.seat` keeps the sender alive, so waiting cannot fail.
        let _ = self.told.wait_for(|newest| *newest != number).await;
    }
}

impl Drop for UploadLock {
    fn drop(&mut self) {
        self.guard = None;
        let mut seats = self.turns.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Only the table and this lock refer to the entry: no other request holds or awaits the lock.
        if Arc::strong_count(&self.seat) == 2 {
            seats.remove(&self.upload);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_newest_asks_the_one_before_to_stop_and_nothing_is_left_behind() {
        let turns = UploadLocks::default();
        let (upload, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut first = turns.take(upload).await.unwrap();
        let elsewhere = turns.take(other).await.unwrap();
        assert!(tokio::time::timeout(Duration::from_millis(20), first.superseded()).await.is_err());
        let second = tokio::spawn({
            let turns = turns.clone();
            async move { turns.take(upload).await.unwrap() }
        });
        first.superseded().await;
        assert!(
            !second.is_finished(),
            "the second writer waits until the first has stored everything"
        );
        drop(first);
        drop((second.await.unwrap(), elsewhere));
        assert!(turns.0.lock().unwrap().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn somebody_who_never_stops_is_not_waited_for_for_ever() {
        let turns = UploadLocks::default();
        let _first = turns.take(Uuid::nil()).await.unwrap();
        assert!(matches!(turns.take(Uuid::nil()).await, Err(ReceiveError::Busy)));
        assert_eq!(turns.0.lock().unwrap().len(), 1);
    }
}
