//! The virus scanner that checks files before anyone may open them.

use std::time::Duration;

use crate::clamd::Clamd;

/// The configured scanner. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Scanner {
    /// No scanner is configured: files wait, and none is served.
    NotConfigured,
    /// Scanning is switched off on purpose: files are served as they came, and shown as unscanned.
    Off,
    Clamd {
        clamd: Clamd,
        retry: Retry,
    },
}

/// How long to wait before a file without a verdict is scanned again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// Wait after the first attempt. It doubles after each further one.
    pub first: Duration,
    /// The longest wait.
    pub longest: Duration,
}

impl Scanner {
    /// Whether unscanned files may be opened.
    pub fn is_off(&self) -> bool {
        matches!(self, Self::Off)
    }
}

impl Retry {
    /// Returns the wait after this number of attempts.
    pub fn after(&self, attempts: i32) -> Duration {
        let doublings = attempts.clamp(1, 16) - 1;
        (self.first * 2_u32.pow(doublings.unsigned_abs())).min(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let retry = Retry {
            first: Duration::from_secs(30),
            longest: Duration::from_mins(15),
        };
        let seconds: Vec<u64> = [0, 1, 2, 3, 5, 6, 1000].map(|n| retry.after(n).as_secs()).into();
        assert_eq!(seconds, [30, 30, 60, 120, 480, 900, 900]);
    }
}
