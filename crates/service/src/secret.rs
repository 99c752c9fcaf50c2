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
        read(path)?.map(|text| Self::parse(path, &text)).transpose()
    }

    /// Reads the secret from a file, or draws one and writes it there, readable by its owner only.
    ///
    /// An existing file that cannot be read is never replaced, because every access code depends on it.
    pub fn load_or_create(path: &Path, entropy: &dyn Entropy) -> Result<Self, SecretError> {
        let text = read_or_create(path, || URL_SAFE_NO_PAD.encode(bytes::<32>(entropy)))?;
        Self::parse(path, &text)
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

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> SecretError {
    let path = path.display().to_string();
    move |source| SecretError::Io { path, source }
}

/// Reads a key file. `None` if there is no such file.
pub(crate) fn read(path: &Path) -> Result<Option<String>, SecretError> {
    match std::fs::read_to_string(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        text => text.map(Some).map_err(io(path)),
    }
}

/// Reads a key file, or writes a new one, readable by its owner only.
pub(crate) fn read_or_create(path: &Path, new: impl FnOnce() -> String) -> Result<String, SecretError> {
    if let Some(text) = read(path)? {
        return Ok(text);
    }
    let text = new();
    match create(path, &text) {
        Ok(()) => Ok(text),
        // Another process created the file first: use its key.
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => std::fs::read_to_string(path).map_err(io(path)),
        Err(e) => Err(io(path)(e)),
    }
}

/// Writes a complete file under its name, or nothing: a half-written key would lock every user out.
fn create(path: &Path, text: &str) -> std::io::Result<()> {
    // Unlike a rename, a hard link fails if the name is taken.
    with_draft(path, text, |draft| {
        let linked = std::fs::hard_link(draft, path);
        std::fs::remove_file(draft)?;
        linked
    })
}

/// Replaces a key file by a complete new one.
pub(crate) fn overwrite(path: &Path, text: &str) -> Result<(), SecretError> {
    with_draft(path, text, |draft| std::fs::rename(draft, path)).map_err(io(path))
}

/// Writes the text to a file beside `path`, readable by its owner only, and lets `publish` give it its name.
fn with_draft(path: &Path, text: &str, publish: impl FnOnce(&Path) -> std::io::Result<()>) -> std::io::Result<()> {
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
    publish(&draft)?;
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
