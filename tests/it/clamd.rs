//! `ClamAV`'s daemon with a single test signature, and fake daemons that misbehave.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use evidence::Scanner;
use evidence::clamd::{Address, Clamd, Patience};
use evidence::scanner::Retry;
use tempfile::TempDir;

/// The text that the daemon's only signature matches.
pub const BAD: &str = "ONRECORD-TEST-SIGNATURE-NOT-A-VIRUS";

/// The name the daemon reports for that text. clamd appends `UNOFFICIAL` to signatures that are not `ClamAV`'s own.
pub const SIGNATURE: &str = "OnRecord.Test.Signature.UNOFFICIAL";

/// A letter that contains the text which the signature matches.
pub fn bad_letter() -> Vec<u8> {
    format!("Dear landlord,\n{BAD}\n").into_bytes()
}

/// Returns the path of clamd, or `None` when `ONRECORD_TEST_CLAMD` is `none`.
fn program() -> Option<PathBuf> {
    match std::env::var("ONRECORD_TEST_CLAMD") {
        Ok(none) if none == "none" => None,
        Ok(path) => Some(path.into()),
        Err(e) => panic!("ONRECORD_TEST_CLAMD ({e}): set it to the path of clamd or to none, or run `cargo xtask test`"),
    }
}

/// Returns a port that is free at this moment.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// A running daemon. Dropping this value ends the daemon.
pub struct Daemon {
    child: Child,
    pub folder: TempDir,
    pub port: u16,
}

impl Daemon {
    /// Starts a daemon with default limits or with `limits`. Returns `None` when `ONRECORD_TEST_CLAMD` is `none`.
    pub fn start(limits: &str) -> Option<Self> {
        Self::start_at(free_port(), limits)
    }

    pub fn start_at(port: u16, limits: &str) -> Option<Self> {
        let program = program()?;
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name).display().to_string();
        let pattern = hex::encode(BAD);
        std::fs::create_dir(folder.path().join("signatures")).expect("a folder");
        std::fs::write(
            folder.path().join("signatures/test.ndb"),
            format!("OnRecord.Test.Signature:0:*:{pattern}\n"),
        )
        .expect("written");
        let config = format!(
            "Foreground yes\nDatabaseDirectory {}\nTemporaryDirectory {}\nTCPAddr 127.0.0.1\nTCPSocket {port}\nLocalSocket {}\nSelfCheck 0\n{limits}\n",
            path("signatures"),
            folder.path().display(),
            path("clamd.ctl"),
        );
        std::fs::write(folder.path().join("clamd.conf"), config).expect("written");
        let log = std::fs::File::create(folder.path().join("log")).expect("a log");
        let child = Command::new(program)
            .arg("--config-file")
            .arg(folder.path().join("clamd.conf"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            .spawn()
            .expect("clamd starts");
        let mut daemon = Self { child, folder, port };
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = daemon.child.try_wait().expect("asked").is_some();
            let log = std::fs::read_to_string(daemon.folder.path().join("log")).unwrap_or_default();
            assert!(!ended && started.elapsed() < Duration::from_mins(1), "clamd did not start: {log}");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(daemon)
    }

    /// Kills the daemon with SIGKILL.
    pub fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
    }

    pub fn clamd(&self) -> Clamd {
        clamd_at(self.port)
    }

    pub fn scanner(&self) -> Scanner {
        scanner_at(self.port)
    }

    /// The same daemon, reached through its Unix socket.
    pub fn by_socket(&self) -> Clamd {
        Clamd {
            address: Address::Unix(self.folder.path().join("clamd.ctl")),
            ..self.clamd()
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn clamd_at(port: u16) -> Clamd {
    Clamd {
        address: format!("tcp://127.0.0.1:{port}").parse().expect("an address"),
        patience: Patience {
            connect: Duration::from_secs(20),
            scan: Duration::from_mins(1),
        },
    }
}

pub fn scanner_at(port: u16) -> Scanner {
    Scanner::Clamd {
        clamd: clamd_at(port),
        retry: Retry {
            first: Duration::from_secs(30),
            longest: Duration::from_mins(15),
        },
    }
}

/// The behaviour of a fake daemon after it has received the beginning of a file.
#[derive(Clone, Copy)]
pub enum Fault {
    HangsUp,
    SaysNothing,
    Fails,
}

/// Starts a fake daemon that reports its version and then fails as `fault` says. Returns its port.
pub fn faulty(fault: Fault) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        for connection in listener.incoming() {
            let mut connection = connection.expect("a connection");
            let mut command = Vec::new();
            while command.last() != Some(&0) {
                let mut byte = [0];
                connection.read_exact(&mut byte).expect("a command");
                command.push(byte[0]);
            }
            let said: &[u8] = match (&command[..], fault) {
                (b"zVERSION\0", _) => b"ClamAV 0\0",
                (_, Fault::Fails) => b"stream: Can't create temporary file ERROR\0",
                (_, Fault::SaysNothing) => b"",
                (_, Fault::HangsUp) => continue,
            };
            let _ = connection.write_all(said);
            kept.push(connection);
        }
    });
    port
}
