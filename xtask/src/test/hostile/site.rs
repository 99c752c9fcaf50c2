//! A site folder with one line in each file. Attacks on the server need no Wasm and no styles, and building those takes
//! minutes and Node.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;

/// The files that the server requires at its start.
const FILES: [&str; 17] = [
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
    "text-en.json",
    "text-cy.json",
    "portal-text-en.json",
    "portal-text-cy.json",
    "uploads-en.js",
    "uploads-cy.js",
];

/// Writes the folder and returns its path.
pub fn write(folder: &Path) -> Result<PathBuf> {
    std::fs::create_dir_all(folder.join("assets"))?;
    let mut manifest = BTreeMap::new();
    for name in FILES {
        let path = format!("assets/{name}");
        std::fs::write(folder.join(&path), name)?;
        manifest.insert(name, path);
    }
    std::fs::write(folder.join("manifest.json"), serde_json::to_vec(&manifest)?)?;
    Ok(folder.to_owned())
}
