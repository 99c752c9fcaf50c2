//! Size, SHA-256 and type of a file, computed while its bytes stream through.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::sniff::Sniffer;
use crate::{Limits, ReceiveError};

/// Computes size, hash and type of a file. Bytes must be added in file order.
#[derive(Debug, Default)]
pub struct Digest {
    sha: Sha256,
    sniffer: Sniffer,
    seen: u64,
}

/// Whether an incomplete file can be accepted, judged by its first bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Acceptability {
    /// Too few bytes have arrived, or no digest was computed.
    #[default]
    Unknown,
    /// The file cannot become an accepted type, whatever follows.
    Rejected,
    /// The type is accepted. Sound and video files have a larger size limit.
    Known { is_recording: bool },
}

impl Acceptability {
    /// Returns why a file that has, or will have, this many bytes is refused already.
    pub fn refusal(self, limits: &Limits, bytes: u64) -> Option<ReceiveError> {
        let limit = match self {
            Self::Rejected => return Some(ReceiveError::UnsupportedType),
            Self::Unknown => limits.largest(),
            Self::Known { is_recording } => limits.of(is_recording),
        };
        (bytes > limit).then_some(ReceiveError::TooLarge { limit })
    }
}

/// Size, hash and type of a complete file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileDigest {
    /// As returned by [`Sniffer::media_type`]; [`crate::inspect`] finds out what a container holds.
    pub media_type: &'static str,
    /// The type to use if the file turns out to be no PDF.
    pub text_type: Option<&'static str>,
    pub bytes: u64,
    /// SHA-256 in lower-case hex.
    pub sha256: String,
}

impl Digest {
    /// Adds the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.sha.update(bytes);
        self.sniffer.look(bytes);
        self.seen += bytes.len() as u64;
    }

    /// Number of bytes added so far.
    pub const fn seen(&self) -> u64 {
        self.seen
    }

    /// Judges the file by the bytes added so far.
    pub fn outlook(&self) -> Acceptability {
        if self.sniffer.hopeless() {
            Acceptability::Rejected
        } else if self.sniffer.is_sure() {
            Acceptability::Known {
                is_recording: self.sniffer.is_recording(),
            }
        } else {
            Acceptability::Unknown
        }
    }

    /// Returns size, hash and type once all bytes are added. Fails for an empty file and for a type that is not accepted.
    pub fn finish(self) -> Result<FileDigest, ReceiveError> {
        if self.seen == 0 {
            return Err(ReceiveError::Empty);
        }
        let media_type = self.sniffer.media_type().ok_or(ReceiveError::UnsupportedType)?;
        Ok(FileDigest {
            media_type,
            text_type: self.sniffer.text_type(),
            bytes: self.seen,
            sha256: hex::encode(self.sha.finalize()),
        })
    }
}

/// Maximum number of digests kept between requests. Each takes tens of kilobytes.
const KEPT: usize = 256;

/// Digests of unfinished uploads, kept in memory between two requests.
///
/// This is only a cache. After a restart, or on another server, the digest is computed again from the stored bytes.
#[derive(Clone, Debug, Default)]
pub struct Digests(Arc<Mutex<HashMap<Uuid, Digest>>>);

impl Digests {
    /// Removes and returns the digest of an upload, if it covers exactly the first `offset` bytes.
    pub fn take(&self, upload: Uuid, offset: u64) -> Option<Digest> {
        if offset == 0 {
            self.forget(upload);
            return Some(Digest::default());
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.remove(&upload).filter(|digest| digest.seen() == offset)
    }

    /// Stores a digest. If the cache is full, an arbitrary other one is dropped.
    pub fn keep(&self, upload: Uuid, digest: Digest) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT
            && let Some(other) = kept.keys().next().copied()
        {
            kept.remove(&other);
        }
        kept.insert(upload, digest);
    }

    /// Drops the digest of an upload.
    pub fn forget(&self, upload: Uuid) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&upload);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_digest_is_given_out_for_its_own_offset_only_and_the_number_is_bounded() {
        let digests = Digests::default();
        let three = || {
            let mut digest = Digest::default();
            digest.update(b"abc");
            digest
        };
        let id = |n: usize| Uuid::from_u128(n as u128);
        digests.keep(id(1), three());
        assert!(
            digests.take(id(1), 2).is_none() && digests.take(id(1), 3).is_none(),
            "a request with a wrong offset removes the digest"
        );
        digests.keep(id(1), three());
        assert_eq!(digests.take(id(1), 3).map(|d| d.seen()), Some(3));
        assert_eq!(digests.take(id(1), 0).map(|d| d.seen()), Some(0), "offset 0 needs no kept digest");
        for n in 0..KEPT + 10 {
            digests.keep(id(n), three());
        }
        assert_eq!(digests.0.lock().unwrap().len(), KEPT);
    }

    #[test]
    fn a_whole_file_is_told_by_its_bytes() {
        let mut digest = Digest::default();
        digest.update(b"ab");
        digest.update(b"c");
        let whole = digest.finish().unwrap();
        assert_eq!((whole.media_type, whole.bytes), ("text/plain", 3));
        // FIPS 180-2, appendix B.1.
        assert_eq!(whole.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert!(matches!(Digest::default().finish(), Err(ReceiveError::Empty)));
    }
}
