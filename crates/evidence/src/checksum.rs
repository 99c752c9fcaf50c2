//! Checksums that a client sends with a part of a file (tus 1.0.0, checksum extension).

use ring::digest::{Algorithm, Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};

/// Supported algorithms, by their names in the protocol. The protocol requires `sha1`: it detects transmission errors, not
/// tampering.
pub const ALGORITHMS: [&str; 2] = ["sha1", "sha256"];

/// The expected checksum of a part.
#[derive(Clone, Debug)]
pub struct Checksum {
    algorithm: &'static Algorithm,
    expected: Vec<u8>,
}

impl Checksum {
    /// Creates a checksum for the named algorithm. Returns `None` if the name is not in [`ALGORITHMS`].
    pub fn new(algorithm: &str, expected: Vec<u8>) -> Option<Self> {
        let algorithm = match algorithm {
            "sha1" => &SHA1_FOR_LEGACY_USE_ONLY,
            "sha256" => &SHA256,
            _ => return None,
        };
        Some(Self { algorithm, expected })
    }

    /// Starts the computation over the part's bytes.
    pub fn begin(self) -> ChecksumState {
        ChecksumState {
            context: Context::new(self.algorithm),
            expected: self.expected,
        }
    }
}

/// A checksum computation in progress.
#[derive(Clone)]
pub struct ChecksumState {
    context: Context,
    expected: Vec<u8>,
}

impl ChecksumState {
    /// Adds the next bytes.
    pub fn look(&mut self, bytes: &[u8]) {
        self.context.update(bytes);
    }

    /// Returns whether the computed checksum equals the expected one.
    pub fn is_right(&self) -> bool {
        self.context.clone().finish().as_ref() == self.expected
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::{Engine, engine::general_purpose::STANDARD};

    #[test]
    fn the_example_of_the_protocol_adds_up() {
        // SHA-1 of "hello world", from the protocol's own example.
        let expected = STANDARD.decode("Kq5sNclPz7QV2+lfQIuc6R7oRu0=").unwrap();
        let sum = |bytes: &[u8]| {
            let mut adding = Checksum::new("sha1", expected.clone()).unwrap().begin();
            adding.look(bytes);
            adding.is_right()
        };
        assert!(sum(b"hello world"));
        assert!(!sum(b"hello worlds"));
        assert!(Checksum::new("md5", Vec::new()).is_none());
        assert!(ALGORITHMS.iter().all(|name| Checksum::new(name, Vec::new()).is_some()));
    }
}
