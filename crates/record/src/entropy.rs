//! The source of randomness and of ids.

use std::sync::{Mutex, PoisonError};

use rand::{RngCore, SeedableRng, rngs::StdRng};
use time::OffsetDateTime;
use uuid::Uuid;

/// A source of unpredictable bytes. It is the only source of randomness in the program, so tests can replace it.
pub trait Entropy: Send + Sync + 'static {
    /// Overwrites all of `out`.
    fn fill(&self, out: &mut [u8]);
}

/// The thread-local generator (`ChaCha12`), seeded and reseeded by the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(clippy::disallowed_methods, reason = "the only place that uses the system's random numbers")]
    fn fill(&self, out: &mut [u8]) {
        rand::rng().fill_bytes(out);
    }
}

/// A source for tests that gives the same bytes for the same seed. Never use it for a secret.
#[derive(Debug)]
pub struct SeededEntropy(Mutex<StdRng>);

impl SeededEntropy {
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, out: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(out);
    }
}

/// Returns `N` random bytes.
pub fn bytes<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut out = [0; N];
    entropy.fill(&mut out);
    out
}

/// Returns a new UUID version 7: `at` in milliseconds, then 74 random bits.
///
/// Later ids sort after earlier ones, which keeps the indexes on them compact.
pub fn uuid_v7(at: OffsetDateTime, entropy: &dyn Entropy) -> Uuid {
    let millis = u64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &bytes(entropy)).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_and_differ_within_a_millisecond() {
        let entropy = SeededEntropy::new(1);
        let at = OffsetDateTime::from_unix_timestamp(1_795_296_000).unwrap();
        let (a, b) = (uuid_v7(at, &entropy), uuid_v7(at, &entropy));
        let later = uuid_v7(at + time::Duration::milliseconds(1), &entropy);
        assert_ne!(a, b);
        assert!(later > a && later > b);
        assert_eq!(a.get_version_num(), 7);
    }
}
