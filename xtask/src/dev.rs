//! `cargo xtask dev`: starts the portal, and builds and starts it again whenever a source file changes. Open pages reload by
//! themselves.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitCode};
use std::time::{Duration, Instant, SystemTime};

use anyhow::Result;

use crate::assets::Site;
use crate::step::plain;
use crate::{paths, run};

/// Everything that the server or its site is built from.
const SOURCES: [&str; 6] = ["src", "crates", "locales", "style", "public", "Cargo.toml"];

/// How often the sources are looked at.
const EVERY: Duration = Duration::from_millis(250);

/// Builds and runs until the command is interrupted.
pub fn dev(arguments: &[String]) -> Result<ExitCode> {
    let mut running: Option<Running> = None;
    for number in 0.. {
        let seen = snapshot();
        let started = Instant::now();
        match run::build(Site::Watched) {
            Ok(()) => {
                drop(running.take());
                announce(number)?;
                running = Some(Running(run::command(Site::Watched, arguments).spawn()?));
                println!("- Ready after {}; waiting for changes", plain(started.elapsed()));
            }
            // The compiler has printed the reason. The earlier build keeps running.
            Err(error) => println!("- {error:#}; waiting for changes"),
        }
        while snapshot() == seen {
            std::thread::sleep(EVERY);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes the file by which open pages notice a new build. Its text differs each time.
fn announce(build: u64) -> Result<()> {
    let text = format!("{} {build}", std::process::id());
    std::fs::write(Path::new(Site::Watched.folder()).join("dev-build.txt"), text)?;
    Ok(())
}

/// Returns the time of the last change of each source file.
fn snapshot() -> BTreeMap<PathBuf, SystemTime> {
    let files = SOURCES.iter().flat_map(|source| {
        let source = Path::new(source);
        if source.is_dir() {
            paths::files_under(source).unwrap_or_default()
        } else {
            vec![source.to_owned()]
        }
    });
    files
        .filter_map(|file| Some((file.clone(), std::fs::metadata(&file).ok()?.modified().ok()?)))
        .collect()
}

/// A server that ends with this value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
