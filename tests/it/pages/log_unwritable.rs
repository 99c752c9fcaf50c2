//! The real program when its log cannot be written, because its reader is gone or reads nothing.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use super::phone::site;
use super::program::{Program, fill_in, get, post};

/// Starts the program with standard error connected to a command.
fn logging_to(folder: &Path, reader: &str) -> Program {
    site(&folder.join("site"));
    let mut command = Command::new("bash");
    let script = format!("exec \"$0\" \"$@\" 2> >({reader})");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_onrecord")]);
    // The log gets a line for every request and every message.
    command.env("ONRECORD_LOG__LEVEL", "trace");
    Program::of(command, folder)
}

fn messages(folder: &Path) -> usize {
    std::fs::read_dir(folder.join("data/mail")).map_or(0, Iterator::count)
}

/// Requests a resume link by email and waits until the message has left.
#[track_caller]
fn mail_leaves(program: &Program, folder: &Path, cookie: &str, to: &str) {
    let before = messages(folder);
    let answer = program.request(&post("/save-and-return", cookie, &[("email", to)]));
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    let started = Instant::now();
    while messages(folder) == before {
        assert!(started.elapsed() < Duration::from_secs(30), "no message was sent in time");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn with_no_one_to_read_its_log_messages_leave_and_no_task_dies() {
    let folder = tempfile::tempdir().unwrap();
    let program = logging_to(folder.path(), "exec true");
    let cookie = fill_in(&program);
    // Writing to a closed pipe used to end the task that wrote the line.
    for n in 0..3 {
        mail_leaves(&program, folder.path(), &cookie, &format!("wren{n}@example.org"));
    }
    let ready = program.request(&get("/readyz", ""));
    assert!(ready.starts_with("HTTP/1.1 200"), "{ready}");
    assert!(ready.contains(r#""courier":{"status":"ok","restarts":0}"#), "{ready}");
}

#[test]
fn a_reader_of_its_log_that_stands_still_holds_up_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let program = logging_to(folder.path(), "exec sleep 120");
    let cookie = fill_in(&program);
    // Far more than a pipe holds.
    for _ in 0..500 {
        assert!(program.request(&get("/livez", "")).starts_with("HTTP/1.1 200"));
    }
    mail_leaves(&program, folder.path(), &cookie, "wren@example.org");
    let stopped = Command::new("kill")
        .args(["-TERM", &program.child.id().to_string()])
        .status()
        .unwrap();
    assert!(stopped.success());
    let mut program = program;
    assert!(program.child.wait().unwrap().success(), "the server must stop on request");
}
