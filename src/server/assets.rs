//! What browsers download besides pages: read into memory at start, served compressed, and resumable.
//!
//! A download that was broken off can go on where it stopped when the answer has a length, a strong tag and
//! `Accept-Ranges`; so ranges are taken over the *encoded* bytes, and each encoding has its own tag.

mod load;
mod respond;

use std::collections::HashMap;
use std::path::PathBuf;

use axum::body::Bytes;
use axum::http::HeaderValue;

pub use load::load;

/// The files of the site folder, by the path they are served at.
#[derive(Debug)]
pub struct Assets {
    files: HashMap<String, File>,
    names: HashMap<String, String>,
}

/// One file, as it is and compressed.
#[derive(Debug)]
struct File {
    content_type: HeaderValue,
    /// Its name changes when its content does.
    hashed: bool,
    plain: Variant,
    brotli: Option<Variant>,
    gzip: Option<Variant>,
}

/// The bytes of one encoding and their tag.
#[derive(Debug)]
struct Variant {
    bytes: Bytes,
    etag: HeaderValue,
}

/// A site folder that cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum AssetsError {
    /// It was not built, or is somewhere else.
    #[error("there is no {}: `cargo xtask run` builds the site and starts the server with it; `--site` names another folder", .0.display())]
    Missing(PathBuf),
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{0}: {1}")]
    Manifest(PathBuf, serde_json::Error),
    /// The manifest does not name a file that every page needs, or names one that is not there.
    #[error("{} names no {name} that is there; build the site again", .manifest.display())]
    NotNamed { manifest: PathBuf, name: String },
}

impl Assets {
    /// The address of a file by its name before hashing, such as `main.css`.
    #[must_use]
    pub fn address(&self, name: &str) -> Option<&str> {
        self.names.get(name).map(String::as_str)
    }

    /// The content of a text file by its name before hashing.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        let file = self.files.get(self.address(name)?)?;
        std::str::from_utf8(&file.plain.bytes).ok()
    }
}

#[cfg(test)]
mod tests;
