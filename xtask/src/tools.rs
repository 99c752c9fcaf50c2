//! The tools a command needs, installed when they are missing: from rustup, apt, npm and `PyPI`, never from anywhere else.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::paths;
use crate::process::{self, answer, run_quietly};
use crate::stamp::{Inputs, once};
use crate::step::step;

/// The target the browser's half is compiled for.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The oldest Node that the packages in package.json run on.
const OLDEST_NODE: u32 = 18;

/// Makes sure that rustc can compile for the browser.
///
/// # Errors
/// When rustup is missing or cannot fetch the target.
pub fn wasm_target() -> Result<()> {
    let sysroot = answer("rustc", &["--print", "sysroot"]).context("rustc does not answer: install Rust with rustup")?;
    if Path::new(&sysroot).join("lib/rustlib").join(WASM_TARGET).is_dir() {
        return Ok(());
    }
    step("Install the Wasm target with rustup", || {
        run_quietly(Command::new("rustup").args(["target", "add", WASM_TARGET]))
            .context("without rustup, install the target wasm32-unknown-unknown for your Rust and try again")
    })
}

/// Makes sure that Node and the packages of package-lock.json are there.
///
/// # Errors
/// When Node is missing or too old and cannot be installed, or when npm fails.
pub fn npm_packages() -> Result<()> {
    if !node_is_new_enough() {
        apt("Install Node with apt", &["nodejs", "npm"], "Node 18 or newer with npm is needed")?;
        if !node_is_new_enough() {
            bail!("the Node that apt has is older than {OLDEST_NODE}: install a newer one and try again");
        }
    }
    let mut inputs = Inputs::new("npm ci, no scripts");
    inputs.file(Path::new("package-lock.json"))?;
    once("npm", inputs, &[Path::new("node_modules/.package-lock.json")], || {
        step("Install the npm packages of package-lock.json", || {
            // No package here needs its install script, and none of them gets to run one.
            run_quietly(Command::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))
        })
    })
    .map(|_| ())
}

fn node_is_new_enough() -> bool {
    let has_npm = process::find("npm").is_some();
    has_npm
        && answer("node", &["--version"])
            .and_then(|version| major(&version))
            .is_some_and(|major| major >= OLDEST_NODE)
}

/// The first number of a version such as `v20.20.2`.
fn major(version: &str) -> Option<u32> {
    version.trim_start_matches('v').split('.').next()?.parse().ok()
}

/// A Chromium to drive: `ONRECORD_CHROMIUM`, one on `PATH`, apt's when we are root, else Playwright's own download.
/// `None` means Playwright's own, which Playwright finds itself.
///
/// # Errors
/// When none can be found or installed.
pub fn chromium() -> Result<Option<PathBuf>> {
    if let Some(path) = std::env::var_os("ONRECORD_CHROMIUM") {
        return Ok(Some(path.into()));
    }
    let installed = || {
        ["chromium", "chromium-browser", "google-chrome"]
            .iter()
            .find_map(|name| process::find(name))
    };
    if let Some(path) = installed() {
        return Ok(Some(path));
    }
    // Ubuntu's package of that name only points at a snap, which neither root nor a container can run.
    let debian = std::fs::read_to_string("/etc/os-release").is_ok_and(|text| text.lines().any(|line| line == "ID=debian"));
    if debian && process::is_root() && apt("Install Chromium with apt", &["chromium"], "Chromium is needed").is_ok() {
        return Ok(installed());
    }
    step("Install Playwright's Chromium", || {
        let libraries = process::is_root().then_some("--with-deps");
        run_quietly(Command::new("npx").args(["playwright", "install"]).args(libraries).arg("chromium"))
    })?;
    Ok(None)
}

/// `ClamAV`'s daemon: where Debian puts it, on `PATH`, else apt's. It needs no signatures: tests bring one of their own.
///
/// # Errors
/// When it is missing and cannot be installed.
pub fn clamd() -> Result<PathBuf> {
    let installed = || {
        // Others than root often do not have this folder on their path.
        let usual = PathBuf::from("/usr/sbin/clamd");
        if usual.is_file() { Some(usual) } else { process::find("clamd") }
    };
    if let Some(path) = installed() {
        return Ok(path);
    }
    apt("Install ClamAV's daemon with apt", &["clamav-daemon"], "ClamAV's daemon is needed")?;
    installed().context("apt has installed no clamd")
}

/// A Python environment with the packages of `xtask/requirements.txt`; returns its `bin` folder.
///
/// # Errors
/// When Python cannot make one, or pip fails.
pub fn python() -> Result<PathBuf> {
    let home = paths::kept("python");
    let requirements = Path::new("xtask/requirements.txt");
    let mut inputs = Inputs::new("venv");
    inputs.file(requirements)?;
    once("python", inputs, &[&home.join("bin/schemathesis")], || {
        // Debian's python3 comes without `ensurepip`, and says so only when it is too late.
        if answer("python3", &["-c", "import ensurepip, venv"]).is_none() {
            apt(
                "Install python3-venv with apt",
                &["python3", "python3-venv"],
                "Python 3 with venv is needed",
            )?;
        }
        step("Install schemathesis with pip", || {
            run_quietly(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home))?;
            run_quietly(
                Command::new(home.join("bin/pip"))
                    .args(["install", "--quiet", "--requirement"])
                    .arg(requirements),
            )
        })
    })?;
    Ok(std::path::absolute(home.join("bin"))?)
}

/// `PgBouncer`: apt's when it is missing and we are root. The tests say that they leave it out where there is none.
///
/// # Errors
/// When apt fails.
pub fn pgbouncer() -> Result<()> {
    if Path::new("/usr/sbin/pgbouncer").is_file() || !process::is_root() {
        return Ok(());
    }
    apt("Install PgBouncer with apt", &["pgbouncer"], "PgBouncer is needed")
}

/// Installs Debian packages when we may; else says `need` and which packages would give it.
fn apt(what: &str, packages: &[&str], need: &str) -> Result<()> {
    let names = packages.join(" ");
    if !process::is_root() || process::find("apt-get").is_none() {
        bail!("{need}: `sudo apt-get install {names}`, or your system's own way");
    }
    step(what, || {
        run_quietly(Command::new("apt-get").arg("update"))?;
        run_quietly(
            Command::new("apt-get")
                .args(["install", "--yes", "--no-install-recommends"])
                .args(packages)
                .env("DEBIAN_FRONTEND", "noninteractive"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_number_is_read_from_a_node_version() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("18.0.0"), Some(18));
        assert_eq!(major("unknown"), None);
    }
}
