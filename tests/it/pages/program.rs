//! The real program in a process of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use super::phone::RESIDENT;

pub struct Program {
    pub child: Child,
    pub address: String,
}

impl Program {
    pub fn start(folder: &Path) -> Self {
        Self::set(folder, &[])
    }

    /// Starts the program with these settings in the environment.
    pub fn set(folder: &Path, settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_onrecord"));
        command.envs(settings.iter().copied());
        Self::of(command, folder)
    }

    /// Starts the program by a command to which the program's arguments are appended.
    pub fn of(command: Command, folder: &Path) -> Self {
        Self::logged(command, folder, Stdio::null())
    }

    /// Like [`Program::of`], with the log written to `log`.
    pub fn logged(mut command: Command, folder: &Path, log: Stdio) -> Self {
        let mut child = command
            .args(["serve", "--listen", "127.0.0.1:0", "--site"])
            .arg(folder.join("site"))
            .arg("--data")
            .arg(folder.join("data"))
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").expect("it listens").to_owned();
        Self { child, address }
    }

    /// Kills the program with SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn open(&self, request: &str) -> TcpStream {
        let mut connection = TcpStream::connect(&self.address).unwrap();
        connection.write_all(request.as_bytes()).unwrap();
        connection
    }

    pub fn request(&self, request: &str) -> String {
        let mut answer = Vec::new();
        self.open(request).read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }
}

/// A test may fail before it kills the program.
impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn get(path: &str, cookie: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: portal.test\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n")
}

pub fn post(path: &str, cookie: &str, fields: &[(&str, &str)]) -> String {
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    format!(
        "POST {path} HTTP/1.1\r\nHost: portal.test\r\nCookie: {cookie}\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    )
}

/// Answers everything but the declaration. Returns the cookie.
pub fn fill_in(program: &Program) -> String {
    let mut cookie = String::new();
    for (slug, fields) in RESIDENT {
        let answer = program.request(&post(&format!("/complaint/{slug}"), &cookie, fields));
        assert!(answer.starts_with("HTTP/1.1 303"), "{slug}: {answer}");
        let set = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
        set.split(';').next().unwrap().clone_into(&mut cookie);
    }
    cookie
}

pub fn reference(page: &str) -> Option<&str> {
    let at = page.find("RC-")?;
    page.get(at..at + 12)
}

/// Runs a command on the data of a folder.
pub fn command(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_onrecord"));
    command.args(arguments).arg("--data").arg(folder.join("data"));
    command.output().unwrap()
}

/// Runs a command that must succeed, and returns its output.
#[track_caller]
pub fn run_successfully(folder: &Path, arguments: &[&str]) -> String {
    let output = command(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}
