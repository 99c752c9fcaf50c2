//! Reads the site folder.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use axum::body::Bytes;
use axum::http::HeaderValue;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use super::{Assets, AssetsError, File, Variant};
use crate::server::brand::Brand;
use crate::server::encoding::encoded;

/// The files that every page needs.
const NEEDED: [&str; 11] = [
    "main.css",
    "first.css",
    "onrecord.js",
    "exit.js",
    "typed.js",
    "portal.js",
    "unsent.js",
    "onrecord.wasm",
    "onrecord-portal.js",
    "onrecord-portal.wasm",
    "favicon.svg",
];

/// Reads `manifest.json` and every file of the folder, with the `.br` and `.gz` files beside it.
pub fn load(site: &Path) -> Result<Assets, AssetsError> {
    let manifest = site.join("manifest.json");
    if !manifest.is_file() {
        return Err(AssetsError::Missing(manifest));
    }
    let json = read(&manifest)?;
    let listed: HashMap<String, String> = serde_json::from_slice(&json).map_err(|e| AssetsError::Manifest(manifest.clone(), e))?;
    let names: HashMap<String, String> = listed
        .into_iter()
        .map(|(name, path)| (name, format!("/{}", path.trim_start_matches('/'))))
        .collect();
    let mut files = HashMap::new();
    for path in walk(site)? {
        let relative = path.strip_prefix(site).unwrap_or(&path);
        let address = format!("/{}", relative.to_string_lossy().replace('\\', "/"));
        if address != "/manifest.json" {
            files.insert(address.clone(), file(&path, &address)?);
        }
    }
    for name in NEEDED {
        if names.get(name).is_none_or(|address| !files.contains_key(address)) {
            return Err(AssetsError::NotNamed {
                manifest,
                name: name.to_owned(),
            });
        }
    }
    Ok(Assets { files, names })
}

/// The name of the organisation's logo among the files.
pub const LOGO: &str = "logo";

impl Assets {
    /// Adds the organisation's look: its rules at the end of each style sheet, and its logo.
    pub fn with_brand(mut self, brand: Brand) -> Result<Self, AssetsError> {
        if let Some(css) = &brand.css {
            let sheets: Vec<String> = self
                .names
                .keys()
                .filter(|name| content_type(name).starts_with("text/css"))
                .cloned()
                .collect();
            for name in sheets {
                let Some(file) = self.names.get(&name).and_then(|address| self.files.remove(address)) else {
                    continue;
                };
                let bytes = [&file.plain.bytes[..], css.as_bytes()].concat();
                self.add(&name, "css", bytes)?;
            }
        }
        if let Some(logo) = brand.logo {
            self.add(LOGO, logo.extension, logo.bytes)?;
        }
        Ok(self)
    }

    /// Adds a file under an address with the hash of its content.
    fn add(&mut self, name: &str, extension: &str, bytes: Vec<u8>) -> Result<(), AssetsError> {
        let hash = hash(&bytes);
        let address = format!("/assets/{}-{hash}.{extension}", name.trim_end_matches(".css"));
        let is_picture = extension == "png";
        let bytes = Bytes::from(bytes);
        let encoded = encoded(&bytes).map_err(|source| AssetsError::Io {
            path: address.clone().into(),
            source,
        })?;
        let file = File {
            content_type: HeaderValue::from_static(content_type(&address)),
            hashed: true,
            brotli: (!is_picture).then(|| variant(encoded.brotli, &hash, "-br")),
            gzip: (!is_picture).then(|| variant(encoded.gzip, &hash, "-gz")),
            plain: variant(bytes, &hash, ""),
        };
        self.names.insert(name.to_owned(), address.clone());
        self.files.insert(address, file);
        Ok(())
    }
}

fn hash(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(bytes)[..15])
}

fn variant(bytes: impl Into<Bytes>, hash: &str, encoding: &str) -> Variant {
    Variant {
        bytes: bytes.into(),
        etag: HeaderValue::try_from(format!("\"{hash}{encoding}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"\"")),
    }
}

fn file(path: &Path, address: &str) -> Result<File, AssetsError> {
    let plain = read(path)?;
    let hash = hash(&plain);
    let beside = |ending: &str, encoding: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        let path = PathBuf::from(name);
        path.is_file()
            .then(|| read(&path).map(|bytes| variant(bytes, &hash, encoding)))
            .transpose()
    };
    Ok(File {
        content_type: HeaderValue::from_static(content_type(address)),
        hashed: address.starts_with("/assets/"),
        brotli: beside(".br", "-br")?,
        gzip: beside(".gz", "-gz")?,
        plain: variant(plain, &hash, ""),
    })
}

/// Returns all files below a folder except the compressed ones.
fn walk(folder: &Path) -> Result<Vec<PathBuf>, AssetsError> {
    let io = |source| AssetsError::Io {
        path: folder.to_owned(),
        source,
    };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if path.is_dir() {
            found.extend(walk(&path)?);
        } else if !path.extension().is_some_and(|e| e == "br" || e == "gz") {
            found.push(path);
        }
    }
    Ok(found)
}

fn read(path: &Path) -> Result<Vec<u8>, AssetsError> {
    std::fs::read(path).map_err(|source| AssetsError::Io {
        path: path.to_owned(),
        source,
    })
}

fn content_type(address: &str) -> &'static str {
    match address.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webmanifest" => "application/manifest+json",
        "json" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}
