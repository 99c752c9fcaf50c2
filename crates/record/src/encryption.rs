//! Encryption and fingerprints of values, under keys that the database does not contain.

use hmac::{Hmac, Mac};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha2::Sha256;

use crate::entropy::{Entropy, bytes};

/// A key of 32 bytes for one purpose.
#[derive(Clone)]
pub struct SealingKey([u8; 32]);

/// Never prints the key.
impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

impl SealingKey {
    /// Derives a key for one purpose: HMAC-SHA-256 under `secret` over the purpose and `from`.
    pub fn derive(secret: &[u8; 32], purpose: &str, from: &[u8]) -> Self {
        Self(mac(secret, purpose, from))
    }

    /// Returns a fingerprint of a value under this key. Equal values give equal bytes, and without the key a guess at
    /// the value cannot be checked.
    pub fn fingerprint(&self, value: &[u8]) -> Vec<u8> {
        mac(&self.0, "fingerprint", value).to_vec()
    }

    /// Encrypts a value with `ChaCha20-Poly1305` under a random nonce. `place` names where it is stored, such as the
    /// row's id.
    ///
    /// A sealed value that is copied to another place does not open.
    ///
    /// # Panics
    /// Never: the cipher rejects only values longer than 256 GiB.
    pub fn seal(&self, entropy: &dyn Entropy, place: &[u8], value: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_LEN] = bytes(entropy);
        let mut sealed = value.to_vec();
        #[expect(clippy::expect_used, reason = "sealing fails only for values longer than 256 GiB")]
        self.cipher()
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place), &mut sealed)
            .expect("the value is shorter than 256 GiB");
        [&nonce[..], &sealed].concat()
    }

    /// Decrypts a sealed value. Returns `None` if the key or the place differs or the bytes have changed.
    pub fn open(&self, place: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut value = sealed.to_vec();
        let length = self.cipher().open_in_place(nonce, Aad::from(place), &mut value).ok()?.len();
        value.truncate(length);
        Some(value)
    }

    fn cipher(&self) -> LessSafeKey {
        #[expect(clippy::expect_used, reason = "the key's type has the required length")]
        LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &self.0).expect("a key has 32 bytes"))
    }
}

fn mac(key: &[u8; 32], purpose: &str, value: &[u8]) -> [u8; 32] {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(key).expect("a key of any length is valid");
    mac.update(purpose.as_bytes());
    // The zero byte separates purpose and value: no purpose contains one.
    mac.update(&[0]);
    mac.update(value);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn only_the_same_key_in_the_same_place_opens() {
        let entropy = SeededEntropy::new(1);
        let key = SealingKey::derive(&[1; 32], "test", b"a");
        let sealed = key.seal(&entropy, b"row 1", b"the secret");
        assert_eq!(key.open(b"row 1", &sealed).as_deref(), Some(&b"the secret"[..]));
        assert!(!sealed.windows(3).any(|w| w == b"sec"));
        assert_ne!(
            key.seal(&entropy, b"row 1", b"the secret"),
            sealed,
            "each sealed value must have its own nonce"
        );
        for other in [
            SealingKey::derive(&[2; 32], "test", b"a"),
            SealingKey::derive(&[1; 32], "tes", b"ta"),
            SealingKey::derive(&[1; 32], "test", b"b"),
        ] {
            assert_eq!(other.open(b"row 1", &sealed), None);
            assert_ne!(other.fingerprint(b"x"), key.fingerprint(b"x"));
        }
        assert_eq!(key.open(b"row 2", &sealed), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(key.open(b"row 1", &changed), None, "byte {at}");
        }
        assert_eq!(key.open(b"row 1", b"short"), None);
    }
}
