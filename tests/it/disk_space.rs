//! Disk space for files: what stays free for the database, and how much the files of unsent complaints may take.

use std::net::IpAddr;
use std::sync::Arc;

use crate::answers::{create_full_draft, key};
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World, viewer,
};
use ::evidence::{ReceiveError, Space};
use bytes::Bytes;
use complaint::questionnaire::question::Purpose;
use contract::{FileView, Receipt};
use futures::{StreamExt, stream};
use record::entropy::SeededEntropy;
use record::uploads::{self, Owner};
use rstest::rstest;
use service::{
    Services, Settings,
    access::{sessions, token::DraftToken},
    cases::submission,
    drafts,
    files::{self, FileError, FileTarget, Incoming, resumable},
};

const HOME: &str = "192.0.2.7";

fn photo(size: usize) -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe0\0\x10JFIF\0".to_vec();
    bytes.resize(size, 7);
    bytes
}

fn incoming(declared: Option<u64>) -> Incoming {
    Incoming {
        filename: "mould.jpg".into(),
        purpose: Purpose::Evidence,
        declared_len: declared,
    }
}

fn pieces(bytes: &[u8]) -> impl futures::Stream<Item = std::io::Result<Bytes>> + Send + Unpin + use<> {
    stream::iter(
        bytes
            .chunks(1000)
            .map(|piece| Ok(Bytes::copy_from_slice(piece)))
            .collect::<Vec<_>>(),
    )
}

async fn with(on: TestDatabase, space: Space) -> Option<World> {
    let settings = Settings {
        space,
        ..Settings::default()
    };
    World::with(on, settings, Arc::new(SeededEntropy::new(3))).await
}

/// Sends a file of `size` bytes from an address, without announcing its length.
async fn add(world: &World, token: &DraftToken, from: &str, size: usize) -> Result<FileView, FileError> {
    let from: IpAddr = from.parse().unwrap();
    files::add_file(
        &world.services,
        FileTarget::Draft(token, Some(from)),
        incoming(None),
        pieces(&photo(size)),
    )
    .await
}

async fn announce(world: &World, token: &DraftToken, from: &str, size: u64) -> Result<resumable::UploadProgress, FileError> {
    let from: IpAddr = from.parse().unwrap();
    resumable::announce(
        &world.services,
        FileTarget::Draft(token, Some(from)),
        incoming(Some(size)),
        String::new(),
    )
    .await
}

async fn draft(world: &World) -> DraftToken {
    drafts::create(&world.services).await.unwrap().token
}

async fn submit(services: &Services, token: &DraftToken) -> Receipt {
    submission::submit(services, token, &key("first")).await.expect("sent")
}

fn no_room<T: std::fmt::Debug>(result: &Result<T, FileError>) -> bool {
    matches!(result, Err(FileError::Receive(ReceiveError::NoSpace)))
}

fn free(world: &World) -> u64 {
    let about = rustix::fs::statvfs(world.folder.path()).unwrap();
    about.f_bavail * about.f_frsize
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn short_of_space_files_of_unsent_complaints_are_refused_first_and_all_else_goes_on(#[case] on: TestDatabase) {
    let Some(world) = with(on, Space::default()).await else { return };
    let token = create_full_draft(&world.services).await;
    let begun = announce(&world, &token, HOME, 3000).await.unwrap();
    // The free space is between half of the reserve and the whole of it.
    let short = Space {
        reserve_bytes: free(&world) / 2 * 3,
        ..Space::default()
    };
    let services = world.with_settings(|settings| settings.space = short).await;
    let from_home = FileTarget::Draft(&token, Some(HOME.parse().unwrap()));
    assert!(no_room(
        &files::add_file(&services, from_home, incoming(None), pieces(&photo(2000))).await
    ));
    assert!(no_room(
        &resumable::announce(&services, &token, incoming(Some(2000)), String::new()).await
    ));
    // An upload announced earlier keeps its offset.
    let part = ::evidence::resumable::Part {
        upload: begun.file.id.parse().unwrap(),
        offset: 0,
        length: None,
        checksum: None,
    };
    let appended = resumable::append(&services, &token, part, pieces(&photo(3000))).await;
    assert!(no_room(&appended.result));
    assert!(appended.rest.is_some(), "the rest of the body is left to the caller");
    assert_eq!(
        resumable::progress(&services, &token, begun.file.id.parse().unwrap())
            .await
            .unwrap()
            .offset,
        0
    );
    files::remove_file(&services, &token, begun.file.id.parse().unwrap()).await.unwrap();

    // Sending and signing in still work, and a case takes files.
    let sent = submit(&services, &token).await;
    let signed_in = sessions::sign_in(&services, &sent.reference, &sent.access_code)
        .await
        .unwrap()
        .unwrap();
    let session = sessions::session(&services, &signed_in.token.to_string()).await.unwrap().unwrap();
    let added = files::add_file(
        &services,
        &viewer(&services, &session, &sent.reference).await,
        incoming(None),
        pieces(&photo(2000)),
    )
    .await;
    added.unwrap();
    // With less than half of the reserve free, a case takes no files either.
    let shorter = Space {
        reserve_bytes: free(&world) * 3,
        ..Space::default()
    };
    let services = world.with_settings(|settings| settings.space = shorter).await;
    let added = files::add_file(
        &services,
        &viewer(&services, &session, &sent.reference).await,
        incoming(None),
        pieces(&photo(2000)),
    )
    .await;
    assert!(no_room(&added));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn unsent_files_of_one_address_have_a_limit_however_many_complaints_they_are_in(#[case] on: TestDatabase) {
    let space = Space {
        unsent_bytes_per_address: 10_000,
        ..Space::default()
    };
    let Some(world) = with(on, space).await else { return };
    let token = create_full_draft(&world.services).await;
    add(&world, &token, HOME, 6000).await.unwrap();
    let other = draft(&world).await;
    // An announced length counts before any of its bytes have arrived.
    assert!(no_room(&announce(&world, &other, HOME, 5000).await));
    announce(&world, &other, HOME, 3000).await.unwrap();
    // A file without an announced length counts as it grows. When it is refused, nothing of it stays.
    assert!(no_room(&add(&world, &other, HOME, 2000).await));
    assert_eq!(world.count("uploads").await, 2);
    assert_eq!(world.stored().len(), 1);
    add(&world, &other, "192.0.2.8", 6000).await.unwrap();
    // The files of a sent complaint no longer count, and their rows lose the sender's network.
    submit(&world.services, &token).await;
    let case = world.services.store();
    let files = uploads::page(&case.read, uuid::Uuid::nil(), 100).await.unwrap();
    let sent: Vec<_> = files.iter().filter(|file| file.case_id.is_some()).collect();
    assert_eq!(sent.len(), 1);
    assert!(sent[0].sent_near.is_none() && files.iter().any(|file| file.sent_near.is_some()));
    add(&world, &other, HOME, 6000).await.unwrap();
    // A removed file no longer counts either.
    let owner = files.iter().find_map(|file| file.draft_id).unwrap();
    for file in uploads::list(&case.read, Owner::Draft(owner)).await.unwrap() {
        files::remove_file(&world.services, &other, file.id).await.unwrap();
    }
    add(&world, &draft(&world).await, HOME, 6000).await.unwrap();
}

#[tokio::test]
async fn an_ipv6_network_is_counted_by_64_and_by_48_bits() {
    let space = Space {
        unsent_bytes_per_address: 5000,
        unsent_bytes_per_network: 8000,
        ..Space::default()
    };
    let world = with(Sqlite, space).await.unwrap();
    let token = draft(&world).await;
    add(&world, &token, "2001:db8:1:2::3", 3000).await.unwrap();
    assert!(
        no_room(&add(&world, &token, "2001:db8:1:2:ffff::4", 3000).await),
        "addresses of one /64 network share a limit"
    );
    add(&world, &token, "2001:db8:1:3::3", 4000).await.unwrap();
    assert!(
        no_room(&add(&world, &token, "2001:db8:1:4::3", 2000).await),
        "addresses of one /48 network share a limit"
    );
    add(&world, &token, "2001:db8:2:4::3", 2000).await.unwrap();
}

#[tokio::test]
async fn unsent_files_have_a_limit_in_all_also_while_they_grow_side_by_side() {
    let space = Space {
        unsent_bytes: 10_000,
        ..Space::default()
    };
    let world = with(Sqlite, space).await.unwrap();
    // Each file fits alone. Both begin before either has arrived.
    let (go_on, wait) = tokio::sync::oneshot::channel::<()>();
    let slow = async {
        let token = draft(&world).await;
        let (first, second) = (
            photo(6000),
            stream::once(async move { wait.await.map_err(std::io::Error::other).map(|()| Bytes::new()) }),
        );
        let stream = pieces(&first).chain(second.boxed());
        let from: IpAddr = HOME.parse().unwrap();
        files::add_file(&world.services, FileTarget::Draft(&token, Some(from)), incoming(None), stream).await
    };
    let quick = async {
        let token = draft(&world).await;
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        let done = add(&world, &token, "192.0.2.8", 6000).await;
        go_on.send(()).unwrap();
        done
    };
    let (slow, quick) = tokio::join!(slow, quick);
    slow.unwrap();
    assert!(no_room(&quick));
}
