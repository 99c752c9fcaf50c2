//! One request at a time for each upload, within this process. Whoever comes later asks the one before to stop, and waits.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as Gate, OwnedMutexGuard, watch};
use uuid::Uuid;

use crate::evidence::ReceiveError;

/// How long a newer request waits for the older one to put away what it has. An S3-like storage may need a while.
const PATIENCE: Duration = Duration::from_secs(20);

/// Who is at which upload. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct Turns(Arc<Mutex<HashMap<Uuid, Arc<Seat>>>>);

#[derive(Debug, Default)]
struct Seat {
    gate: Arc<Gate<()>>,
    /// Counts those who came; the newest is the one who is wanted.
    newest: watch::Sender<u64>,
}

/// A turn. It ends when dropped.
#[derive(Debug)]
pub(super) struct Turn {
    turns: Turns,
    upload: Uuid,
    seat: Arc<Seat>,
    number: u64,
    told: watch::Receiver<u64>,
    guard: Option<OwnedMutexGuard<()>>,
}

impl Turns {
    /// Asks whoever has the turn to stop, and waits for it.
    ///
    /// # Errors
    /// [`ReceiveError::Busy`] when they do not.
    pub(super) async fn take(&self, upload: Uuid) -> Result<Turn, ReceiveError> {
        let mut turn = self.line_up(upload);
        let gate = Arc::clone(&turn.seat.gate);
        let waiting = tokio::time::timeout(PATIENCE, gate.lock_owned());
        turn.guard = Some(waiting.await.map_err(|_| ReceiveError::Busy)?);
        Ok(turn)
    }

    fn line_up(&self, upload: Uuid) -> Turn {
        let mut seats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seat = Arc::clone(seats.entry(upload).or_default());
        let mut number = 0;
        seat.newest.send_modify(|newest| {
            *newest += 1;
            number = *newest;
        });
        Turn {
            turns: self.clone(),
            upload,
            told: seat.newest.subscribe(),
            seat,
            number,
            guard: None,
        }
    }
}

impl Turn {
    /// Comes back when somebody else wants the turn.
    pub(super) async fn is_wanted(&mut self) {
        let number = self.number;
        // The sender is in our own seat, so it does not go away.
        let _ = self.told.wait_for(|newest| *newest != number).await;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.guard = None;
        let mut seats = self.turns.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The table and this one: nobody else sits here or waits.
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
        let turns = Turns::default();
        let (upload, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut first = turns.take(upload).await.unwrap();
        let elsewhere = turns.take(other).await.unwrap();
        assert!(tokio::time::timeout(Duration::from_millis(20), first.is_wanted()).await.is_err());
        let second = tokio::spawn({
            let turns = turns.clone();
            async move { turns.take(upload).await.unwrap() }
        });
        first.is_wanted().await;
        assert!(!second.is_finished(), "it waits until the first has put everything away");
        drop(first);
        drop((second.await.unwrap(), elsewhere));
        assert!(turns.0.lock().unwrap().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn somebody_who_never_stops_is_not_waited_for_for_ever() {
        let turns = Turns::default();
        let _first = turns.take(Uuid::nil()).await.unwrap();
        assert!(matches!(turns.take(Uuid::nil()).await, Err(ReceiveError::Busy)));
        assert_eq!(turns.0.lock().unwrap().len(), 1);
    }
}
