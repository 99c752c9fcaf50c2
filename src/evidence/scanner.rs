//! Who looks at files before anybody may open them.

use std::time::Duration;

use super::clamd::Clamd;

/// Who does. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Scanner {
    /// Nobody has been named yet: files wait, and nobody is served one.
    Missing,
    /// Somebody decided that nobody does: files are served as they came, and said to be unscanned.
    Off,
    /// `ClamAV`.
    Clamd { clamd: Clamd, retry: Retry },
}

/// How long to wait before a file that got no verdict is shown again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// After the first time; then twice as long each time.
    pub first: Duration,
    /// The longest wait.
    pub longest: Duration,
}

impl Scanner {
    /// Whether files may be opened that nobody has looked at.
    #[must_use]
    pub fn is_off(&self) -> bool {
        matches!(self, Self::Off)
    }
}

impl Retry {
    /// How long to wait after so many times.
    #[must_use]
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
