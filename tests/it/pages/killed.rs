//! The real program, killed at the worst moment and stopped with SIGTERM.

use std::process::{Command, Stdio};
use std::time::Duration;

use super::phone::site;
use super::program::{Program, fill_in, get, post, reference, run_successfully};

#[test]
fn killed_between_send_and_the_confirmation_the_receipt_is_the_same_and_there_is_one_complaint() {
    let folder = tempfile::tempdir().unwrap();
    site(&folder.path().join("site"));
    let mut program = Program::start(folder.path());
    let mut references = std::collections::BTreeSet::new();

    // The server has acknowledged the complaint, and is killed before the receipt page is loaded.
    let cookie = fill_in(&program);
    let send = post("/complaint/declaration", &cookie, &[("agreed", "yes")]);
    let answer = program.request(&send);
    assert!(answer.contains("location: /complaint/sent"), "{answer}");
    program.kill();
    program = Program::start(folder.path());
    let first = program.request(&get("/complaint/sent", &cookie));
    let second = program.request(&get("/complaint/sent", &cookie));
    let shown = reference(&first).unwrap_or_else(|| panic!("{first}"));
    assert_eq!(Some(shown), reference(&second));
    assert!(
        first.contains("or-reference__code"),
        "the receipt must show the access code: {first}"
    );
    references.insert(shown.to_owned());

    // The server is killed somewhere in between, and the resident presses Send again.
    for delay in [0, 15, 40, 80] {
        let cookie = fill_in(&program);
        let send = post("/complaint/declaration", &cookie, &[("agreed", "yes")]);
        let connection = program.open(&send);
        std::thread::sleep(Duration::from_millis(delay));
        program.kill();
        drop(connection);
        program = Program::start(folder.path());
        let answer = program.request(&send);
        assert!(answer.contains("location: /complaint/sent"), "{delay} ms: {answer}");
        let page = program.request(&get("/complaint/sent", &cookie));
        assert!(references.insert(reference(&page).unwrap_or_else(|| panic!("{page}")).to_owned()));
    }
    program.kill();
    let listed = run_successfully(folder.path(), &["case", "list"]);
    assert_eq!(
        listed.lines().count(),
        references.len(),
        "there must be one case for each complaint: {listed}"
    );
    for reference in &references {
        assert!(listed.contains(reference), "{reference} in {listed}");
    }
}

#[test]
fn told_to_stop_it_ends_well() {
    let folder = tempfile::tempdir().unwrap();
    site(&folder.path().join("site"));
    let mut program = Program::start(folder.path());
    let cookie = fill_in(&program);
    let id = program.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert!(program.child.wait().unwrap().success());
    let program = Program::start(folder.path());
    assert!(program.request(&get("/complaint/check-answers", &cookie)).contains("Example Homes"));
}

#[test]
fn a_server_without_its_site_says_how_to_get_it_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_onrecord"));
    let command = command.args(["serve", "--listen", "127.0.0.1:0", "--site", "nowhere", "--data"]);
    let output = command.arg(folder.path().join("data")).stdin(Stdio::null()).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("cargo xtask run"), "{output:?}");
    assert!(!folder.path().join("data").exists());
}
