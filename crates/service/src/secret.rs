//! The server's secret.

use std::io::Write;
use std::path::Path;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretBox};

use record::{
    encryption::SealingKey,
    entropy::{Entropy, bytes},
    store::private_folder,
};

/// 32 bytes that only this installation knows. Access codes and the keys for encryption and fingerprints are derived from
/// them.
#[derive(Debug)]
pub struct Secret(SecretBox<[u8; 32]>);

impl Clone for Secret {
    fn clone(&self) -> Self {
        Self::new(*self.bytes())
    }
}

/// Why a key file could not be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error("the key file {path}: {source}")]
    Io { path: String, source: std::io::Error },
    #[error("the key file {path} does not hold a key")]
    NotAKey { path: String },
}

impl Secret {
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(SecretBox::new(Box::new(bytes)))
    }

    /// Reads the secret from a file. `None` if there is no such file.
    pub fn load(path: &Path) -> Result<Option<Self>, SecretError> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(path, &text).map(Some),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(SecretError::Io {
                path: path.display().to_string(),
                source,
            }),
        }
    }

    /// Reads the secret from a file, or draws one and writes it there, readable by its owner only.
    ///
    /// An existing file that cannot be read is never replaced, because every access code depends on it.
    pub fn load_or_create(path: &Path, entropy: &dyn Entropy) -> Result<Self, SecretError> {
        let io = |source| SecretError::Io {
            path: path.display().to_string(),
            source,
        };
        if let Some(secret) = Self::load(path)? {
            return Ok(secret);
        }
        let text = URL_SAFE_NO_PAD.encode(bytes::<32>(entropy));
        match create(path, &text) {
            Ok(()) => Self::parse(path, &text),
            // Another process created the file first: use its secret.
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Self::parse(path, &std::fs::read_to_string(path).map_err(io)?),
            Err(e) => Err(io(e)),
        }
    }

    fn parse(path: &Path, text: &str) -> Result<Self, SecretError> {
        let key = URL_SAFE_NO_PAD.decode(text.trim()).ok().and_then(|k| <[u8; 32]>::try_from(k).ok());
        key.map(Self::new).ok_or_else(|| SecretError::NotAKey {
            path: path.display().to_string(),
        })
    }

    /// Returns the text by which the database recognises this secret. The text reveals nothing about it.
    pub fn fingerprint(&self) -> String {
        hex::encode(SealingKey::derive(self.bytes(), "installation", &[]).fingerprint(b"secret.key"))
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        self.0.expose_secret()
    }
}

/// Writes a complete file under its name, or nothing: a half-written key would lock every user out.
fn create(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    private_folder(folder)?;
    let draft = path.with_extension(format!("{}.new", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    // Unlike a rename, a hard link fails if the name is taken.
    let linked = std::fs::hard_link(&draft, path);
    std::fs::remove_file(&draft)?;
    linked?;
    std::fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use record::entropy::SeededEntropy;

    #[test]
    fn the_key_is_drawn_once_and_kept_to_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data/secret.key");
        let first = Secret::load_or_create(&path, &SeededEntropy::new(1)).unwrap();
        let second = Secret::load_or_create(&path, &SeededEntropy::new(2)).unwrap();
        assert_eq!(first.bytes(), second.bytes());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        std::fs::write(&path, "torn").unwrap();
        assert!(matches!(
            Secret::load_or_create(&path, &SeededEntropy::new(3)),
            Err(SecretError::NotAKey { .. })
        ));
    }
}
