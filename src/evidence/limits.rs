//! How much may be sent.

use serde::{Deserialize, Serialize};

/// Limits on files. Each owner (a draft, later its case) has its own count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Largest file, in bytes.
    pub file_bytes: u64,
    /// Largest sound or film, in bytes.
    pub recording_bytes: u64,
    /// Files of one owner.
    pub files: u64,
    /// All files of one owner together, in bytes.
    pub total_bytes: u64,
}

impl Default for Limits {
    /// 25 MB a file, 200 MB a sound or film, 50 files, 1 GB in all.
    fn default() -> Self {
        Self {
            file_bytes: 25_000_000,
            recording_bytes: 200_000_000,
            files: 50,
            total_bytes: 1_000_000_000,
        }
    }
}

impl Limits {
    /// The largest file of all, in bytes: what can be said before anything is known of a file but its size.
    #[must_use]
    pub fn largest(&self) -> u64 {
        self.file_bytes.max(self.recording_bytes)
    }

    /// The largest file of a kind, in bytes.
    #[must_use]
    pub fn of(&self, is_recording: bool) -> u64 {
        if is_recording { self.recording_bytes } else { self.file_bytes }
    }
}
