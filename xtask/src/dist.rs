//! `cargo xtask build`: everything that is needed to run On Record, in `dist/`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::paths::{self, RELEASE_SERVER, SITE};
use crate::step::step;
use crate::{assets, server};

/// Builds `dist/onrecord` and `dist/site/`.
pub fn build() -> Result<ExitCode> {
    assets::build(assets::Site::Production)?;
    server::build_release()?;
    step("Copy the build to dist/", || gather(Path::new(RELEASE_SERVER), Path::new("dist")))?;
    println!("\nStart it with: dist/onrecord serve --site dist/site --data ./data");
    Ok(ExitCode::SUCCESS)
}

fn gather(binary: &Path, dist: &Path) -> Result<()> {
    let site = dist.join("site");
    let _ = std::fs::remove_dir_all(&site);
    std::fs::create_dir_all(&site)?;
    // Removed first: copying onto a running binary fails, but creating a new file in its place works.
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
