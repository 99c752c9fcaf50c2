//! Limits how many files may arrive at once, in total and from one address.
//!
//! An arriving file holds a connection, an open file and some memory for as long as its sender likes. Behind a proxy, connections cannot
//! be counted by address; files can.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::http::client::ClientAddress;

/// How long a file waits for a permit.
const PATIENCE: Duration = Duration::from_secs(10);

/// Hands out permits for uploads. Cheap to clone.
#[derive(Clone, Debug)]
pub struct UploadPermits {
    all: Arc<Semaphore>,
    per_address: usize,
    addresses: Arc<Mutex<HashMap<ClientAddress, Weak<Semaphore>>>>,
}

/// A permit for one upload, returned on drop.
#[derive(Debug)]
pub struct UploadPermit {
    _all: OwnedSemaphorePermit,
    _address: OwnedSemaphorePermit,
}

impl UploadPermits {
    /// Allows `all` files at once, and `per_address` of them from one address.
    pub fn new(all: NonZeroU32, per_address: NonZeroU32) -> Self {
        let size = |n: NonZeroU32| {
            usize::try_from(n.get())
                .unwrap_or(Semaphore::MAX_PERMITS)
                .min(Semaphore::MAX_PERMITS)
        };
        Self {
            all: Arc::new(Semaphore::new(size(all))),
            per_address: size(per_address),
            addresses: Arc::default(),
        }
    }

    /// Waits for a permit. Returns `None` if none comes free in time.
    ///
    /// The address's own permit is taken first, so that an address with many files does not block others.
    pub async fn take(&self, from: ClientAddress) -> Option<UploadPermit> {
        let address = self.of(from);
        let permit = async {
            let address = address.acquire_owned().await.ok()?;
            let all = Arc::clone(&self.all).acquire_owned().await.ok()?;
            Some(UploadPermit {
                _all: all,
                _address: address,
            })
        };
        tokio::time::timeout(PATIENCE, permit).await.ok().flatten()
    }

    fn of(&self, from: ClientAddress) -> Arc<Semaphore> {
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = addresses.get(&from).and_then(Weak::upgrade) {
            return known;
        }
        // Addresses without an arriving file are dropped.
        addresses.retain(|_, permits| permits.strong_count() > 0);
        let permits = Arc::new(Semaphore::new(self.per_address));
        addresses.insert(from, Arc::downgrade(&permits));
        permits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permits(all: u32, per_address: u32) -> UploadPermits {
        UploadPermits::new(NonZeroU32::new(all).unwrap(), NonZeroU32::new(per_address).unwrap())
    }

    fn from(last: u8) -> ClientAddress {
        ClientAddress::new([192, 0, 2, last].into())
    }

    #[tokio::test(start_paused = true)]
    async fn one_address_does_not_take_the_permits_of_others() {
        let permits = permits(3, 2);
        let _held = (permits.take(from(1)).await.unwrap(), permits.take(from(1)).await.unwrap());
        assert!(permits.take(from(1)).await.is_none(), "a third upload of one address must not run");
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
        assert_eq!(permits.addresses.lock().unwrap().len(), 1);
    }
}
