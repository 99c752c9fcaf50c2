//! How much may be sent.

use serde::{Deserialize, Serialize};

/// Limits on files. Each owner (a draft, later its case) has its own count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Largest file, in bytes.
    pub file_bytes: u64,
    /// Files of one owner.
    pub files: u64,
    /// All files of one owner together, in bytes.
    pub total_bytes: u64,
}

impl Default for Limits {
    /// 25 MB a file, 50 files, 1 GB in all.
    fn default() -> Self {
        Self {
            file_bytes: 25_000_000,
            files: 50,
            total_bytes: 1_000_000_000,
        }
    }
}
