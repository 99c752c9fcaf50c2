//! The real program and a real scanner: files that waited while no scanner ran are scanned once one answers.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::phone::site;
use super::program::{Program, run_successfully};
use crate::clamd::{Daemon, bad_letter, free_port};

const SCANNER: &str = "ONRECORD_SCANNER__CLAMD";

/// Makes a REST call and returns the raw response.
fn call(program: &Program, line: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    program.request(&format!(
        "{line} HTTP/1.1\r\nHost: portal.test\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    ))
}

fn json(answer: &str) -> Value {
    let body = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer}")).1;
    serde_json::from_str(body).unwrap_or_else(|e| panic!("{e}: {answer}"))
}

fn add(program: &Program, token: &str, content: &str) -> String {
    let headers = format!(
        "Authorization: Bearer {token}\r\nContent-Type: application/octet-stream\r\nUpload-Length: {}\r\n",
        content.len()
    );
    let added = json(&call(program, "POST /api/v1/uploads", &headers, content));
    added["id"].as_str().unwrap().to_owned()
}

/// Waits until the file is no longer `scanning` and returns its JSON.
fn settled(program: &Program, token: &str, file: &str) -> Value {
    let started = Instant::now();
    loop {
        let headers = format!("Authorization: Bearer {token}\r\n");
        let shown = json(&call(program, &format!("GET /api/v1/uploads/{file}"), &headers, ""));
        if shown["state"] != "scanning" {
            return shown;
        }
        assert!(started.elapsed() < Duration::from_secs(30), "{shown}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn what_waited_for_a_scanner_is_scanned_after_a_restart_and_what_comes_in_then_at_once() {
    let port = free_port();
    let address = format!("tcp://127.0.0.1:{port}");
    let settings = [(SCANNER, address.as_str())];
    let folder = tempfile::tempdir().unwrap();
    site(&folder.path().join("site"));
    let program = Program::set(folder.path(), &settings);
    let draft = json(&call(&program, "POST /api/v1/drafts", "", ""));
    let token = draft["token"].as_str().unwrap();
    let (early, bad) = (String::from("It is damp."), String::from_utf8(bad_letter()).unwrap());
    let first = add(&program, token, &early);
    let listed = run_successfully(folder.path(), &["evidence", "list", "--waiting"]);
    assert!(listed.contains(&first) && listed.contains("not sent"), "{listed}");
    assert!(listed.ends_with("\n1 files wait for the virus scan\n"), "{listed}");
    let started = Instant::now();
    while !call(&program, "GET /readyz", "", "").contains("the virus scanner does not answer") {
        assert!(
            started.elapsed() < Duration::from_secs(30),
            "the health check must report the scanner in time"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    program.kill();

    let Some(_daemon) = Daemon::start_at(port, "") else { return };
    let program = Program::set(folder.path(), &settings);
    assert_eq!(settled(&program, token, &first)["state"], "clean");
    let second = add(&program, token, &bad);
    assert_eq!(settled(&program, token, &second)["reason"], "virus");
    let headers = format!("Authorization: Bearer {token}\r\n");
    let content = call(&program, &format!("GET /api/v1/uploads/{first}/content"), &headers, "");
    assert!(
        content.starts_with("HTTP/1.1 200") && content.ends_with("\r\n\r\nIt is damp."),
        "{content}"
    );
    let refused = call(&program, &format!("GET /api/v1/uploads/{second}/content"), &headers, "");
    assert!(refused.starts_with("HTTP/1.1 409") && !refused.contains("landlord"), "{refused}");

    // A file whose stored bytes are incomplete cannot be opened.
    let path = folder.path().join("data/files").join(&first);
    std::fs::write(path, "It is").unwrap();
    let damaged = call(&program, &format!("GET /api/v1/uploads/{first}/content"), &headers, "");
    assert!(damaged.starts_with("HTTP/1.1 503"), "{damaged}");
}
