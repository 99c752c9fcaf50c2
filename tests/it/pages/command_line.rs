//! The command line, as the organisation uses it.

use std::path::Path;

use super::phone::site;
use super::program::{Program, command, fill_in, get, post, reference, run_successfully};

#[test]
fn a_case_is_moved_shown_and_verified() {
    let folder = tempfile::tempdir().unwrap();
    site(&folder.path().join("site"));
    let folder = folder.path();
    let program = Program::start(folder);
    let cookie = fill_in(&program);
    program.request(&post("/complaint/declaration", &cookie, &[("agreed", "yes")]));
    let receipt = program.request(&get("/complaint/sent", &cookie));
    let reference = reference(&receipt).expect("a reference");
    let code = receipt.split("or-reference__code").nth(1).and_then(|rest| rest.split('>').nth(1));
    let code = code.and_then(|rest| rest.split('<').next()).expect("an access code");
    let answer = program.request(&post("/sign-in", "", &[("reference", reference), ("access_code", code)]));
    let session = answer
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "))
        .expect("a session");
    let session = session.split(';').next().unwrap();

    // The command runs beside the server.
    let moved = run_successfully(
        folder,
        &[
            "case",
            "status",
            reference,
            "assessment",
            "--due",
            "2030-01-31",
            "--message",
            "We have begun.",
        ],
    );
    assert!(moved.contains("is now assessment"), "{moved}");
    let page = program.request(&get(&format!("/cases/{reference}"), session));
    assert!(page.contains("We have begun."), "the person sees the message at once: {page}");
    let shown = run_successfully(folder, &["case", "show", reference]);
    for part in [
        "assessment",
        "2030-01-31",
        "submitted",
        "command line: ",
        "Mould in the bedroom since March.",
        "Example Homes",
        "We have begun.",
        r#""postcode":"ZZ1 1AA""#,
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    assert!(run_successfully(folder, &["case", "list", "--status", "assessment"]).contains(reference));
    assert!(!run_successfully(folder, &["case", "list", "--status", "received"]).contains(reference));
    assert!(run_successfully(folder, &["record", "verify"]).contains("1 cases checked, 0 altered"));
    assert!(run_successfully(folder, &["record", "verify", reference]).contains("intact"));

    let answer = program.request(&get(&format!("/cases/{reference}/receipts/1"), session));
    let (_, receipt) = answer.split_once("\r\n\r\n").expect("a receipt");
    receipt_is_checked(folder, reference, receipt);

    run_successfully(folder, &["--by", "Ash Example", "case", "note", reference, "Ring in the morning."]);
    assert!(run_successfully(folder, &["case", "show", reference]).contains("(command line: Ash Example)"));
    let calls = run_successfully(
        folder,
        &["record", "calls", "--reference", reference, "--caller", "command line: Ash Example"],
    );
    assert!(calls.contains("event") && calls.ends_with("1 calls\n"), "{calls}");
    assert!(!run_successfully(folder, &["record", "calls"]).contains("0 calls"));
    let due = run_successfully(folder, &["case", "due", reference, "2030-02-14", "We need a surveyor."]);
    assert!(due.contains("due_changed"), "{due}");
    let page = program.request(&get(&format!("/cases/{reference}"), session));
    assert!(page.contains("14 February 2030") && page.contains("We need a surveyor."), "{page}");
    assert!(run_successfully(folder, &["case", "show", reference]).contains("Ring in the morning."));
    let page = program.request(&get(&format!("/cases/{reference}"), session));
    assert!(
        !page.contains("Ring in the morning."),
        "only colleagues see an internal note: {page}"
    );

    let told = run_successfully(folder, &["case", "told", reference, "--how", "phone", "--note", "Rang at noon."]);
    assert!(told.contains("told_by_other_way"), "{told}");
    assert_eq!(run_successfully(folder, &["webhooks", "list"]).trim(), "0 webhooks");

    for refused in [
        &["case", "end-authority", reference][..],
        &["case", "consent-code", reference],
        &["case", "told", reference, "--how", "portal"],
        &["webhooks", "pause", "0193f5a0-0000-7000-8000-000000000001"],
        &["webhooks", "resume", "0193f5a0-0000-7000-8000-000000000001"],
        &["webhooks", "remove", "0193f5a0-0000-7000-8000-000000000001"],
        &["case", "status", reference, "received"],
        &["case", "status", reference, "nonsense"],
        &["case", "status", "RC-AAAA-AAAA", "closed"],
        &["case", "show", "RC-AAAA-AAAA"],
        &["record", "verify", "RC-AAAA-AAAA"],
    ] {
        let output = command(folder, refused);
        assert!(!output.status.success() && !output.stderr.is_empty(), "{refused:?}");
    }
}

#[test]
fn keys_are_made_listed_and_ended() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert!(run_successfully(folder, &["migrate"]).contains("m0001_first"));
    assert!(run_successfully(folder, &["migrate"]).contains("up to date"));
    let key = run_successfully(folder, &["keys", "add", "--name", "Case system", "--scope", "desk"]);
    assert!(key.starts_with("ork_"), "{key}");
    let listed = run_successfully(folder, &["keys", "list"]);
    assert!(
        listed.contains("Case system") && listed.contains("in use") && !listed.contains(key.trim()),
        "{listed}"
    );
    run_successfully(folder, &["keys", "revoke", "Case system"]);
    assert!(run_successfully(folder, &["keys", "list"]).contains("revoked"));
    assert!(run_successfully(folder, &["outbox", "list", "--given-up"]).ends_with("0 messages\n"));
    for refused in [
        &["outbox", "retry", "0193f5a0-0000-7000-8000-000000000000"][..],
        &["outbox", "retry", "everything"],
        &["keys", "add", "--name", "Case system", "--scope", "desk"],
        &["keys", "add", "--name", "Other", "--scope", "everything"],
        &["keys", "revoke", "Nobody"],
    ] {
        assert!(!command(folder, refused).status.success(), "{refused:?}");
    }
}

#[test]
fn the_example_configuration_passes_the_check() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("onrecord.toml");
    std::fs::write(&file, run_successfully(folder.path(), &["config", "example"])).unwrap();
    let file = file.to_str().unwrap();
    assert!(run_successfully(folder.path(), &["config", "check", "--offline", "--config", file]).contains("good"));
    std::fs::write(file, "public_url = 'http://complaints.example.org'").unwrap();
    let output = command(folder.path(), &["config", "check", "--offline", "--config", file]);
    assert!(
        !output.status.success() && String::from_utf8_lossy(&output.stdout).contains("error: public_url: people must reach"),
        "{output:?}"
    );
}

fn receipt_is_checked(folder: &Path, reference: &str, receipt: &str) {
    std::fs::write(folder.join("receipt.txt"), receipt).unwrap();
    let path = folder.join("receipt.txt");
    let check = ["record", "verify", "--receipt", path.to_str().unwrap()];
    for _ in 0..2 {
        let checked = run_successfully(folder, &check);
        assert!(
            checked.contains(reference) && checked.contains("still contain the event"),
            "{checked}"
        );
        // The receipt is also good once another key signs.
        assert!(run_successfully(folder, &["record", "new-key"]).contains("earlier"));
    }
    std::fs::write(&path, receipt.replace("What: submitted", "What: closed")).unwrap();
    let output = command(folder, &check);
    assert!(
        !output.status.success() && String::from_utf8_lossy(&output.stdout).contains("signature does not belong"),
        "{output:?}"
    );
}
