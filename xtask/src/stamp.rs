//! Skips steps whose inputs have not changed. A stamp file holds the hash of the inputs of a finished step.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::paths;

/// The inputs of a step, gathered into one hash.
pub struct Inputs(Sha256);

impl Inputs {
    /// Starts without inputs. `version` names the step's own recipe; change it when the same inputs should give another
    /// output.
    pub fn new(version: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(version.as_bytes());
        Self(hash)
    }

    /// Adds bytes under a name, so that the same bytes under another name change the hash.
    pub fn bytes(&mut self, name: &str, bytes: &[u8]) {
        self.0.update(name.as_bytes());
        self.0.update([0]);
        self.0.update(Sha256::digest(bytes));
    }

    /// Adds a file's content.
    pub fn file(&mut self, path: &Path) -> Result<()> {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        self.bytes(&path.to_string_lossy(), &bytes);
        Ok(())
    }

    /// Adds every file under a folder.
    pub fn folder(&mut self, folder: &Path) -> Result<()> {
        for path in paths::files_under(folder).with_context(|| format!("cannot list {}", folder.display()))? {
            self.file(&path)?;
        }
        Ok(())
    }

    /// Returns the hash of all inputs, in hexadecimal.
    pub fn hash(self) -> String {
        hex::encode(self.0.finalize())
    }
}

/// Returns the whole SHA-256 of `bytes`, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Runs `work`, unless it finished with the same `inputs` before and every path in `made` still exists. Returns whether it
/// ran.
pub fn run_if_changed(name: &str, inputs: Inputs, made: &[&Path], work: impl FnOnce() -> Result<()>) -> Result<bool> {
    let (stamp, hash) = (stamp_path(name), inputs.hash());
    let finished_before = std::fs::read_to_string(&stamp).is_ok_and(|kept| kept == hash);
    if finished_before && made.iter().all(|path| path.exists()) {
        return Ok(false);
    }
    // Removed first: a step that is killed half-way must not count as finished.
    let _ = std::fs::remove_file(&stamp);
    work()?;
    std::fs::create_dir_all(paths::WORK_FOLDER)?;
    std::fs::write(&stamp, hash)?;
    Ok(true)
}

fn stamp_path(name: &str) -> PathBuf {
    paths::kept(&format!("{name}.stamp"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash_of(parts: &[(&str, &[u8])]) -> String {
        let mut inputs = Inputs::new("1");
        for (name, bytes) in parts {
            inputs.bytes(name, bytes);
        }
        inputs.hash()
    }

    #[test]
    fn the_same_inputs_have_the_same_hash() {
        assert_eq!(hash_of(&[("a", b"1"), ("b", b"2")]), hash_of(&[("a", b"1"), ("b", b"2")]));
    }

    #[test]
    fn a_byte_moved_from_one_file_to_the_next_makes_a_difference() {
        assert_ne!(hash_of(&[("a", b"12"), ("b", b"3")]), hash_of(&[("a", b"1"), ("b", b"23")]));
        assert_ne!(hash_of(&[("a", b"1")]), hash_of(&[("b", b"1")]));
    }

    #[test]
    fn sha256_is_the_published_one() {
        assert!(sha256(b"abc").starts_with("ba7816bf8f01cfea"));
    }
}
