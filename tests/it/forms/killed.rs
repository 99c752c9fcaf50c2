//! The real program, killed at the worst moment.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::phone::{RESIDENT, site};

struct Program {
    child: Child,
    address: String,
}

impl Program {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_onrecord"))
            .args(["serve", "--listen", "127.0.0.1:0", "--site"])
            .arg(folder.join("site"))
            .arg("--data")
            .arg(folder.join("data"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").expect("it listens").to_owned();
        Self { child, address }
    }

    /// `kill -9`.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn open(&self, request: &str) -> TcpStream {
        let mut connection = TcpStream::connect(&self.address).unwrap();
        connection.write_all(request.as_bytes()).unwrap();
        connection
    }

    fn say(&self, request: &str) -> String {
        let mut answer = Vec::new();
        self.open(request).read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }
}

/// Not every test reaches its end.
impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn get(path: &str, cookie: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: portal.test\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n")
}

fn post(path: &str, cookie: &str, fields: &[(&str, &str)]) -> String {
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    format!(
        "POST {path} HTTP/1.1\r\nHost: portal.test\r\nCookie: {cookie}\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    )
}

/// Answers everything but the declaration; gives the cookie.
fn fill_in(program: &Program) -> String {
    let mut cookie = String::new();
    for (slug, fields) in RESIDENT {
        let answer = program.say(&post(&format!("/complaint/{slug}"), &cookie, fields));
        assert!(answer.starts_with("HTTP/1.1 303"), "{slug}: {answer}");
        let set = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
        cookie = set.split(';').next().unwrap().to_owned();
    }
    cookie
}

fn reference(page: &str) -> Option<&str> {
    let at = page.find("RC-")?;
    page.get(at..at + 12)
}

fn cases(folder: &Path) -> String {
    let list = Command::new(env!("CARGO_BIN_EXE_onrecord"))
        .args(["case", "list", "--data"])
        .arg(folder.join("data"))
        .output()
        .unwrap();
    assert!(list.status.success(), "{list:?}");
    String::from_utf8(list.stdout).unwrap()
}

#[test]
fn killed_between_send_and_the_confirmation_the_receipt_is_the_same_and_there_is_one_complaint() {
    let folder = tempfile::tempdir().unwrap();
    site(&folder.path().join("site"));
    let mut program = Program::start(folder.path());
    let mut references = std::collections::BTreeSet::new();

    // Acknowledged, and killed before the page that shows it.
    let cookie = fill_in(&program);
    let send = post("/complaint/declaration", &cookie, &[("agreed", "yes")]);
    let answer = program.say(&send);
    assert!(answer.contains("location: /complaint/sent"), "{answer}");
    program.kill();
    program = Program::start(folder.path());
    let first = program.say(&get("/complaint/sent", &cookie));
    let second = program.say(&get("/complaint/sent", &cookie));
    let shown = reference(&first).unwrap_or_else(|| panic!("{first}"));
    assert_eq!(Some(shown), reference(&second));
    assert!(first.contains("or-reference__code"), "with its access code: {first}");
    references.insert(shown.to_owned());

    // Killed somewhere on the way: the person presses Send again.
    for delay in [0, 15, 40, 80] {
        let cookie = fill_in(&program);
        let send = post("/complaint/declaration", &cookie, &[("agreed", "yes")]);
        let connection = program.open(&send);
        std::thread::sleep(Duration::from_millis(delay));
        program.kill();
        drop(connection);
        program = Program::start(folder.path());
        let answer = program.say(&send);
        assert!(answer.contains("location: /complaint/sent"), "{delay} ms: {answer}");
        let page = program.say(&get("/complaint/sent", &cookie));
        assert!(references.insert(reference(&page).unwrap_or_else(|| panic!("{page}")).to_owned()));
    }
    program.kill();
    let listed = cases(folder.path());
    assert_eq!(listed.lines().count(), references.len(), "one case for each complaint: {listed}");
    for reference in &references {
        assert!(listed.contains(reference), "{reference} in {listed}");
    }
}
