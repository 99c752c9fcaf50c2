//! `cargo xtask build`: all that is needed to run On Record, in `dist/`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::paths::{self, RELEASE_SERVER, SERVER, SITE};
use crate::step::step;
use crate::{assets, server};

/// How the server is compiled. The browser's half is always compiled small.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Quick to compile.
    Dev,
    /// Quick to run.
    Release,
}

/// Builds `dist/onrecord` and `dist/site/`.
///
/// # Errors
/// When something does not build or cannot be copied.
pub fn build(profile: Profile) -> Result<ExitCode> {
    assets::build()?;
    let binary = match profile {
        Profile::Dev => server::build().map(|()| SERVER),
        Profile::Release => server::build_release().map(|()| RELEASE_SERVER),
    }?;
    step("Gather it in dist/", || gather(Path::new(binary), Path::new("dist")))?;
    println!("\nStart it with: dist/onrecord serve --site dist/site --data ./data");
    Ok(ExitCode::SUCCESS)
}

fn gather(binary: &Path, dist: &Path) -> Result<()> {
    let site = dist.join("site");
    let _ = std::fs::remove_dir_all(&site);
    std::fs::create_dir_all(&site)?;
    // Removed first: a copy onto a binary that runs is refused, a new file in its place is not.
    let _ = std::fs::remove_file(dist.join("onrecord"));
    std::fs::copy(binary, dist.join("onrecord")).with_context(|| format!("cannot copy {}", binary.display()))?;
    for path in paths::files_under(Path::new(SITE))? {
        let target = site.join(path.strip_prefix(SITE)?);
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::copy(&path, target)?;
    }
    Ok(())
}
