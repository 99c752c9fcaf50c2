//! What a server counts for its operator: no names, no references, no addresses.

use std::sync::atomic::{AtomicU64, Ordering};

/// A way to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInWay {
    /// A reference and an access code.
    AccessCode,
    /// A code that was sent by email.
    EmailCode,
    /// A key of the organisation's systems.
    ApiKey,
}

impl SignInWay {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::AccessCode, Self::EmailCode, Self::ApiKey];

    /// The name in the log and in the metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AccessCode => "access_code",
            Self::EmailCode => "email_code",
            Self::ApiKey => "api_key",
        }
    }
}

/// Counts since the server started.
#[derive(Debug, Default)]
pub struct Counters {
    failed_sign_ins: [AtomicU64; SignInWay::ALL.len()],
}

impl Counters {
    /// How many sign-ins failed.
    #[must_use]
    pub fn failed_sign_ins(&self, way: SignInWay) -> u64 {
        self.failed_sign_ins[way as usize].load(Ordering::Relaxed)
    }

    /// Counts a sign-in that failed, with a line in the log. The line says neither who tried nor what.
    pub(super) fn note_failed_sign_in(&self, way: SignInWay) {
        let failed = self.failed_sign_ins[way as usize].fetch_add(1, Ordering::Relaxed) + 1;
        tracing::info!(way = way.name(), failed, "a sign-in failed");
    }
}
