//! Files that the scanner only suspects: a person of the organisation decides.

use complaint::case::desk_task::DeskTaskKind;
use complaint::case::event::EventBody;
use contract::FileState;
use rstest::rstest;
use service::cases::desk::{self, Caller, FileDecision, HeldError};
use service::files::download::{self, ReadError};
use service::{
    access::sessions,
    cases::{self, submission},
    record::verification,
};
use time::Duration;

use super::{add, key_of, photo, scan_all, scan_of, shown};
use crate::answers::{create_full_draft, key};
use crate::clamd::Daemon;
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World, viewer,
};

/// A clamd setting that reports photos which break the JPEG standard, as photos of some phones do.
const GUESSES: &str = "AlertBrokenMedia yes";

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn what_the_scanner_only_suspects_waits_for_a_person(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let Some(daemon) = Daemon::start(GUESSES) else { return };
    let services = world.scanned_by(daemon.scanner()).await;
    let token = create_full_draft(&services).await;
    let before = add(&services, &token, "before.jpg", &photo(1000)).await;
    assert_eq!(scan_all(&services).await, 1);
    let held = shown(&services, &token, before).await;
    assert_eq!(
        (held.state, held.held, held.readable, held.scanned),
        (FileState::Scanning, true, false, false)
    );
    let scan = scan_of(&services, before).await;
    assert_eq!((scan.last_error.as_deref(), scan.verdict), (Some("suspected"), None));
    assert!(scan.signature.unwrap().starts_with("Heuristics."));

    let after = add(&services, &token, "after.jpg", &photo(2000)).await;
    let receipt = submission::submit(&services, &token, &key("k")).await.unwrap();
    assert_eq!(scan_all(&services).await, 1);
    let caller = Caller::at_command_line("ash");
    let case = desk::case(&services, &caller, &receipt.reference).await.unwrap().unwrap();
    let held: Vec<&str> = case.events[1..]
        .iter()
        .map(|event| match &event.body {
            EventBody::FileHeld { filename, signature, .. } if signature.starts_with("Heuristics.") => filename.as_str(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(held, ["before.jpg", "after.jpg"]);
    let task = case.tasks.iter().find(|task| task.task == DeskTaskKind::FileHeld).unwrap();
    let mut waiting = [before.to_string(), after.to_string()];
    waiting.sort();
    assert_eq!(task.files, waiting);

    let opened = sessions::sign_in(&services, &receipt.reference, &receipt.access_code)
        .await
        .unwrap()
        .unwrap();
    let session = sessions::session(&services, &opened.token.to_string()).await.unwrap().unwrap();
    assert!(matches!(
        download::for_session(&services, &session, before).await,
        Err(ReadError::NotChecked)
    ));

    // The scanner reports the same a day later, which adds no event.
    world.clock.advance(Duration::days(1) + Duration::minutes(1));
    assert_eq!(scan_all(&services).await, 2);
    assert_eq!(world.count("case_events WHERE kind = 'file_held'").await, 2);

    let decide = async |file, decision| desk::decide_file(&services, &caller, &receipt.reference, file, decision).await;
    let released = decide(before, FileDecision::Release).await.unwrap();
    assert_eq!((released.state, released.held, released.readable), (FileState::Clean, false, true));
    assert!(download::for_session(&services, &session, before).await.is_ok());
    let refused = decide(after, FileDecision::Refuse).await.unwrap();
    assert_eq!((refused.state, refused.readable), (FileState::Refused, false));
    assert!(matches!(
        download::for_session(&services, &session, after).await,
        Err(ReadError::Refused)
    ));
    for decision in [FileDecision::Release, FileDecision::Refuse] {
        assert!(matches!(decide(after, decision).await, Err(HeldError::NotHeld)), "once");
        assert!(matches!(decide(uuid::Uuid::nil(), decision).await, Err(HeldError::NotFound)));
    }
    assert_eq!(scan_all(&services).await, 1, "the bytes of a refused file are moved");
    assert_eq!(key_of(&services, after).await, format!("quarantine/{after}"));

    let case = desk::case(&services, &caller, &receipt.reference).await.unwrap().unwrap();
    assert!(case.tasks.iter().all(|task| task.task != DeskTaskKind::FileHeld));
    let last: Vec<(&str, Option<&str>)> = case.events[3..]
        .iter()
        .map(|event| (event.body.kind(), event.actor_name.as_deref()))
        .collect();
    assert_eq!(
        last,
        [
            ("file_released", Some("command line: ash")),
            ("file_refused", Some("command line: ash"))
        ]
    );
    let timeline = cases::timeline(&services, &viewer(&services, &session, &receipt.reference).await, None, None)
        .await
        .unwrap();
    let seen: Vec<&str> = timeline.entries.iter().map(|entry| entry.kind.as_str()).collect();
    assert_eq!(
        seen,
        ["submitted", "file_refused"],
        "the person must not see an undecided suspicion"
    );
    let finding = verification::verify(&services, &receipt.reference).await.unwrap().unwrap();
    assert!(
        matches!(finding.verdict, ::record::verification::VerificationResult::Intact { .. }),
        "{finding:?}"
    );
}

#[tokio::test]
async fn a_file_that_waits_for_a_person_can_be_removed_before_the_complaint_is_sent() {
    let world = World::new(Sqlite).await.unwrap();
    let Some(daemon) = Daemon::start(GUESSES) else { return };
    let services = world.scanned_by(daemon.scanner()).await;
    let token = create_full_draft(&services).await;
    let file = add(&services, &token, "photo.jpg", &photo(1000)).await;
    assert_eq!(scan_all(&services).await, 1);
    service::files::remove_file(&services, &token, file).await.unwrap();
    assert_eq!((world.count("uploads").await, world.count("scans").await), (0, 0));
}
