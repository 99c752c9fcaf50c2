//! A bounded queue: some jobs run, some more wait, and all others are refused at once.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Admits jobs in the order in which they came. Cheap to clone; clones share the queue.
#[derive(Clone, Debug)]
pub struct BoundedQueue {
    /// The permits of jobs that run or wait.
    places: Arc<Semaphore>,
    most: usize,
    at_work: Arc<Semaphore>,
}

/// A permit to run, held until it is dropped.
#[derive(Debug)]
pub struct QueuePermit {
    _at_work: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
}

/// The error for a full queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the queue is full")]
pub struct QueueFull;

impl BoundedQueue {
    /// Creates a queue in which `at_work` jobs run and `waiting` more wait behind them.
    pub fn new(at_work: usize, waiting: usize) -> Self {
        let at_work = at_work.max(1);
        let places = at_work.saturating_add(waiting).min(Semaphore::MAX_PERMITS);
        Self {
            places: Arc::new(Semaphore::new(places)),
            most: places,
            at_work: Arc::new(Semaphore::new(at_work)),
        }
    }

    /// Waits for a permit to run. Returns [`QueueFull`] at once if no more jobs may wait.
    pub async fn enter(&self) -> Result<QueuePermit, QueueFull> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| QueueFull)?;
        // Neither semaphore is ever closed.
        let at_work = Arc::clone(&self.at_work).acquire_owned().await.map_err(|_| QueueFull)?;
        Ok(QueuePermit {
            _at_work: at_work,
            _place: place,
        })
    }

    /// Returns how many jobs run or wait now.
    pub fn jobs(&self) -> usize {
        self.most - self.free_places()
    }

    /// Returns how many more jobs may enter now.
    pub fn free_places(&self) -> usize {
        self.places.available_permits()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_too_much_is_refused_and_a_turn_that_ends_makes_room() {
        let queue = BoundedQueue::new(1, 1);
        let first = queue.enter().await.unwrap();
        let second = tokio::spawn({
            let queue = queue.clone();
            async move { queue.enter().await.map(|_| ()) }
        });
        while queue.free_places() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(queue.enter().await.map(|_| ()), Err(QueueFull));
        assert_eq!(queue.jobs(), 2);
        assert!(!second.is_finished());
        drop(first);
        assert_eq!(second.await.unwrap(), Ok(()));
        assert_eq!(queue.jobs(), 0);
        assert!(queue.enter().await.is_ok());
    }
}
