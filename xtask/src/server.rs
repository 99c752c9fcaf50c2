//! Compiles the server, and starts servers for tests.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::assets::pseudo_language_in;
use crate::paths::{self, RELEASE_SERVER, SITE};
use crate::process::{self, run};
use crate::step::step;

/// How long a server may take to say that it listens. Far more than it needs: a busy machine must not fail a test.
const PATIENCE: Duration = Duration::from_mins(1);

/// The start of the line in which the server says where it listens.
const LISTENING: &str = "listening on http://";

/// Compiles the server for development.
pub fn build() -> Result<()> {
    step("Compile the server", || {
        run(process::cargo().args(["build", "--quiet", "--bin", "onrecord"]))
    })
}

/// Compiles the server together with the Rust tests, so that its dependencies get the same features. Alone, nearly every
/// dependency would be compiled a second time.
pub fn build_for_tests() -> Result<()> {
    step("Compile the server and its tests", || {
        run(process::cargo().args([
            "build",
            "--quiet",
            "--workspace",
            "--exclude",
            "xtask",
            "--exclude",
            "rules-in-wasm",
            "--bin",
            "onrecord",
            "--tests",
        ]))
    })
}

/// Compiles the server for production. Fails if it contains a pseudo-language.
pub fn build_release() -> Result<()> {
    step("Compile the server for production", || {
        run(process::cargo().args(["build", "--quiet", "--release", "--bin", "onrecord"]))?;
        match pseudo_language_in(&std::fs::read(RELEASE_SERVER)?) {
            Some(tag) => bail!("{RELEASE_SERVER} contains the pseudo-language {tag}, which is only for tests"),
            None => Ok(()),
        }
    })
}

/// A running server with data of its own. Dropping this value stops it and deletes its data.
pub struct Server {
    binary: String,
    child: Child,
    folder: PathBuf,
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub url: String,
}

/// The setting of the allocator in `deploy/`: freed memory is returned at once.
pub const ALLOCATOR: (&str, &str) = ("MIMALLOC_PURGE_DELAY", "0");

impl Server {
    /// Starts `binary` on a free port, with an empty data folder and the given configuration (TOML). Fails if it does not
    /// listen within a minute; the error contains the end of its log.
    pub fn start(binary: &str, config: &str) -> Result<Self> {
        Self::start_with_site(binary, config, Path::new(SITE))
    }

    /// Like [`Server::start`], with another site folder.
    pub fn start_with_site(binary: &str, config: &str, site: &Path) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("onrecord-server-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("config.toml"), config)?;
        let log = folder.join("log");
        let child = on_data(binary, &folder, &["serve", "--listen", "127.0.0.1:0"])
            .arg("--site")
            .arg(site)
            .stdin(Stdio::null())
            .stdout(File::create(&log)?)
            .stderr(File::options().append(true).open(&log)?)
            .spawn()
            .with_context(|| format!("cannot start {binary}"))?;
        let mut server = Self {
            binary: binary.to_owned(),
            child,
            folder,
            url: String::new(),
        };
        server.url = server.wait_for_address(&log)?;
        Ok(server)
    }

    /// Runs a command of the same binary on the same data. Returns its standard output.
    pub fn command(&self, words: &[&str]) -> Result<String> {
        let output = on_data(&self.binary, &self.folder, words).output()?;
        if !output.status.success() {
            bail!(
                "onrecord {} ended with {}:\n{}",
                words.join(" "),
                output.status,
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// Returns the data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn wait_for_address(&mut self, log: &Path) -> Result<String> {
        let started = Instant::now();
        loop {
            let written = std::fs::read_to_string(log).unwrap_or_default();
            if let Some(url) = address(&written) {
                return Ok(url);
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended with {status}:\n{}", last_lines(&written));
            }
            if started.elapsed() > PATIENCE {
                bail!("the server did not print its address:\n{}", last_lines(&written));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Returns the last lines of the server's log, to show with a failure.
    pub fn log(&self) -> String {
        last_lines(&std::fs::read_to_string(self.folder.join("log")).unwrap_or_default())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn on_data(binary: &str, folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(binary);
    command
        .env(ALLOCATOR.0, ALLOCATOR.1)
        .args(words)
        .arg("--data")
        .arg(folder.join("data"))
        .arg("--config")
        .arg(folder.join("config.toml"));
    command
}

/// Returns the address from the line in which the server says where it listens, once that line is complete.
fn address(log: &str) -> Option<String> {
    let complete = &log[..=log.rfind('\n')?];
    let (_, rest) = complete.split_once(LISTENING)?;
    let host = rest
        .split(|letter: char| letter.is_whitespace() || "\"\u{1b},/".contains(letter))
        .next()?;
    Some(format!("http://{host}"))
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}

/// Returns the configuration for load and fuzz tools, with rate limits they never reach.
pub fn without_limits() -> Result<String> {
    let path = Path::new("xtask/unlimited.toml");
    std::fs::read_to_string(path).with_context(|| format!("cannot read {} in {}", path.display(), paths::root().display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read_from_the_log() {
        assert_eq!(
            address("starting\nlistening on http://127.0.0.1:40123\n").as_deref(),
            Some("http://127.0.0.1:40123")
        );
        assert_eq!(
            address("INFO listening on http://127.0.0.1:40123/ data=./data\n").as_deref(),
            Some("http://127.0.0.1:40123")
        );
    }

    #[test]
    fn a_line_that_is_still_being_written_is_not_read() {
        assert_eq!(address("starting\nlistening on http://127.0.0.1:401"), None);
        assert_eq!(address(""), None);
    }

    #[test]
    fn only_the_end_of_a_long_log_is_shown() {
        let log = (0..100).map(|line| line.to_string()).collect::<Vec<_>>().join("\n");
        assert!(last_lines(&log).starts_with("80\n"));
        assert_eq!(last_lines("one"), "one");
    }
}
