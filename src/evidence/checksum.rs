//! Checksums that a sender gives with a part of a file (tus 1.0.0, extension checksum).

use ring::digest::{Algorithm, Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};

/// The algorithms by the names the protocol has for them. A server must know `sha1`: it is for broken lines, not for
/// broken trust.
pub const ALGORITHMS: [&str; 2] = ["sha1", "sha256"];

/// What a part should add up to.
#[derive(Clone, Debug)]
pub struct Checksum {
    algorithm: &'static Algorithm,
    expected: Vec<u8>,
}

impl Checksum {
    /// A checksum by the name of its algorithm; `None` when that is none of [`ALGORITHMS`].
    #[must_use]
    pub fn new(algorithm: &str, expected: Vec<u8>) -> Option<Self> {
        let algorithm = match algorithm {
            "sha1" => &SHA1_FOR_LEGACY_USE_ONLY,
            "sha256" => &SHA256,
            _ => return None,
        };
        Some(Self { algorithm, expected })
    }

    /// Begins to add up.
    #[must_use]
    pub fn begin(self) -> Adding {
        Adding {
            context: Context::new(self.algorithm),
            expected: self.expected,
        }
    }
}

/// A checksum on its way.
#[derive(Clone)]
pub struct Adding {
    context: Context,
    expected: Vec<u8>,
}

impl Adding {
    /// The next bytes.
    pub fn look(&mut self, bytes: &[u8]) {
        self.context.update(bytes);
    }

    /// Whether it came out as it should.
    #[must_use]
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
        // "hello world", from the protocol's own example.
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
