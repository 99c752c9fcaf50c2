//! Limits how many long requests may run at once, in total and for one client.
//!
//! An arriving file holds a connection, an open file and some memory for as long as its sender likes. A stream of news holds a
//! connection. Behind a proxy, connections cannot be counted by address; such requests can.

use std::collections::HashMap;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a request waits for a permit.
const PATIENCE: Duration = Duration::from_secs(10);

/// Hands out permits. `K` identifies a client: an address for uploads, a person for streams of news. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Permits<K> {
    all: Arc<Semaphore>,
    per_client: usize,
    clients: Arc<Mutex<HashMap<K, Weak<Semaphore>>>>,
}

/// A permit for one request, returned on drop.
#[derive(Debug)]
pub struct Permit {
    _all: OwnedSemaphorePermit,
    _client: OwnedSemaphorePermit,
}

impl<K: Hash + Eq> Permits<K> {
    /// Allows `all` requests at once, and `per_client` of them by one client.
    pub fn new(all: NonZeroU32, per_client: NonZeroU32) -> Self {
        let size = |n: NonZeroU32| {
            usize::try_from(n.get())
                .unwrap_or(Semaphore::MAX_PERMITS)
                .min(Semaphore::MAX_PERMITS)
        };
        Self {
            all: Arc::new(Semaphore::new(size(all))),
            per_client: size(per_client),
            clients: Arc::default(),
        }
    }

    /// Waits for a permit. Returns `None` if none comes free in time.
    ///
    /// The client's own permit is taken first, so that a client with many requests does not block others.
    pub async fn take(&self, client: K) -> Option<Permit> {
        let own = self.of(client);
        let permit = async {
            let client = own.acquire_owned().await.ok()?;
            let all = Arc::clone(&self.all).acquire_owned().await.ok()?;
            Some(Permit {
                _all: all,
                _client: client,
            })
        };
        tokio::time::timeout(PATIENCE, permit).await.ok().flatten()
    }

    /// Takes a permit; returns `None` at once if none is free.
    pub fn try_take(&self, client: K) -> Option<Permit> {
        Some(Permit {
            _client: self.of(client).try_acquire_owned().ok()?,
            _all: Arc::clone(&self.all).try_acquire_owned().ok()?,
        })
    }

    fn of(&self, client: K) -> Arc<Semaphore> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = clients.get(&client).and_then(Weak::upgrade) {
            return known;
        }
        // Clients without a request are dropped.
        clients.retain(|_, permits| permits.strong_count() > 0);
        let permits = Arc::new(Semaphore::new(self.per_client));
        clients.insert(client, Arc::downgrade(&permits));
        permits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::client::ClientAddress;

    fn permits(all: u32, per_address: u32) -> Permits<ClientAddress> {
        Permits::new(NonZeroU32::new(all).unwrap(), NonZeroU32::new(per_address).unwrap())
    }

    fn from(last: u8) -> ClientAddress {
        ClientAddress::new([192, 0, 2, last].into())
    }

    #[tokio::test(start_paused = true)]
    async fn one_address_does_not_take_the_permits_of_others() {
        let permits = permits(3, 2);
        let _held = (permits.take(from(1)).await.unwrap(), permits.take(from(1)).await.unwrap());
        assert!(permits.take(from(1)).await.is_none(), "a third upload of one address must not run");
        assert!(permits.try_take(from(1)).is_none());
        assert!(permits.take(from(2)).await.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_permit_given_back_is_the_next_ones_and_addresses_at_rest_are_forgotten() {
        let permits = permits(1, 1);
        let first = permits.take(from(1)).await.unwrap();
        let waiting = tokio::spawn({
            let permits = permits.clone();
            async move { permits.take(from(2)).await.is_some() }
        });
        tokio::task::yield_now().await;
        drop(first);
        assert!(waiting.await.unwrap());
        drop(permits.take(from(3)).await.unwrap());
        assert_eq!(permits.clients.lock().unwrap().len(), 1);
    }
}
