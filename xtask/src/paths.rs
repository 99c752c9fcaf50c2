//! Paths relative to the root of the repository, which every command makes its working directory.

use std::path::{Path, PathBuf};

/// The site that the server serves: hashed files, their compressed twins and `manifest.json`.
pub const SITE: &str = "target/site";

/// The same with the pseudo-languages, for the browser tests.
pub const TEST_SITE: &str = "target/site-test";

/// The same for development: quickly built, not compressed.
pub const DEVELOPMENT_SITE: &str = "target/site-dev";

/// The site for development whose pages reload after a change.
pub const WATCHED_SITE: &str = "target/site-watched";

/// The folder of what xtask keeps between runs: stamps, intermediate files, a Python environment.
pub const WORK_FOLDER: &str = "target/xtask";

/// The server as `run` and `test` build it.
pub const SERVER: &str = "target/debug/onrecord";

/// The server as `bench` and `build --release` build it.
pub const RELEASE_SERVER: &str = "target/release/onrecord";

/// Returns the root of the repository: the folder above xtask's own manifest.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// Returns the path of a file that xtask keeps between runs.
pub fn kept(name: &str) -> PathBuf {
    Path::new(WORK_FOLDER).join(name)
}

/// Returns every file under `folder`, sorted, so that anything built from the list is the same on every machine.
pub fn files_under(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files_under(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
