use bytes::Bytes;
use complaint::case::event::EventBody;
use contract::FileState;
use evidence::clamd::ScanError;
use futures::{StreamExt, stream};
use rstest::rstest;
use service::{
    cases::{
        desk::{self, Caller},
        submission,
    },
    files::{
        download::{self, ReadError},
        scanning::{self, RoundResult},
    },
};
use time::Duration;

use super::{add, infected, photo, pieces, scan_all, scan_of, shown};
use crate::answers::{create_full_draft, key};
use crate::clamd::{Daemon, Fault, SIGNATURE, bad_letter, faulty, free_port, scanner_at};
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World,
};

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_scanner_that_is_down_keeps_files_waiting_and_nothing_else(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let port = free_port();
    let services = world.scanned_by(scanner_at(port)).await;
    let token = create_full_draft(&services).await;
    let file = add(&services, &token, "mould.jpg", &photo(1000)).await;
    assert_eq!(scanning::warning(&services), None, "the scanner was not asked yet");
    for _ in 0..3 {
        assert_eq!(scanning::round(&services).await.unwrap(), RoundResult::Away);
    }
    assert!(scanning::warning(&services).unwrap().contains("does not answer"));
    assert_eq!(shown(&services, &token, file).await.state, FileState::Scanning);
    let receipt = submission::submit(&services, &token, &key("k")).await.unwrap();
    let [waiting] = &scanning::waiting(&services).await.unwrap()[..] else {
        panic!()
    };
    assert_eq!(
        (waiting.upload, waiting.reference.as_ref(), waiting.attempts),
        (file, Some(&receipt.reference), 0)
    );

    let Some(_daemon) = Daemon::start_at(port, "") else { return };
    assert_eq!(
        scan_all(&services).await,
        1,
        "the file must be scanned as soon as the scanner answers"
    );
    assert_eq!(scanning::warning(&services), None);
    let case = desk::case(&services, &Caller::at_command_line("ash"), &receipt.reference)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(case.files[0].state, FileState::Clean);
    assert_eq!(case.events.len(), 1, "a clean scan adds no event");
}

#[rstest]
#[case::hangs_up(Fault::HangsUp, "broken_off")]
#[case::fails(Fault::Fails, "scanner_failed")]
#[tokio::test]
async fn a_scanner_that_breaks_off_says_nothing_about_the_file(
    #[case] fault: Fault,
    #[case] code: &str,
    #[values(Sqlite, Postgres)] on: TestDatabase,
) {
    let Some(world) = World::new(on).await else { return };
    let broken = world.scanned_by(scanner_at(faulty(fault))).await;
    let token = create_full_draft(&broken).await;
    let file = add(&broken, &token, "film.jpg", &photo(3_000_000)).await;
    let mut waits = Vec::new();
    for attempt in 1..=3 {
        assert_eq!(
            scan_all(&broken).await,
            1,
            "a file must be scanned once, and not again before its due time"
        );
        let scan = scan_of(&broken, file).await;
        assert_eq!(
            (scan.attempts, scan.last_error.as_deref(), scan.verdict),
            (attempt, Some(code), None)
        );
        assert_eq!(shown(&broken, &token, file).await.state, FileState::Scanning);
        waits.push(scan.due_at.time() - world.services.now());
        world.clock.set(scan.due_at.time());
    }
    assert!(
        waits[0] >= Duration::seconds(30) && waits[1] >= Duration::minutes(1) && waits[2] >= Duration::minutes(2),
        "{waits:?}"
    );
    let Some(daemon) = Daemon::start("") else { return };
    assert_eq!(scan_all(&world.scanned_by(daemon.scanner()).await).await, 1);
    assert_eq!(shown(&broken, &token, file).await.state, FileState::Clean);
}

#[tokio::test]
async fn a_daemon_killed_in_the_middle_has_said_nothing() {
    let Some(mut daemon) = Daemon::start("") else { return };
    assert_eq!(daemon.by_socket().scan(pieces(&bad_letter())).await.unwrap(), infected());
    let clamd = daemon.clamd();
    let start = pieces(&photo(2_000_000));
    let rest = stream::once(async move {
        daemon.kill();
        Ok(Bytes::from(vec![0; 4_000_000]))
    });
    let killed = clamd.scan(start.chain(rest)).await;
    assert!(matches!(killed, Err(ScanError::BrokenOff)), "{killed:?}");
    assert!(matches!(clamd.scan(pieces(b"x")).await, Err(ScanError::Unreachable(_))));
}

#[rstest]
#[case::stream("StreamMaxLength 1M", Sqlite)]
#[case::stream_on_postgres("StreamMaxLength 1M", Postgres)]
#[case::scan("MaxFileSize 1M\nMaxScanSize 1M\nAlertExceedsMax yes", Sqlite)]
#[tokio::test]
async fn a_file_beyond_the_scanners_limits_is_neither_clean_nor_refused(#[case] limits: &str, #[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let Some(small) = Daemon::start(limits) else { return };
    let services = world.scanned_by(small.scanner()).await;
    let token = create_full_draft(&services).await;
    let file = add(&services, &token, "film.jpg", &photo(2_500_000)).await;
    let other = add(&services, &token, "mould.jpg", &photo(1000)).await;
    for attempt in 1..=2 {
        assert!(scan_all(&services).await > 0);
        assert_eq!(shown(&services, &token, file).await.state, FileState::Scanning);
        let [waiting] = &scanning::waiting(&services).await.unwrap()[..] else {
            panic!()
        };
        assert_eq!(
            (waiting.upload, waiting.attempts, waiting.last_error.as_deref()),
            (file, attempt, Some("beyond_limits"))
        );
        world.clock.advance(Duration::minutes(20));
    }
    assert_eq!(
        shown(&services, &token, other).await.state,
        FileState::Clean,
        "the file must not delay others"
    );
    assert!(matches!(
        download::for_holder(&services, &token, file).await,
        Err(ReadError::NotChecked)
    ));
    // The operator has raised the limits.
    let Some(large) = Daemon::start("") else { return };
    assert_eq!(scan_all(&world.scanned_by(large.scanner()).await).await, 1);
    assert_eq!(shown(&services, &token, file).await.state, FileState::Clean);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn two_servers_do_not_scan_a_file_twice(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let Some(daemon) = Daemon::start("") else { return };
    let (one, two) = tokio::join!(world.scanned_by(daemon.scanner()), world.scanned_by(daemon.scanner()));
    let token = create_full_draft(&one).await;
    for n in 0..9 {
        add(&one, &token, &format!("{n}.jpg"), &photo(1000 + n)).await;
    }
    let bad = add(&one, &token, "letter.txt", &bad_letter()).await;
    let receipt = submission::submit(&one, &token, &key("k")).await.unwrap();
    // SQLite may make a writer wait, and PostgreSQL skips rows that another server has locked. Neither may fail.
    let (first, second) = tokio::join!(scan_all(&one), scan_all(&two));
    assert_eq!(first + second, 10, "{first} and {second}");
    assert_eq!(world.count("scans WHERE attempts = 1 AND ended_at IS NOT NULL").await, 10);
    assert_eq!(world.count("uploads WHERE state = 'clean'").await, 9);
    let case = desk::case(&two, &Caller::at_command_line("ash"), &receipt.reference)
        .await
        .unwrap()
        .unwrap();
    let refused: Vec<&EventBody> = case.events[1..].iter().map(|e| &e.body).collect();
    let expected = EventBody::FileRefused {
        file: bad.to_string(),
        filename: "letter.txt".into(),
        reason: "virus".into(),
        signature: Some(SIGNATURE.into()),
    };
    assert_eq!(refused, [&expected]);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_server_that_dies_in_the_middle_leaves_its_file_to_another(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let Some(daemon) = Daemon::start("") else { return };
    let dying = world.scanned_by(scanner_at(faulty(Fault::SaysNothing))).await;
    let token = create_full_draft(&dying).await;
    let file = add(&dying, &token, "mould.jpg", &photo(1000)).await;
    let work = tokio::spawn({
        let dying = dying.clone();
        async move { scanning::round(&dying).await }
    });
    while world.count("scans WHERE attempts = 1").await == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    work.abort();
    let other = world.scanned_by(daemon.scanner()).await;
    assert_eq!(scan_all(&other).await, 0, "a leased scan is not taken by another server");
    world.clock.advance(Duration::minutes(2));
    assert_eq!(scan_all(&other).await, 1);
    assert_eq!(shown(&other, &token, file).await.state, FileState::Clean);
    assert_eq!(scan_of(&other, file).await.attempts, 2);
}

#[tokio::test]
async fn a_file_that_is_not_what_was_received_is_not_called_clean() {
    let Some(daemon) = Daemon::start("") else { return };
    let world = World::new(Sqlite).await.unwrap();
    let services = world.scanned_by(daemon.scanner()).await;
    let token = create_full_draft(&services).await;
    let (bytes, folder) = (photo(100_000), world.folder.path().join("files"));
    let [changed, cut, gone] = [
        add(&services, &token, "changed.jpg", &bytes).await,
        add(&services, &token, "cut.jpg", &bytes).await,
        add(&services, &token, "gone.jpg", &bytes).await,
    ];
    let mut other = bytes.clone();
    other[50_000] ^= 1;
    std::fs::write(folder.join(changed.to_string()), other).unwrap();
    std::fs::write(folder.join(cut.to_string()), &bytes[..99_999]).unwrap();
    std::fs::remove_file(folder.join(gone.to_string())).unwrap();
    assert_eq!(scan_all(&services).await, 3);
    for (file, code) in [(changed, "changed"), (cut, "storage"), (gone, "storage")] {
        assert_eq!(shown(&services, &token, file).await.state, FileState::Scanning, "{code}");
        assert_eq!(scan_of(&services, file).await.last_error.as_deref(), Some(code));
    }
}
