use ::evidence::clamd::Verdict;
use ::record::scans;
use complaint::case::event::EventBody;
use contract::FileState;
use rstest::rstest;
use service::{
    access::sessions,
    cases::{
        self,
        desk::{self, Caller},
        submission,
    },
    files::{
        self,
        download::{self, ReadError},
    },
    record::verification,
};
use time::Duration;

use super::{add, content, infected, key_of, photo, pieces, scan_all, scan_of, shown};
use crate::answers::{create_full_draft, key};
use crate::clamd::{BAD, Daemon, SIGNATURE, bad_letter};
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World, viewer,
};

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn what_is_clean_can_be_opened_and_what_is_not_goes_into_quarantine(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let Some(daemon) = Daemon::start("") else { return };
    let services = world.scanned_by(daemon.scanner()).await;
    let token = create_full_draft(&services).await;
    let bytes = photo(2_500_001);
    let good = add(&services, &token, "mould.jpg", &bytes).await;
    let bad = add(&services, &token, "letter.txt", &bad_letter()).await;
    assert_eq!(scan_all(&services).await, 2);

    let clean = shown(&services, &token, good).await;
    assert_eq!(
        (clean.state, clean.scanned, clean.readable, clean.reason),
        (FileState::Clean, true, true, None)
    );
    let file = download::for_holder(&services, &token, good).await.unwrap();
    assert!(content(&services, &file).await == bytes);
    let scan = scan_of(&services, good).await;
    assert_eq!((scan.verdict, scan.attempts), (Some(scans::ScanVerdict::Clean), 1));
    assert!(scan.engine.unwrap().starts_with("ClamAV 1") && scan.ended_at.is_some());

    let refused = shown(&services, &token, bad).await;
    assert_eq!(
        (refused.state, refused.scanned, refused.readable, refused.reason.as_deref()),
        (FileState::Refused, true, false, Some("virus"))
    );
    assert!(matches!(
        download::for_holder(&services, &token, bad).await,
        Err(ReadError::Refused)
    ));
    assert_eq!(scan_of(&services, bad).await.signature.as_deref(), Some(SIGNATURE));
    assert_eq!(key_of(&services, bad).await, format!("quarantine/{bad}"));
    let folder = world.folder.path().join("files");
    assert!(!folder.join(bad.to_string()).exists() && folder.join(format!("quarantine/{bad}")).exists());
    let length = refused.bytes;
    assert!(
        services
            .files()
            .part(&format!("quarantine/{bad}"), length, 0..length)
            .await
            .is_err()
    );

    files::remove_file(&services, &token, bad).await.unwrap();
    assert!(!folder.join(format!("quarantine/{bad}")).exists());
    assert_eq!(world.count("scans").await, 1, "a scan must be deleted with its file");
    assert_eq!(scan_all(&services).await, 0);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_refused_file_is_on_the_cases_record_whenever_it_was_found(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let Some(daemon) = Daemon::start("") else { return };
    let services = world.scanned_by(daemon.scanner()).await;
    let token = create_full_draft(&services).await;
    let before = add(&services, &token, "before.txt", &bad_letter()).await;
    assert_eq!(scan_all(&services).await, 1);
    let after = add(&services, &token, "after.txt", &bad_letter()).await;
    let receipt = submission::submit(&services, &token, &key("k")).await.unwrap();
    world.clock.advance(Duration::minutes(1));
    assert_eq!(scan_all(&services).await, 1);

    let desk = Caller::at_command_line("ash");
    let case = desk::case(&services, &desk, &receipt.reference).await.unwrap().unwrap();
    let told: Vec<(&str, String, Option<&str>)> = case.events[1..]
        .iter()
        .map(|event| match &event.body {
            EventBody::FileRefused { file, filename, .. } => (filename.as_str(), file.clone(), event.actor_name.as_deref()),
            other => panic!("{other:?}"),
        })
        .collect();
    let scanner = Some("virus scanner");
    assert_eq!(
        told,
        [
            ("before.txt", before.to_string(), scanner),
            ("after.txt", after.to_string(), scanner)
        ]
    );
    let finding = verification::verify(&services, &receipt.reference).await.unwrap().unwrap();
    assert!(
        matches!(
            finding.verdict,
            ::record::verification::VerificationResult::Intact { events: 3, .. }
        ),
        "{finding:?}"
    );

    let opened = sessions::sign_in(&services, &receipt.reference, &receipt.access_code)
        .await
        .unwrap()
        .unwrap();
    let session = sessions::session(&services, &opened.token.to_string()).await.unwrap().unwrap();
    let timeline = cases::timeline(&services, &viewer(&services, &session, &receipt.reference).await, None, None)
        .await
        .unwrap();
    let seen: Vec<(&str, Option<&str>)> = timeline.entries.iter().map(|e| (e.kind.as_str(), e.filename.as_deref())).collect();
    assert_eq!(
        seen,
        [
            ("submitted", None),
            ("file_refused", Some("before.txt")),
            ("file_refused", Some("after.txt"))
        ]
    );
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn what_could_not_go_into_quarantine_is_refused_all_the_same_and_goes_later(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let Some(daemon) = Daemon::start("") else { return };
    let services = world.scanned_by(daemon.scanner()).await;
    let token = create_full_draft(&services).await;
    let file = add(&services, &token, "letter.txt", &bad_letter()).await;
    let folder = world.folder.path().join("files");
    std::fs::write(folder.join("quarantine"), "in the way").unwrap();
    assert_eq!(scan_all(&services).await, 1);
    assert!(matches!(
        download::for_holder(&services, &token, file).await,
        Err(ReadError::Refused)
    ));
    let scan = scan_of(&services, file).await;
    assert_eq!((scan.last_error.as_deref(), scan.ended_at), (Some("quarantine"), None));
    assert_eq!(key_of(&services, file).await, file.to_string());
    std::fs::remove_file(folder.join("quarantine")).unwrap();

    // The file was moved, but the server died before it recorded that.
    world.clock.set(scan.due_at.time());
    std::fs::create_dir(folder.join("quarantine")).unwrap();
    std::fs::rename(folder.join(file.to_string()), folder.join(format!("quarantine/{file}"))).unwrap();
    assert_eq!(scan_all(&services).await, 1);
    assert_eq!(key_of(&services, file).await, format!("quarantine/{file}"));
    assert!(scan_of(&services, file).await.ended_at.is_some());
    assert_eq!(scan_all(&services).await, 0);
}

#[tokio::test]
async fn a_signature_is_found_wherever_it_is_cut_in_two() {
    let Some(daemon) = Daemon::start("") else { return };
    // The signature lies across the border of two chunks.
    let mut bytes = vec![b'x'; 64 * 1024 - 10];
    bytes.extend_from_slice(BAD.as_bytes());
    assert_eq!(daemon.clamd().scan(pieces(&bytes)).await.unwrap(), infected());
    bytes.truncate(64 * 1024 + 10);
    assert_eq!(
        daemon.clamd().scan(pieces(&bytes)).await.unwrap(),
        Verdict::Clean,
        "half a signature must not be found"
    );
}
