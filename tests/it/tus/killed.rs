//! The real program: killed during an upload, out of disk space, and two servers on one storage.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::s3::S3;
use super::storage::MIB;
use super::{photo, sha256};
use crate::pages::phone::site;
use crate::pages::program::Program;
use crate::world::{TestDatabase, database};

/// A response.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    pub fn offset(&self) -> usize {
        self.header("upload-offset").unwrap_or_else(|| panic!("{self:?}")).parse().unwrap()
    }
}

/// Opens a connection and sends the head of a request.
fn begin(program: &Program, line: &str, token: &str, headers: &str, length: usize) -> TcpStream {
    let head = format!(
        "{line} HTTP/1.1\r\nHost: portal.test\r\nConnection: close\r\nTus-Resumable: 1.0.0\r\nAuthorization: Bearer {token}\r\nContent-Length: {length}\r\n{headers}\r\n"
    );
    program.open(&head)
}

pub fn call(program: &Program, line: &str, token: &str, headers: &str, body: &[u8]) -> Reply {
    let mut connection = begin(program, line, token, headers, body.len());
    // If the request was refused early, the connection may already be closed.
    let _ = connection.write_all(body);
    let mut answer = Vec::new();
    let _ = connection.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("{line}: incomplete response {answer:?}"));
    Reply {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        head: head.to_owned(),
        body: body.to_owned(),
    }
}

/// Creates a draft and returns its token.
pub fn draft(program: &Program) -> String {
    let made: Value = serde_json::from_str(&call(program, "POST /api/v1/drafts", "", "", b"").body).unwrap();
    made["token"].as_str().unwrap().to_owned()
}

pub fn announce(program: &Program, token: &str, length: usize) -> String {
    let made = call(program, "POST /api/v1/uploads", token, &format!("Upload-Length: {length}\r\n"), b"");
    made.header("location").unwrap_or_else(|| panic!("{made:?}")).to_owned()
}

pub fn patch(program: &Program, token: &str, upload: &str, offset: usize, bytes: &[u8]) -> Reply {
    let headers = part(offset);
    call(program, &format!("PATCH {upload}"), token, &headers, bytes)
}

fn part(offset: usize) -> String {
    format!("Upload-Offset: {offset}\r\nContent-Type: application/offset+octet-stream\r\n")
}

pub fn head(program: &Program, token: &str, upload: &str) -> Reply {
    call(program, &format!("HEAD {upload}"), token, "", b"")
}

pub fn show(program: &Program, token: &str, upload: &str) -> Value {
    serde_json::from_str(&call(program, &format!("GET {upload}"), token, "", b"").body).unwrap()
}

#[test]
fn killed_in_the_middle_the_offset_is_true_and_the_file_whole_in_the_end() {
    let folder = tempfile::tempdir().unwrap();
    site(&folder.path().join("site"));
    let mut program = Program::start(folder.path());
    let token = draft(&program);
    let file = photo(24_600_007);
    for delay in [0, 30, 300, 2000] {
        let upload = announce(&program, &token, file.len());
        let mut offset = 0;
        // Twice, so that the second request resumes where the first was killed.
        for upto in [21 * MIB, 23 * MIB] {
            let mut connection = begin(&program, &format!("PATCH {upload}"), &token, &part(offset), file.len() - offset);
            connection.write_all(&file[offset..upto]).unwrap();
            std::thread::sleep(Duration::from_millis(delay));
            program.kill();
            program = Program::start(folder.path());
            let stands = head(&program, &token, &upload);
            assert!((offset..=upto).contains(&stands.offset()), "{delay} ms: {stands:?}");
            offset = stands.offset();
            let part = folder
                .path()
                .join(format!("data/files/{}.part", upload.rsplit('/').next().unwrap()));
            let stored = std::fs::read(part).unwrap_or_default();
            assert!(stored[..offset] == file[..offset], "all bytes up to the offset must be stored");
        }
        if delay == 2000 {
            assert!(offset >= 16 * MIB, "flushed bytes must count: {offset}");
        }
        let done = patch(&program, &token, &upload, offset, &file[offset..]);
        assert_eq!((done.status, done.offset()), (204, file.len()), "{done:?}");
        assert_eq!(show(&program, &token, &upload)["sha256"], sha256(&file));
        assert_eq!(call(&program, &format!("DELETE {upload}"), &token, "", b"").status, 204);
    }
}

#[test]
fn out_of_room_it_says_so_and_goes_on_when_there_is_some() {
    let folder = tempfile::tempdir().unwrap();
    site(&folder.path().join("site"));
    // No file may grow beyond 6 MiB, as on a full disk. The SIGXFSZ that follows would otherwise end the program.
    let mut small = Command::new("sh");
    let script = "trap '' XFSZ; ulimit -f 12288; exec \"$0\" \"$@\"";
    small.args(["-c", script, env!("CARGO_BIN_EXE_onrecord")]);
    let program = Program::of(small, folder.path());
    let token = draft(&program);
    let file = photo(9 * MIB + 1);
    let upload = announce(&program, &token, file.len());
    let full = patch(&program, &token, &upload, 0, &file);
    assert_eq!(full.status, 507, "{full:?}");
    assert!(full.body.contains("/problems/storage-full"), "{}", full.body);
    let stands = head(&program, &token, &upload).offset();
    assert!((1..=6 * MIB).contains(&stands), "{stands}");
    assert_eq!(patch(&program, &token, &upload, stands, &file[stands..]).status, 507);
    let again = head(&program, &token, &upload).offset();
    assert!((stands..=6 * MIB).contains(&again), "{again}");
    program.kill();

    let program = Program::start(folder.path());
    let done = patch(&program, &token, &upload, again, &file[again..]);
    assert_eq!(done.status, 204, "{done:?}");
    assert_eq!(show(&program, &token, &upload)["sha256"], sha256(&file));
}

/// Starts a program with files in S3 and with this database.
fn on_s3(folder: &Path, s3: &S3, url: &str) -> Program {
    let mut command = Command::new(env!("CARGO_BIN_EXE_onrecord"));
    command.envs(s3.environment()).env("ONRECORD_STORAGE_URL", "s3://evidence/portal");
    command.env("ONRECORD_DATABASE_URL", url);
    Program::of(command, folder)
}

// PostgreSQL only, because SQLite is for one server.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn begun_at_one_server_an_upload_goes_on_at_another() {
    let folder = tempfile::tempdir().unwrap();
    site(&folder.path().join("site"));
    let Some(url) = database(TestDatabase::Postgres, folder.path()).await else {
        return;
    };
    let s3 = S3::start().await;
    let (one, two) = (on_s3(folder.path(), &s3, &url), on_s3(folder.path(), &s3, &url));
    let file = photo(17 * MIB + 5);
    let work = tokio::task::spawn_blocking(move || {
        let token = draft(&one);
        let upload = announce(&one, &token, file.len());
        assert_eq!(patch(&one, &token, &upload, 0, &file[..7 * MIB]).offset(), 7 * MIB);
        // The first server is still receiving when the phone continues at the second.
        let mut open = begin(&one, &format!("PATCH {upload}"), &token, &part(7 * MIB), file.len() - 7 * MIB);
        open.write_all(&file[7 * MIB..9 * MIB]).unwrap();
        std::thread::sleep(Duration::from_millis(500));
        let stands = head(&two, &token, &upload).offset();
        assert!((7 * MIB..=9 * MIB).contains(&stands), "{stands}");
        one.kill();
        let done = patch(&two, &token, &upload, stands, &file[stands..]);
        assert_eq!(done.status, 204, "{done:?}");
        (show(&two, &token, &upload)["sha256"] == sha256(&file), upload)
    });
    let (is_whole, upload) = work.await.unwrap();
    assert!(is_whole);
    let id = upload.rsplit('/').next().unwrap();
    assert_eq!(s3.stored(), [format!("portal/{id}")], "only the complete file must be stored");
}
