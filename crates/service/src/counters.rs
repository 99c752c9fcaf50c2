//! Counters for the operator. They contain no names, references or addresses.

use std::sync::atomic::{AtomicU64, Ordering};

/// A kind of sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInWay {
    /// With a reference and an access code.
    AccessCode,
    /// With a code sent by email.
    EmailCode,
    /// With an API key of one of the organisation's systems.
    ApiKey,
}

impl SignInWay {
    pub const ALL: [Self; 3] = [Self::AccessCode, Self::EmailCode, Self::ApiKey];

    /// Returns the name in the log and in the metrics.
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
    pub fn failed_sign_ins(&self, way: SignInWay) -> u64 {
        self.failed_sign_ins[way as usize].load(Ordering::Relaxed)
    }

    /// Counts and logs a failed sign-in. The log line contains neither the caller nor the input.
    pub(crate) fn note_failed_sign_in(&self, way: SignInWay) {
        let failed = self.failed_sign_ins[way as usize].fetch_add(1, Ordering::Relaxed) + 1;
        tracing::info!(way = way.name(), failed, "a sign-in failed");
    }
}
