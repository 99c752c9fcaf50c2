//! Metrics, log lines and unusual requests on the running program.

use std::fs::File;
use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};

use crate::pages::phone::site;
use crate::pages::program::{Program, get, post};

/// Returns a port that was free a moment ago.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn ask(address: &str, request: &str) -> String {
    use std::io::Write;
    let mut connection = TcpStream::connect(address).unwrap();
    connection.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn figures_are_on_an_address_of_their_own_and_name_no_one() {
    let folder = tempfile::tempdir().unwrap();
    site(&folder.path().join("site"));
    let metrics = format!("127.0.0.1:{}", free_port());
    let program = Program::set(folder.path(), &[("ONRECORD_METRICS__LISTEN", &metrics)]);
    program.request(&get("/", ""));
    program.request(&get("/cases/RC-7K3M-92QF", ""));
    program.request(&post(
        "/sign-in",
        "",
        &[("reference", "RC-7K3M-92Q5"), ("access_code", "AAAA-BBBB-CCCC")],
    ));
    assert!(
        program.request(&get("/metrics", "")).starts_with("HTTP/1.1 404"),
        "the portal itself must not serve metrics"
    );
    let figures = ask(&metrics, "GET /metrics HTTP/1.1\r\nHost: figures\r\nConnection: close\r\n\r\n");
    for line in [
        "content-type: application/openmetrics-text",
        "onrecord_requests_total{method=\"GET\",route=\"/\",status=\"200\"} 1",
        "onrecord_requests_total{method=\"GET\",route=\"/cases/{reference}\"",
        "onrecord_request_seconds_bucket",
        "onrecord_failed_sign_ins_total{of=\"access_code\"} 1",
        "onrecord_outbox_messages{of=\"waiting\"} 0",
        "onrecord_outbox_messages{of=\"late\"} 0",
        "onrecord_task_running{of=\"courier\"} 1",
        "onrecord_deliveries_held 0",
        "onrecord_database_up 1",
        "onrecord_free_bytes{of=\"database\"}",
        "# EOF",
    ] {
        assert!(figures.contains(line), "{line} in {figures}");
    }
    assert!(!figures.contains("RC-7K3M"), "{figures}");
}

#[test]
fn requests_are_lines_without_addresses_and_ids_are_ours_or_sane() {
    let folder = tempfile::tempdir().unwrap();
    site(&folder.path().join("site"));
    let log = folder.path().join("log");
    let mut command = Command::new(env!("CARGO_BIN_EXE_onrecord"));
    command.env("ONRECORD_LOG__REQUESTS", "true");
    let program = Program::logged(command, folder.path(), Stdio::from(File::create(&log).unwrap()));
    let id = |answer: &str| {
        let line = answer.lines().find_map(|line| line.strip_prefix("x-request-id: "));
        line.expect("an id").to_owned()
    };
    let named = |said: &str| {
        id(&program.request(&format!(
            "GET /cases/RC-7K3M-92QF HTTP/1.1\r\nHost: h\r\nConnection: close\r\nX-Request-Id: {said}\r\n\r\n"
        )))
    };
    for sane in ["018f5c4e-7e5a-7cc2-9d0b-8a1c2e3f4a5b", "4bf92f3577b34da6a3ce929d0e0e4736"] {
        assert_eq!(named(sane), sane);
    }
    for odd in [
        "Robin Wren",
        "RC-7K3M-92QF",
        "robin.wren@example.org",
        "1234567890",
        "aaaa",
        &"a".repeat(65),
        "x\" status=200 id=\"y",
        "018f5c4e-7e5a-7cc2-9d0b-8a1c2e3f4a5b, Robin",
    ] {
        assert_ne!(named(odd), odd);
    }
    program.request(&post(
        "/sign-in",
        "",
        &[("reference", "RC-7K3M-92Q5"), ("access_code", "AAAA-BBBB-CCCC")],
    ));
    // The log is written by a thread of its own.
    std::thread::sleep(std::time::Duration::from_millis(500));
    let lines = std::fs::read_to_string(&log).unwrap();
    assert!(
        lines.contains("/cases/{reference}") && lines.contains("request method=GET"),
        "{lines}"
    );
    assert!(lines.contains("a sign-in failed"), "{lines}");
    for personal in ["RC-7K3M", "Robin", "robin", "AAAA-BBBB"] {
        assert!(!lines.contains(personal), "{personal} in {lines}");
    }
}

#[test]
fn what_has_no_path_is_refused_and_breaks_nothing() {
    let folder = tempfile::tempdir().unwrap();
    site(&folder.path().join("site"));
    let log = folder.path().join("log");
    let command = Command::new(env!("CARGO_BIN_EXE_onrecord"));
    let program = Program::logged(command, folder.path(), Stdio::from(File::create(&log).unwrap()));
    for line in [
        "CONNECT example.org:443",
        "CONNECT 127.0.0.1:22",
        "OPTIONS *",
        "CONNECT /",
        "GET example.org:443",
    ] {
        let answer = program.request(&format!("{line} HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n"));
        let status = answer.get(9..12).unwrap_or_default();
        assert!(status.starts_with('4'), "{line}: {answer}");
    }
    assert!(
        program
            .request("GET http://example.org/livez HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n")
            .starts_with("HTTP/1.1 200")
    );
    std::thread::sleep(std::time::Duration::from_millis(300));
    let lines = std::fs::read_to_string(&log).unwrap();
    assert!(!lines.contains("panic"), "{lines}");
}

#[test]
fn a_scanner_that_does_not_answer_is_told_at_the_start_and_by_the_health_check() {
    let folder = tempfile::tempdir().unwrap();
    site(&folder.path().join("site"));
    let log = folder.path().join("log");
    let mut command = Command::new(env!("CARGO_BIN_EXE_onrecord"));
    command.env("ONRECORD_SCANNER__CLAMD", "unix:///nowhere/clamd.ctl");
    let program = Program::logged(command, folder.path(), Stdio::from(File::create(&log).unwrap()));
    let ready = program.request(&get("/readyz", ""));
    assert!(
        ready.starts_with("HTTP/1.1 200") && ready.contains("the virus scanner does not answer"),
        "{ready}"
    );
    let lines = std::fs::read_to_string(&log).unwrap();
    assert!(lines.contains("the virus scanner does not answer"), "{lines}");
}

#[test]
fn mail_that_does_not_leave_shows_in_the_health_check() {
    // The count itself is tested on both databases in `tests/it/outbox.rs`.
    let folder = tempfile::tempdir().unwrap();
    site(&folder.path().join("site"));
    let program = Program::set(folder.path(), &[("ONRECORD_DELIVERIES__HOLD", "true")]);
    let ready = program.request(&get("/readyz", ""));
    assert!(ready.contains("deliveries are held: 0 messages wait"), "{ready}");
}
