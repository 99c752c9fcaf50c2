use std::io;
use std::slice::from_ref;

use crate::answers::{create_full_draft, key, send_complaint};
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World,
};
use ::evidence::{Limits, ReceiveError};
use bytes::Bytes;
use complaint::questionnaire::question::Purpose;
use contract::{FileState, FileView};
use futures::{Stream, StreamExt, TryStreamExt, stream};
use record::{entropy::SeededEntropy, uploads};
use rstest::rstest;
use service::{
    Settings,
    access::token::DraftToken,
    cases::{desk, submission},
    drafts,
    files::{self, FileError, Incoming},
};
use sha2::{Digest, Sha256};

fn photo(size: usize) -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe0\0\x10JFIF\0".to_vec();
    bytes.extend((0..size).map(|i| u8::try_from(i % 251).unwrap()));
    bytes.truncate(size);
    bytes
}

fn pieces(bytes: &[u8], size: usize) -> impl Stream<Item = io::Result<Bytes>> + Send + use<> {
    stream::iter(bytes.chunks(size.max(1)).map(|c| Ok(Bytes::copy_from_slice(c))).collect::<Vec<_>>())
}

fn named(filename: &str) -> Incoming {
    Incoming {
        filename: filename.into(),
        purpose: Purpose::Evidence,
        declared_len: None,
    }
}

async fn add(world: &World, token: &DraftToken, filename: &str, bytes: &[u8]) -> Result<FileView, FileError> {
    files::add_file(&world.services, token, named(filename), pieces(bytes, 64 * 1024)).await
}

async fn limited(on: TestDatabase, limits: Limits) -> Option<World> {
    let settings = Settings {
        evidence: limits,
        ..Settings::default()
    };
    World::with(on, settings, std::sync::Arc::new(SeededEntropy::new(1))).await
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_file_is_stored_whole_and_waits_to_be_scanned(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let token = drafts::create(services).await.unwrap().token;
    // More than two of the client's parts, with an end that falls on no boundary.
    let bytes = photo(2_500_001);
    let file = add(&world, &token, "C:\\pictures\\Mould \u{1f9a0}.png", &bytes).await.unwrap();
    assert_eq!(file.filename, "Mould \u{1f9a0}.png");
    assert_eq!(file.media_type, "image/jpeg", "the content determines the type, not the name");
    assert_eq!((file.bytes, file.state), (2_500_001, FileState::Scanning));
    assert_eq!(file.sha256, hex::encode(Sha256::digest(&bytes)));
    assert_eq!(world.stored(), from_ref(&file.id), "only the file is stored, under its id");
    let stored: Vec<u8> = services
        .files()
        .read(&file.id)
        .await
        .unwrap()
        .map_ok(|b| b.to_vec())
        .try_concat()
        .await
        .unwrap();
    assert!(stored == bytes);
    assert_eq!(drafts::open(services, &token).await.unwrap().unwrap().files, from_ref(&file));

    let id = file.id.parse().unwrap();
    let other = drafts::create(services).await.unwrap().token;
    assert!(matches!(files::remove_file(services, &other, id).await, Err(FileError::NotFound)));
    assert_eq!(files::lookup(services, &other, id).await.unwrap(), None);
    files::remove_file(services, &token, id).await.unwrap();
    assert!(matches!(files::remove_file(services, &token, id).await, Err(FileError::NotFound)));
    assert_eq!((world.stored().len(), world.count("uploads").await), (0, 0));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn what_is_not_acceptable_leaves_nothing_behind(#[case] on: TestDatabase) {
    let limits = Limits {
        file_bytes: 100_000,
        recording_bytes: 100_000,
        files: 2,
        total_bytes: 150_000,
    };
    let Some(world) = limited(on, limits).await else { return };
    let token = drafts::create(&world.services).await.unwrap().token;
    let elf = [b"\x7fELF\x02\x01\x01".as_slice(), &[0; 5000]].concat();
    let exe = [b"MZ\x90\0\x03\0\0\0".as_slice(), &[0; 5000]].concat();
    assert!(matches!(
        add(&world, &token, "empty.jpg", b"").await,
        Err(FileError::Receive(ReceiveError::Empty))
    ));
    assert!(matches!(
        add(&world, &token, "holiday.jpg", &elf).await,
        Err(FileError::Receive(ReceiveError::Mislabelled))
    ));
    assert!(matches!(
        add(&world, &token, "letter.pdf", &exe).await,
        Err(FileError::Receive(ReceiveError::Mislabelled))
    ));
    assert!(matches!(
        add(&world, &token, "short.jpg", &exe[..40]).await,
        Err(FileError::Receive(ReceiveError::Mislabelled))
    ));
    assert!(matches!(
        add(&world, &token, "big.jpg", &photo(100_001)).await,
        Err(FileError::Receive(ReceiveError::TooLarge { limit: 100_000 }))
    ));
    let said = Incoming {
        declared_len: Some(100_001),
        ..named("big.jpg")
    };
    let never = stream::pending::<io::Result<Bytes>>();
    let refused = files::add_file(&world.services, &token, said, never).await;
    assert!(
        matches!(refused, Err(FileError::Receive(ReceiveError::TooLarge { .. }))),
        "a file is refused by its announced length"
    );
    let said = Incoming {
        declared_len: Some(50_001),
        ..named("cut.jpg")
    };
    let cut = files::add_file(&world.services, &token, said, pieces(&photo(50_000), 999)).await;
    assert!(matches!(cut, Err(FileError::Receive(ReceiveError::Interrupted))));
    assert_eq!((world.stored().len(), world.count("uploads").await), (0, 0));

    add(&world, &token, "full.jpg", &photo(100_000)).await.unwrap();
    assert!(matches!(
        add(&world, &token, "more.jpg", &photo(50_001)).await,
        Err(FileError::Receive(ReceiveError::CaseFull { limit: 150_000 }))
    ));
    add(&world, &token, "fits.jpg", &photo(50_000)).await.unwrap();
    assert!(matches!(
        add(&world, &token, "third.txt", b"x").await,
        Err(FileError::Receive(ReceiveError::TooManyFiles { limit: 2 }))
    ));
    assert_eq!((world.stored().len(), world.count("uploads").await), (2, 2));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_broken_connection_leaves_no_bytes(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let token = drafts::create(&world.services).await.unwrap().token;
    let broken = pieces(&photo(3_000_000), 64 * 1024).chain(stream::iter([Err(io::ErrorKind::ConnectionReset.into())]));
    let result = files::add_file(&world.services, &token, named("a.jpg"), broken).await;
    assert!(matches!(result, Err(FileError::Receive(ReceiveError::Interrupted))), "{result:?}");
    assert_eq!((world.stored().len(), world.count("uploads").await), (0, 0));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_file_cut_off_by_a_crash_is_never_shown(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let token = create_full_draft(services).await;
    let (began, waiting) = tokio::sync::oneshot::channel();
    let mut began = Some(began);
    let endless = pieces(&photo(1_500_000), 64 * 1024)
        .chain(stream::once(async move {
            began.take().map(|b| b.send(()));
            std::future::pending().await
        }))
        .boxed();
    // The upload is dropped half-way, as when the process dies: no code gets to clean up.
    let upload = files::add_file(services, &token, named("half.jpg"), endless);
    tokio::select! {
        done = upload => panic!("{done:?}"),
        _ = waiting => {}
    }
    assert_eq!(world.count("uploads").await, 1, "the row is written before the bytes");
    assert_eq!(files::list(services, &token).await.unwrap().unwrap(), []);
    let receipt = submission::submit(services, &token, &key("k")).await.unwrap();
    let case = desk::case(services, &desk::Caller::at_command_line("ash"), &receipt.reference)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(case.files, []);
    assert!(drafts::forget(services, &token).await.unwrap());
    assert_eq!(world.count("uploads").await, 0);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn files_go_with_the_complaint(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let token = create_full_draft(services).await;
    let file = add(&world, &token, "letter.txt", "Dear tenant, £40".as_bytes()).await.unwrap();
    let receipt = submission::submit(services, &token, &key("k")).await.unwrap();
    let case = desk::case(services, &desk::Caller::at_command_line("ash"), &receipt.reference)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(case.files, from_ref(&file));
    assert_eq!(
        drafts::open(services, &token).await.unwrap().unwrap().files,
        from_ref(&file),
        "the sender still sees the file"
    );
    let id = file.id.parse().unwrap();
    assert!(matches!(
        files::remove_file(services, &token, id).await,
        Err(FileError::AlreadySent { .. })
    ));
    assert!(drafts::forget(services, &token).await.unwrap());
    let upload = uploads::lookup(&services.store().read, id).await.unwrap().unwrap();
    assert!(
        upload.case_id.is_some() && upload.draft_id.is_none(),
        "forgetting the draft keeps the case's file"
    );
    assert_eq!(world.stored(), [file.id]);
    let (_, other) = send_complaint(services).await;
    let other = desk::case(services, &desk::Caller::at_command_line("ash"), &other.reference)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(other.files, []);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn files_arriving_side_by_side_do_not_slip_past_the_limit(#[case] on: TestDatabase) {
    let limits = Limits {
        file_bytes: 1000,
        recording_bytes: 1000,
        files: 3,
        total_bytes: 100_000,
    };
    let Some(world) = limited(on, limits).await else { return };
    let token = drafts::create(&world.services).await.unwrap().token;
    let names: Vec<_> = (0..8).map(|n| format!("{n}.jpg")).collect();
    let bytes = photo(1000);
    let all = names.iter().map(|name| add(&world, &token, name, &bytes));
    let taken = futures::future::join_all(all).await.iter().filter(|r| r.is_ok()).count();
    assert_eq!((taken, world.stored().len(), world.count("uploads").await), (3, 3, 3));
}
