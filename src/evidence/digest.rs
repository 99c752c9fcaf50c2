//! What a file turns out to be while its bytes go by: size, SHA-256 and type.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::sniff::Sniffer;
use super::{Limits, ReceiveError};
use crate::record::events::hex;

/// Looks at bytes in the order of the file.
#[derive(Debug, Default)]
pub struct Digest {
    sha: Sha256,
    sniffer: Sniffer,
    seen: u64,
}

/// What can be said of a file before its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outlook {
    /// Too little of it has gone by, or nobody has looked.
    #[default]
    Unknown,
    /// It cannot become a file we take, whatever comes.
    Hopeless,
    /// It is of a kind we take; sounds and films may be larger.
    Known { is_recording: bool },
}

impl Outlook {
    /// Why a file that has, or will have, this many bytes is refused already.
    #[must_use]
    pub fn refusal(self, limits: &Limits, bytes: u64) -> Option<ReceiveError> {
        let limit = match self {
            Self::Hopeless => return Some(ReceiveError::UnsupportedType),
            Self::Unknown => limits.largest(),
            Self::Known { is_recording } => limits.of(is_recording),
        };
        (bytes > limit).then_some(ReceiveError::TooLarge { limit })
    }
}

/// What a whole file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// As [`Sniffer::media_type`] says it: what a container holds, [`super::examine`] has to tell.
    pub media_type: &'static str,
    /// What it is if it is no PDF after all.
    pub text_type: Option<&'static str>,
    pub bytes: u64,
    /// SHA-256 in lower-case hex.
    pub sha256: String,
}

impl Digest {
    /// Looks at the next bytes.
    pub fn look(&mut self, bytes: &[u8]) {
        self.sha.update(bytes);
        self.sniffer.look(bytes);
        self.seen += bytes.len() as u64;
    }

    /// How many bytes have gone by.
    #[must_use]
    pub const fn seen(&self) -> u64 {
        self.seen
    }

    /// What can be said of the file so far.
    #[must_use]
    pub fn outlook(&self) -> Outlook {
        if self.sniffer.hopeless() {
            Outlook::Hopeless
        } else if self.sniffer.is_sure() {
            Outlook::Known {
                is_recording: self.sniffer.is_recording(),
            }
        } else {
            Outlook::Unknown
        }
    }

    /// What it is, when all of it has gone by.
    ///
    /// # Errors
    /// [`ReceiveError::Empty`] or [`ReceiveError::UnsupportedType`].
    pub fn finish(self) -> Result<Whole, ReceiveError> {
        if self.seen == 0 {
            return Err(ReceiveError::Empty);
        }
        let media_type = self.sniffer.media_type().ok_or(ReceiveError::UnsupportedType)?;
        Ok(Whole {
            media_type,
            text_type: self.sniffer.text_type(),
            bytes: self.seen,
            sha256: hex(&self.sha.finalize()),
        })
    }
}

/// Most uploads whose digest is kept between two requests. One takes some tens of kilobytes.
const KEPT: usize = 256;

/// Digests of uploads between two requests. Only a short cut: what is not here is read again from the storage, which every
/// upload survives that goes on after a restart or on another server.
#[derive(Clone, Debug, Default)]
pub struct Digests(Arc<Mutex<HashMap<Uuid, Digest>>>);

impl Digests {
    /// The digest of this upload, if it is one of exactly the first `offset` bytes. It is here no longer.
    #[must_use]
    pub fn take(&self, upload: Uuid, offset: u64) -> Option<Digest> {
        if offset == 0 {
            self.forget(upload);
            return Some(Digest::default());
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.remove(&upload).filter(|digest| digest.seen() == offset)
    }

    /// Keeps one. When there are too many, another goes.
    pub fn keep(&self, upload: Uuid, digest: Digest) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT
            && let Some(other) = kept.keys().next().copied()
        {
            kept.remove(&other);
        }
        kept.insert(upload, digest);
    }

    /// Lets one go.
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
            digest.look(b"abc");
            digest
        };
        let id = |n: usize| Uuid::from_u128(n as u128);
        digests.keep(id(1), three());
        assert!(
            digests.take(id(1), 2).is_none() && digests.take(id(1), 3).is_none(),
            "gone once asked for wrongly"
        );
        digests.keep(id(1), three());
        assert_eq!(digests.take(id(1), 3).map(|d| d.seen()), Some(3));
        assert_eq!(digests.take(id(1), 0).map(|d| d.seen()), Some(0), "a beginning needs nothing kept");
        for n in 0..KEPT + 10 {
            digests.keep(id(n), three());
        }
        assert_eq!(digests.0.lock().unwrap().len(), KEPT);
    }

    #[test]
    fn a_whole_file_is_told_by_its_bytes() {
        let mut digest = Digest::default();
        digest.look(b"ab");
        digest.look(b"c");
        let whole = digest.finish().unwrap();
        assert_eq!((whole.media_type, whole.bytes), ("text/plain", 3));
        // FIPS 180-2, appendix B.1.
        assert_eq!(whole.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert!(matches!(Digest::default().finish(), Err(ReceiveError::Empty)));
    }
}
