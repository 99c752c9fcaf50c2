//! A bounded queue for sandboxed processes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Limits of a queue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct QueueLimits {
    /// Maximum number of processes that run at once.
    pub(crate) at_once: usize,
    /// Maximum number of tasks that run or wait.
    pub(crate) inside: usize,
    /// Maximum number of tasks of one asker that run or wait.
    pub(crate) inside_per_asker: usize,
    /// How long a task waits for a permit to run.
    pub(crate) patience: Duration,
}

/// A bounded queue. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct TaskQueue {
    width: QueueLimits,
    running: Arc<Semaphore>,
    /// Number of tasks that run or wait, by asker. Askers without tasks are removed.
    inside: Arc<Mutex<HashMap<Vec<u8>, usize>>>,
}

/// A permit to run, returned on drop.
#[derive(Debug)]
pub(crate) struct Permit {
    _running: OwnedSemaphorePermit,
    _place: QueuePosition,
}

/// A position in the queue, freed on drop.
#[derive(Debug)]
struct QueuePosition {
    inside: Arc<Mutex<HashMap<Vec<u8>, usize>>>,
    asker: Vec<u8>,
}

impl TaskQueue {
    pub(crate) fn new(width: QueueLimits) -> Self {
        Self {
            width,
            running: Arc::new(Semaphore::new(width.at_once)),
            inside: Arc::default(),
        }
    }

    /// Waits for a permit. Returns `None` if the queue is full, in total or for this asker, or if no permit comes free in time.
    pub(crate) async fn enter(&self, asker: &[u8]) -> Option<Permit> {
        let place = self.place(asker)?;
        let running = tokio::time::timeout(self.width.patience, Arc::clone(&self.running).acquire_owned());
        Some(Permit {
            _running: running.await.ok()?.ok()?,
            _place: place,
        })
    }

    fn place(&self, asker: &[u8]) -> Option<QueuePosition> {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let own = inside.get(asker).copied().unwrap_or_default();
        if inside.values().sum::<usize>() >= self.width.inside || (!asker.is_empty() && own >= self.width.inside_per_asker) {
            return None;
        }
        inside.insert(asker.to_vec(), own + 1);
        Some(QueuePosition {
            inside: Arc::clone(&self.inside),
            asker: asker.to_vec(),
        })
    }
}

impl Drop for QueuePosition {
    fn drop(&mut self) {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        match inside.get_mut(&self.asker) {
            Some(own) if *own > 1 => *own -= 1,
            _ => {
                inside.remove(&self.asker);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane() -> TaskQueue {
        TaskQueue::new(QueueLimits {
            at_once: 1,
            inside: 4,
            inside_per_asker: 2,
            patience: Duration::from_secs(5),
        })
    }

    #[tokio::test(start_paused = true)]
    async fn one_asker_does_not_fill_the_lane() {
        let lane = lane();
        let first = lane.enter(b"a").await.unwrap();
        let second = tokio::spawn({
            let lane = lane.clone();
            async move { lane.enter(b"a").await }
        });
        tokio::task::yield_now().await;
        assert!(lane.enter(b"a").await.is_none(), "a third task of the same asker is refused");
        let other = tokio::spawn({
            let lane = lane.clone();
            async move { lane.enter(b"b").await }
        });
        tokio::task::yield_now().await;
        drop(first);
        drop(second.await.unwrap().expect("the waiting task must run"));
        drop(other.await.unwrap().expect("the other asker's task must run"));
        assert!(lane.inside.lock().unwrap().is_empty(), "the lane must forget askers without tasks");
    }

    #[tokio::test(start_paused = true)]
    async fn no_task_waits_longer_than_the_patience() {
        let lane = lane();
        let _long = lane.enter(b"a").await.unwrap();
        let before = tokio::time::Instant::now();
        assert!(lane.enter(b"b").await.is_none());
        assert_eq!(before.elapsed().as_secs(), 5);
        // The position of the refused task is free again.
        assert_eq!(lane.inside.lock().unwrap().len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn many_askers_fill_it_and_the_next_is_told_at_once() {
        let lane = lane();
        let _long = lane.enter(b"a").await.unwrap();
        let waiting: Vec<_> = [b"b", b"c", b"d"]
            .map(|asker| {
                let lane = lane.clone();
                tokio::spawn(async move { lane.enter(asker).await.is_none() })
            })
            .into();
        tokio::task::yield_now().await;
        let before = tokio::time::Instant::now();
        assert!(lane.enter(b"e").await.is_none());
        assert_eq!(before.elapsed(), Duration::ZERO);
        for waited in waiting {
            assert!(waited.await.unwrap());
        }
    }
}
