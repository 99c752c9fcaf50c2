//! Limits on the number and size of files.

use serde::{Deserialize, Serialize};
use validator::Validate;

/// The largest limit, in bytes: a thousand terabytes. Sums of many such values stay far below the largest integer of the database.
pub const MOST_BYTES: u64 = 1_000_000_000_000_000;

/// Limits on uploaded files. Each owner (a draft, later its case) is counted separately.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// The largest file other than sound and video, in bytes.
    #[validate(range(min = 1, max = MOST_BYTES))]
    pub file_bytes: u64,
    /// The largest sound or video file, in bytes.
    #[validate(range(min = 1, max = MOST_BYTES))]
    pub recording_bytes: u64,
    /// The largest number of files in one complaint.
    #[validate(range(min = 1, max = 100_000))]
    pub files: u64,
    /// The largest size of all files in one complaint together, in bytes.
    #[validate(range(min = 1, max = MOST_BYTES))]
    pub total_bytes: u64,
}

impl Default for Limits {
    /// 25 MB per file, 200 MB per sound or video file, 50 files, 1 GB in total.
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
    /// The largest size of any file, in bytes: the limit while the type is unknown.
    pub fn largest(&self) -> u64 {
        self.file_bytes.max(self.recording_bytes)
    }

    /// The largest size for sound and video, or for other files, in bytes.
    pub fn of(&self, is_recording: bool) -> u64 {
        if is_recording { self.recording_bytes } else { self.file_bytes }
    }
}
