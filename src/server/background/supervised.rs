//! Supervised background tasks: a task that panics or ends is restarted.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// The delay before the first restart; it doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// The longest delay.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// A task that ran this long counts as healthy: the next delay is the first one again.
const WELL_AFTER: Duration = Duration::from_mins(5);

/// The states of the background tasks. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(in crate::server) struct Tasks(Arc<Mutex<BTreeMap<&'static str, TaskState>>>);

/// The state of a background task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub(in crate::server) enum TaskState {
    Ok {
        /// The number of restarts.
        restarts: u64,
    },
    /// The task panicked or ended, and waits for its restart.
    Restarting { restarts: u64 },
}

impl Tasks {
    /// The state of each task, by name.
    pub(in crate::server) fn states(&self) -> BTreeMap<&'static str, TaskState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Runs the future made by `start` until `stop` is true. If it panics or ends before, it is made again after a delay.
    pub(super) fn supervise<F>(
        &self,
        name: &'static str,
        mut stop: watch::Receiver<bool>,
        start: impl Fn(watch::Receiver<bool>) -> F + Send + 'static,
    ) -> JoinHandle<()>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let tasks = self.clone();
        tokio::spawn(async move {
            let (mut restarts, mut wait) = (0, FIRST_WAIT);
            loop {
                let (began, mut running) = (Instant::now(), AbortOnDrop(tokio::spawn(start(stop.clone()))));
                tasks.note(name, TaskState::Ok { restarts });
                let ended = (&mut running.0).await;
                if *stop.borrow() {
                    return;
                }
                let panicked = ended.is_err_and(|error| error.is_panic());
                if began.elapsed() >= WELL_AFTER {
                    wait = FIRST_WAIT;
                }
                tasks.note(name, TaskState::Restarting { restarts });
                let seconds = wait.as_secs();
                tracing::error!(task = name, panicked, seconds, "a background task ended and is restarted");
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    _ = stop.wait_for(|stop| *stop) => return,
                }
                restarts += 1;
                wait = (wait * 2).min(LONGEST_WAIT);
            }
        })
    }

    fn note(&self, name: &'static str, state: TaskState) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name, state);
    }
}

/// A task that is aborted together with its supervisor.
struct AbortOnDrop(JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    async fn settle() {
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_panics_or_ends_comes_back_later_and_later() {
        let (tasks, starts) = (Tasks::default(), Arc::new(AtomicU64::new(0)));
        let die = Arc::new(tokio::sync::Notify::new());
        let (stop, stopped) = watch::channel(false);
        let (counted, told) = (Arc::clone(&starts), Arc::clone(&die));
        let supervisor = tasks.supervise("courier", stopped, move |_| {
            let (n, told) = (counted.fetch_add(1, Ordering::Relaxed), Arc::clone(&told));
            async move {
                match n {
                    0 => panic!("made up"),
                    1 => {}
                    _ => {
                        told.notified().await;
                        panic!("made up")
                    }
                }
            }
        });
        settle().await;
        assert_eq!(tasks.states()["courier"], TaskState::Restarting { restarts: 0 });
        tokio::time::sleep(FIRST_WAIT).await;
        settle().await;
        assert_eq!(
            tasks.states()["courier"],
            TaskState::Restarting { restarts: 1 },
            "a task that ends by itself is restarted"
        );
        tokio::time::sleep(FIRST_WAIT).await;
        settle().await;
        assert_eq!(starts.load(Ordering::Relaxed), 2, "the second wait is longer");
        tokio::time::sleep(FIRST_WAIT).await;
        settle().await;
        assert_eq!(tasks.states()["courier"], TaskState::Ok { restarts: 2 });
        die.notify_one();
        settle().await;
        assert_eq!(tasks.states()["courier"], TaskState::Restarting { restarts: 2 });
        tokio::time::sleep(FIRST_WAIT * 4).await;
        settle().await;
        assert_eq!(starts.load(Ordering::Relaxed), 4);
        assert_eq!(tasks.states()["courier"], TaskState::Ok { restarts: 3 });
        // Once stopped, the task is not restarted.
        stop.send(true).unwrap();
        die.notify_one();
        supervisor.await.unwrap();
        assert_eq!(starts.load(Ordering::Relaxed), 4);
    }
}
