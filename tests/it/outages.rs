//! The database goes away for a while: errors are clear, no data is lost, and everything works again afterwards.

use std::sync::Arc;
use std::time::Duration;

use crate::answers::{RESIDENT, checked, create_full_draft, key, save};
use crate::world::{START, TestDatabase, World, database};
use ::evidence::FileStore;
use ::record::{entropy::SeededEntropy, store::Store};
use complaint::{StepId, questionnaire::question::Purpose};
use rstest::rstest;
use sea_orm::ConnectionTrait;
use service::{
    ServiceError, Settings,
    access::{api_keys, sessions, viewer},
    cases::{
        self, desk,
        submission::{self, SubmitError},
    },
    drafts::{self, SaveError},
    files,
    record::verification,
};
use tokio::net::{TcpListener, TcpStream};

const SHORT: Duration = Duration::from_millis(300);

async fn impatient(on: TestDatabase) -> Option<World> {
    let folder = tempfile::tempdir().unwrap();
    let url = database(on, folder.path()).await?;
    let store = Store::connect_with(&url, SHORT).await.unwrap();
    store.migrate().await.unwrap();
    Some(World::on_store(
        store,
        folder,
        url,
        Settings::default(),
        Arc::new(SeededEntropy::new(7)),
    ))
}

#[tokio::test]
async fn a_locked_file_is_unavailable_and_then_works_again() {
    let world = impatient(TestDatabase::Sqlite).await.unwrap();
    let services = &world.services;
    let token = create_full_draft(services).await;
    // Another process holds the lock for a long write.
    let other = sea_orm::Database::connect(&world.url).await.unwrap();
    other.execute_unprepared("BEGIN EXCLUSIVE").await.unwrap();

    let seen = drafts::open(services, &token).await.unwrap().expect("reads must still work");
    let answer = || checked(services, &seen.answers, StepId::PutRight, r#"{"put_right":"Mend the window."}"#);
    let saved = drafts::save_step(services, &token, answer(), None).await;
    assert!(matches!(saved, Err(SaveError::Service(ServiceError::Unavailable(_)))), "{saved:?}");
    let sent = submission::submit(services, &token, &key("k")).await;
    assert!(matches!(sent, Err(SubmitError::Service(ServiceError::Unavailable(_)))), "{sent:?}");

    other.execute_unprepared("ROLLBACK").await.unwrap();
    assert_eq!(
        drafts::save_step(services, &token, answer(), Some(&[seen.revision]))
            .await
            .unwrap()
            .revision,
        seen.revision + 1
    );
    let receipt = submission::submit(services, &token, &key("k")).await.unwrap();
    assert_eq!(receipt.submitted_at, ::record::Instant::from(START).rfc3339());
    assert_eq!(world.count("cases").await, 1);
}

#[tokio::test]
async fn a_full_disk_is_unavailable_and_then_works_again() {
    let world = impatient(TestDatabase::Sqlite).await.unwrap();
    let services = &world.services;
    let token = create_full_draft(services).await;
    let seen = drafts::open(services, &token).await.unwrap().unwrap();
    // SQLite reacts to a page limit as it does to a full disk: it rolls back the transaction itself.
    let limit = |pages: u32| async move {
        let write = services.store().begin().await.unwrap();
        write
            .tx()
            .execute_unprepared(&format!("PRAGMA max_page_count = {pages}"))
            .await
            .unwrap();
        write.commit().await.unwrap();
    };
    limit(1).await;
    let long = serde_json::json!({ "what_happened": "It leaks. ".repeat(2500) }).to_string();
    let answer = || checked(services, &seen.answers, StepId::WhatHappened, &long);
    for _ in 0..3 {
        let saved = drafts::save_step(services, &token, answer(), None).await;
        assert!(matches!(saved, Err(SaveError::Service(ServiceError::Unavailable(_)))), "{saved:?}");
    }
    // New rows fill the last pages. Then inserts fail too, in another way within SQLite.
    let mut refused = 0;
    for _ in 0..200 {
        refused += i32::from(matches!(drafts::create(services).await, Err(ServiceError::Unavailable(_))));
    }
    assert!(refused > 2, "{refused}");
    assert_eq!(
        drafts::open(services, &token).await.unwrap().unwrap(),
        seen,
        "stored answers must stay"
    );
    limit(1_000_000).await;
    assert_eq!(
        drafts::save_step(services, &token, answer(), None).await.unwrap().revision,
        seen.revision + 1
    );
    submission::submit(services, &token, &key("k")).await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_may_look_into_the_data_folder() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("srv/data");
    let store = Store::connect(&Store::embedded(&data)).await.unwrap();
    store.migrate().await.unwrap();
    FileStore::local(&data.join("files")).unwrap();
    for made in ["srv", "srv/data", "srv/data/files"] {
        let mode = std::fs::metadata(folder.path().join(made)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{made}: {mode:o}");
    }
}

/// Forwards connections to a server until the returned task is aborted.
async fn forward(port: u16, to: &str) -> tokio::task::JoinHandle<()> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    let to = to.to_owned();
    tokio::spawn(async move {
        let mut open = tokio::task::JoinSet::new();
        while let Ok((mut client, _)) = listener.accept().await {
            let to = to.clone();
            open.spawn(async move {
                if let Ok(mut server) = TcpStream::connect(to).await {
                    let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                }
            });
        }
    })
}

#[tokio::test]
async fn a_server_that_is_gone_is_unavailable_and_then_works_again() {
    let folder = tempfile::tempdir().unwrap();
    let Some(url) = database(TestDatabase::Postgres, folder.path()).await else {
        return;
    };
    let (before, rest) = url.split_once("127.0.0.1").expect("a server on 127.0.0.1");
    let (address, database) = rest.split_once('/').expect("a database");
    let server = format!("127.0.0.1{}", if address.is_empty() { ":5432" } else { address });
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let line = forward(port, &server).await;
    let through = format!("{before}127.0.0.1:{port}/{database}");

    let store = Store::connect_with(&through, SHORT).await.unwrap();
    store.migrate().await.unwrap();
    let world = World::on_store(store, folder, url, Settings::default(), Arc::new(SeededEntropy::new(7)));
    let services = &world.services;
    let token = drafts::create(services).await.unwrap().token;
    for (step, json) in RESIDENT {
        save(services, &token, step, json).await;
    }
    services.store().probe(services.request_id()).await.unwrap();

    line.abort();
    let _ = line.await;
    for what in [
        drafts::open(services, &token).await.err(),
        services.store().probe(services.request_id()).await.err().map(ServiceError::from),
        drafts::create(services).await.err(),
    ] {
        assert!(matches!(what, Some(ServiceError::Unavailable(_))), "{what:?}");
    }
    let sent = submission::submit(services, &token, &key("k")).await;
    assert!(matches!(sent, Err(SubmitError::Service(ServiceError::Unavailable(_)))), "{sent:?}");

    let _line = forward(port, &server).await;
    let full = drafts::open(services, &token).await.unwrap().expect("nothing was lost");
    assert_eq!(full.revision, 12);
    submission::submit(services, &token, &key("k")).await.unwrap();
    assert_eq!((world.count("cases").await, world.count("drafts").await), (1, 1));
}

/// A browser that disconnects drops its request at any point: while waiting for a connection, inside the transaction, or
/// during the commit.
#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_who_go_away_half_way_hold_nobody_up(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let token = create_full_draft(services).await;
    let seen = drafts::open(services, &token).await.unwrap().unwrap();
    let (mut done, mut dropped) = (0, 0);
    for n in 0..600u64 {
        let answer = checked(services, &seen.answers, StepId::PutRight, r#"{"put_right":"Mend the window."}"#);
        let save = drafts::save_step(services, &token, answer, None);
        match tokio::time::timeout(Duration::from_micros(n * 7 % 4000), save).await {
            Ok(saved) => {
                saved.unwrap();
                done += 1;
            }
            Err(_) => dropped += 1,
        }
    }
    let after = drafts::open(services, &token).await.unwrap().unwrap();
    assert!(
        dropped > 0 && after.revision >= seen.revision + done,
        "acknowledged answers must be stored"
    );
    submission::submit(services, &token, &key("k")).await.unwrap();
}

/// The HTTP layer runs on many threads, so the future of every use case must be `Send`.
#[test]
fn use_cases_can_move_between_threads() {
    fn sendable<T: Send>(_: impl Fn(&'static service::Services) -> T) {}
    sendable(drafts::create);
    sendable(api_keys::list);
    sendable(|s| async move { sessions::sign_in(s, "", "").await });
    sendable(|s| async move {
        let token = drafts::create(s).await.ok()?.token;
        drafts::open(s, &token).await.ok()?;
        drafts::forget(s, &token).await.ok()?;
        submission::receipt(s, &token).await.ok()?;
        let file = files::Incoming {
            filename: String::new(),
            purpose: Purpose::Evidence,
            declared_len: None,
        };
        let empty = futures::stream::empty::<std::io::Result<bytes::Bytes>>();
        files::add_file(s, &token, file, empty).await.ok()
    });
    sendable(|s| async move {
        let session = sessions::session(s, "").await.ok()??;
        cases::list(s, &session).await.ok()?;
        let viewer = viewer::viewer(s, &session, "").await.ok()??;
        cases::timeline(s, &viewer, None, None).await.ok()?;
        cases::view(s, &viewer).await.ok()
    });
    sendable(|s| async move {
        let caller = desk::Caller::at_command_line("ash");
        desk::case(s, &caller, "").await.ok()?;
        desk::list(s, &caller, desk::Filter::default()).await.ok()
    });
    sendable(|s| verification::verify_all(s, |_| {}));
}
