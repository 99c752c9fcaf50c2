//! Installs missing tools, only from rustup, apt, npm and `PyPI`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::paths;
use crate::process::{self, run_quietly, stdout_of};
use crate::stamp::{Inputs, run_if_changed};
use crate::step::step;

/// The target for which the browser's part is compiled.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The oldest Node that supports the packages in package.json.
const OLDEST_NODE: u32 = 18;

/// Makes sure that rustc can compile for the browser.
pub fn wasm_target() -> Result<()> {
    let sysroot = stdout_of("rustc", &["--print", "sysroot"]).context("rustc does not answer: install Rust with rustup")?;
    if Path::new(&sysroot).join("lib/rustlib").join(WASM_TARGET).is_dir() {
        return Ok(());
    }
    step("Install the Wasm target with rustup", || {
        run_quietly(Command::new("rustup").args(["target", "add", WASM_TARGET]))
            .context("without rustup, install the target wasm32-unknown-unknown for your Rust and try again")
    })
}

/// Makes sure that Node and the packages of package-lock.json are installed.
pub fn npm_packages() -> Result<()> {
    if !node_is_new_enough() {
        apt("Install Node with apt", &["nodejs", "npm"], "Node 18 or newer with npm is needed")?;
        if !node_is_new_enough() {
            bail!("the Node that apt has is older than {OLDEST_NODE}: install a newer one and try again");
        }
    }
    let mut inputs = Inputs::new("npm ci, no scripts");
    inputs.file(Path::new("package-lock.json"))?;
    run_if_changed("npm", inputs, &[Path::new("node_modules/.package-lock.json")], || {
        step("Install the npm packages of package-lock.json", || {
            // No package here needs its install script, and none gets to run one.
            run_quietly(Command::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))
        })
    })
    .map(|_| ())
}

fn node_is_new_enough() -> bool {
    let has_npm = process::find("npm").is_some();
    has_npm
        && stdout_of("node", &["--version"])
            .and_then(|version| major(&version))
            .is_some_and(|major| major >= OLDEST_NODE)
}

/// Returns the first number of a version such as `v20.20.2`.
fn major(version: &str) -> Option<u32> {
    version.trim_start_matches('v').split('.').next()?.parse().ok()
}

/// Returns a Chromium: `ONRECORD_CHROMIUM`, one on `PATH`, or apt's when xtask runs as root. `None` means Playwright's own,
/// which Playwright finds itself.
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
    // Ubuntu's package of that name only refers to a snap, which neither root nor a container can run.
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

/// Returns `ClamAV`'s daemon: Debian's path, one on `PATH`, or apt's. It needs no signatures, because tests bring one of
/// their own.
pub fn clamd() -> Result<PathBuf> {
    let installed = || {
        // Users other than root often do not have this folder on `PATH`.
        let usual = PathBuf::from("/usr/sbin/clamd");
        if usual.is_file() { Some(usual) } else { process::find("clamd") }
    };
    if let Some(path) = installed() {
        return Ok(path);
    }
    apt("Install ClamAV's daemon with apt", &["clamav-daemon"], "ClamAV's daemon is needed")?;
    installed().context("apt has installed no clamd")
}

/// Returns the `bin` folder of a Python environment with the packages of `xtask/requirements.txt`.
pub fn python() -> Result<PathBuf> {
    let home = paths::kept("python");
    let requirements = Path::new("xtask/requirements.txt");
    let mut inputs = Inputs::new("venv");
    inputs.file(requirements)?;
    run_if_changed("python", inputs, &[&home.join("bin/schemathesis")], || {
        // Debian's python3 lacks `ensurepip`, and reports that only after the environment was half made.
        if stdout_of("python3", &["-c", "import ensurepip, venv"]).is_none() {
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

/// Installs `PgBouncer` with apt when it is missing and xtask runs as root. Without it its tests are skipped, with a line.
pub fn pgbouncer() -> Result<()> {
    if Path::new("/usr/sbin/pgbouncer").is_file() || !process::is_root() {
        return Ok(());
    }
    apt("Install PgBouncer with apt", &["pgbouncer"], "PgBouncer is needed")
}

/// Installs Debian packages as root. Otherwise fails and names the packages that are needed.
fn apt(what: &str, packages: &[&str], need: &str) -> Result<()> {
    let names = packages.join(" ");
    if !process::is_root() || process::find("apt-get").is_none() {
        bail!("{need}: `sudo apt-get install {names}`, or your system's own packages");
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
