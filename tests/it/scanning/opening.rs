use std::slice::from_ref;

use bytes::Bytes;
use contract::FileState;
use evidence::Scanner;
use futures::StreamExt;
use rstest::rstest;
use service::{
    access::sessions,
    cases::{
        desk::{self, Caller},
        submission,
    },
    files::{
        download::{self, ReadError},
        scanning::{self, RoundResult},
    },
};

use super::{add, content, key_of, photo, scan_all, shown};
use crate::answers::{create_full_draft, key, send_complaint};
use crate::clamd::{Daemon, bad_letter, clamd_at};
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World,
};

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn nobody_opens_a_file_before_it_is_clean_and_afterwards_only_its_own_people(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let Some(daemon) = Daemon::start("") else { return };
    let services = world.scanned_by(daemon.scanner()).await;
    let (token, stranger) = (create_full_draft(&services).await, create_full_draft(&services).await);
    let file = add(&services, &token, "mould.jpg", &photo(1000)).await;
    assert!(matches!(
        download::for_holder(&services, &token, file).await,
        Err(ReadError::NotChecked)
    ));
    assert!(matches!(
        download::for_holder(&services, &stranger, file).await,
        Err(ReadError::NotFound)
    ));

    let receipt = submission::submit(&services, &token, &key("k")).await.unwrap();
    let session = async |reference: &str, code: &str| {
        let token = sessions::sign_in(&services, reference, code).await.unwrap().unwrap().token;
        sessions::session(&services, &token.to_string()).await.unwrap().unwrap()
    };
    let own = session(&receipt.reference, &receipt.access_code).await;
    let (_, other) = send_complaint(&services).await;
    let other_session = session(&other.reference, &other.access_code).await;
    let desk = Caller::at_command_line("ash");
    assert!(
        matches!(download::for_holder(&services, &token, file).await, Err(ReadError::NotFound)),
        "after sending, the draft has no access to the file"
    );
    assert!(matches!(
        download::for_session(&services, &own, file).await,
        Err(ReadError::NotChecked)
    ));
    let at_desk = async |reference: &str| download::for_desk(&services, &desk, reference, file).await;
    assert!(matches!(at_desk(&receipt.reference).await, Err(ReadError::NotChecked)));

    assert_eq!(scan_all(&services).await, 1);
    assert!(matches!(
        download::for_holder(&services, &token, file).await,
        Err(ReadError::NotFound)
    ));
    assert!(matches!(
        download::for_session(&services, &other_session, file).await,
        Err(ReadError::NotFound)
    ));
    for reference in [other.reference.as_str(), "RC-0000-0000", "rubbish"] {
        assert!(matches!(at_desk(reference).await, Err(ReadError::NotFound)), "{reference}");
    }
    assert!(content(&services, &download::for_session(&services, &own, file).await.unwrap()).await == photo(1000));
    assert!(content(&services, &at_desk(&receipt.reference).await.unwrap()).await == photo(1000));
    let noted = format!(
        "desk_calls WHERE action = 'file {file}' AND case_reference = '{}'",
        receipt.reference
    );
    assert_eq!(world.count(&noted).await, 2, "each request for the file must be recorded");
    assert_eq!(
        world.count("desk_calls WHERE action = 'file'").await,
        3,
        "requests for unknown files must be recorded"
    );
}

#[tokio::test]
async fn a_file_cut_short_while_it_is_read_ends_in_an_error() {
    let world = World::new(Sqlite).await.unwrap();
    let services = world.scanned_by(Scanner::Off).await;
    let token = create_full_draft(&services).await;
    let file = add(&services, &token, "mould.jpg", &photo(1_000_000)).await;
    let readable = download::for_holder(&services, &token, file).await.unwrap();
    let mut pieces = readable.part(&services, 0..readable.bytes).await.unwrap();
    assert!(pieces.next().await.unwrap().is_ok());
    let path = world.folder.path().join("files").join(file.to_string());
    std::fs::OpenOptions::new()
        .write(true)
        .open(path)
        .unwrap()
        .set_len(300_000)
        .unwrap();
    let rest: Vec<Result<Bytes, _>> = pieces.take(1000).collect().await;
    let first_error = rest.iter().position(Result::is_err).expect("an error, and not an early end");
    let given: usize = rest[..first_error].iter().flatten().map(Bytes::len).sum();
    assert!(given < 300_000, "{given}");
}

#[tokio::test]
async fn with_scanning_off_files_are_served_and_said_to_be_unscanned_until_it_is_on() {
    let world = World::new(Sqlite).await.unwrap();
    assert!(
        scanning::warning(&world.services).unwrap().contains("not set"),
        "without a scanner there must be a warning"
    );
    let off = world.scanned_by(Scanner::Off).await;
    assert!(scanning::warning(&off).unwrap().contains("off"));
    let token = create_full_draft(&off).await;
    let good = add(&off, &token, "mould.jpg", &photo(1000)).await;
    let bad = add(&off, &token, "letter.txt", &bad_letter()).await;
    assert_eq!(scanning::round(&off).await.unwrap(), RoundResult::Idle);
    let file = shown(&off, &token, good).await;
    assert_eq!(
        (file.state, file.scanned, file.readable),
        (FileState::Scanning, false, true),
        "an unscanned file must not be shown as clean"
    );
    assert!(download::for_holder(&off, &token, bad).await.is_ok());
    let receipt = submission::submit(&off, &token, &key("k")).await.unwrap();
    let desk = Caller::at_command_line("ash");
    let case = desk::case(&off, &desk, &receipt.reference).await.unwrap().unwrap();
    assert!(case.files.iter().all(|file| !file.scanned && file.readable));
    assert!(matches!(
        download::for_desk(&world.services, &desk, &receipt.reference, good).await,
        Err(ReadError::NotChecked)
    ));

    let Some(daemon) = Daemon::start("") else { return };
    let on = world.scanned_by(daemon.scanner()).await;
    assert_eq!(scan_all(&on).await, 2);
    assert!(matches!(
        download::for_desk(&off, &desk, &receipt.reference, bad).await,
        Err(ReadError::Refused)
    ));
    assert_eq!(world.count("case_events WHERE kind = 'file_refused'").await, 1);
    let quarantined = [format!("quarantine/{bad}")];
    assert_eq!(from_ref(&key_of(&on, bad).await), quarantined);
    assert!(clamd_at(daemon.port).version().await.unwrap().starts_with("ClamAV"));
}
