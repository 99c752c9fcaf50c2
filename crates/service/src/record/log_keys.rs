//! The keys with which the server signs checkpoints and receipts.
//!
//! They are in a file beside the server's secret, and not in the database. Otherwise a person with every right on the database could
//! sign another history.

use std::path::Path;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::secret::{SecretError, overwrite, read, read_or_create};
use ::record::{
    Instant,
    clock::Clock,
    entropy::{Entropy, bytes},
};
use proof::note::{PublicKey, SigningKey};

/// A key that was used earlier. Its private key is no longer stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierKey {
    pub key: PublicKey,
    /// When it was created, in UTC (RFC 3339).
    pub since: String,
    /// When it was replaced, in UTC (RFC 3339).
    pub until: String,
}

/// The key of the log, and those before it.
///
/// The file has a line for each, oldest first. An earlier key has its public key and two times, the last line has the private key and
/// one time.
#[derive(Clone, Debug)]
pub struct LogKeys {
    pub current: SigningKey,
    /// When the current key was created, in UTC (RFC 3339).
    pub since: String,
    /// Oldest first.
    pub earlier: Vec<EarlierKey>,
}

impl LogKeys {
    /// Makes keys with this seed as the only one.
    pub fn new(seed: &[u8; 32], since: &str) -> Self {
        Self {
            current: SigningKey::from_seed(seed),
            since: since.to_owned(),
            earlier: Vec::new(),
        }
    }

    /// Reads the keys from a file. `None` if there is no such file.
    pub fn load(path: &Path) -> Result<Option<Self>, SecretError> {
        read(path)?.map(|text| Self::parse(path, &text)).transpose()
    }

    /// Reads the keys from a file, or draws one and writes it there, readable by its owner only.
    pub fn load_or_create(path: &Path, entropy: &dyn Entropy, clock: &dyn Clock) -> Result<Self, SecretError> {
        let new = || line_of_current(entropy, &Instant::from(clock.now()).rfc3339());
        Self::parse(path, &read_or_create(path, new)?)
    }

    fn parse(path: &Path, text: &str) -> Result<Self, SecretError> {
        let key = |text: &str| <[u8; 32]>::try_from(URL_SAFE_NO_PAD.decode(text).ok()?).ok();
        let parse = || {
            let mut lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).rev();
            let [seed, since] = lines.next()?[..] else { return None };
            let mut keys = Self::new(&key(seed)?, since);
            for line in lines {
                let [public, since, until] = line[..] else { return None };
                keys.earlier.insert(
                    0,
                    EarlierKey {
                        key: PublicKey(key(public)?),
                        since: since.to_owned(),
                        until: until.to_owned(),
                    },
                );
            }
            Some(keys)
        };
        parse().ok_or_else(|| SecretError::NotAKey {
            path: path.display().to_string(),
        })
    }

    /// Replaces the current key in the file by a new one, and keeps its public key. Running servers sign with it until they are restarted.
    pub fn replace(path: &Path, entropy: &dyn Entropy, clock: &dyn Clock) -> Result<Self, SecretError> {
        let mut keys = Self::load(path)?.ok_or_else(|| SecretError::NotAKey {
            path: path.display().to_string(),
        })?;
        let now = Instant::from(clock.now()).rfc3339();
        keys.earlier.push(EarlierKey {
            key: keys.current.public(),
            since: keys.since,
            until: now.clone(),
        });
        let line = |EarlierKey { key, since, until }: &EarlierKey| format!("{} {since} {until}\n", URL_SAFE_NO_PAD.encode(key.0));
        let mut lines: Vec<String> = keys.earlier.iter().map(line).collect();
        lines.push(line_of_current(entropy, &now));
        let text = lines.concat();
        overwrite(path, &text)?;
        Self::parse(path, &text)
    }

    /// Returns all public keys, the current one last.
    pub fn public(&self) -> Vec<PublicKey> {
        let earlier = self.earlier.iter().map(|earlier| earlier.key);
        earlier.chain([self.current.public()]).collect()
    }
}

/// Returns the line of a new private key.
fn line_of_current(entropy: &dyn Entropy, since: &str) -> String {
    format!("{} {since}\n", URL_SAFE_NO_PAD.encode(bytes::<32>(entropy)))
}

/// Returns the text by which the database recognises a key.
pub(super) fn fingerprint(key: &PublicKey) -> String {
    hex::encode(key.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::record::{clock::FixedClock, entropy::SeededEntropy};

    #[test]
    fn the_keys_are_drawn_once_and_the_earlier_ones_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("signing.key");
        let clock = FixedClock::at(time::OffsetDateTime::UNIX_EPOCH);
        assert!(LogKeys::load(&path).unwrap().is_none());
        let first = LogKeys::load_or_create(&path, &SeededEntropy::new(1), &clock).unwrap();
        let again = LogKeys::load_or_create(&path, &SeededEntropy::new(2), &clock).unwrap();
        assert_eq!(first.public(), again.public());
        assert_eq!((first.since.as_str(), first.earlier.len()), ("1970-01-01T00:00:00.000000Z", 0));

        let second = LogKeys::replace(&path, &SeededEntropy::new(3), &clock).unwrap();
        let third = LogKeys::replace(&path, &SeededEntropy::new(4), &clock).unwrap();
        let [first, second, third] = [first, second, third].map(|keys| keys.current.public());
        let keys = LogKeys::load(&path).unwrap().unwrap();
        assert_eq!(keys.public(), [first, second, third]);
        assert!(first != second && second != third);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for torn in ["", "AAAA now", "no key", &text.replace(' ', "")] {
            std::fs::write(&path, torn).unwrap();
            assert!(matches!(LogKeys::load(&path), Err(SecretError::NotAKey { .. })), "{torn:?}");
        }
    }
}
