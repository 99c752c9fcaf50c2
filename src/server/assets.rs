//! The files that browsers download besides pages: read into memory at start, served compressed. Each encoding has its own entity tag.

mod load;
mod respond;

use std::collections::HashMap;
use std::path::PathBuf;

use axum::body::Bytes;
use axum::http::HeaderValue;

pub use load::{LOGO, load};

/// The files of the site folder, by the path at which they are served.
#[derive(Debug)]
pub struct Assets {
    files: HashMap<String, File>,
    names: HashMap<String, String>,
}

/// A file and its compressed variants.
#[derive(Debug)]
struct File {
    content_type: HeaderValue,
    /// Whether the name contains a hash of the content, so that browsers may cache the file for ever.
    hashed: bool,
    plain: Variant,
    brotli: Option<Variant>,
    gzip: Option<Variant>,
}

/// A file in one encoding, with its entity tag.
#[derive(Debug)]
struct Variant {
    bytes: Bytes,
    etag: HeaderValue,
}

/// The site folder cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum AssetsError {
    /// The site was not built, or is in another folder.
    #[error("there is no {}: `cargo xtask run` builds the site and starts the server with it; `--site` names another folder", .0.display())]
    Missing(PathBuf),
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{0}: {1}")]
    Manifest(PathBuf, serde_json::Error),
    /// The manifest does not name a file that every page needs, or the named file does not exist.
    #[error("{} names no existing {name}; build the site again", .manifest.display())]
    NotNamed { manifest: PathBuf, name: String },
}

impl Assets {
    /// Returns the path of a file by its name before hashing, such as `main.css`.
    pub fn address(&self, name: &str) -> Option<&str> {
        self.names.get(name).map(String::as_str)
    }

    /// Returns the content of a text file by its name before hashing.
    pub fn text(&self, name: &str) -> Option<&str> {
        let file = self.files.get(self.address(name)?)?;
        std::str::from_utf8(&file.plain.bytes).ok()
    }
}

#[cfg(test)]
mod tests;
