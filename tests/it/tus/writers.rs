//! Two writers on one upload: in one process, in two, and one that died.

use std::io;
use std::time::{Duration, Instant};

use bytes::Bytes;
use evidence::resumable::Part;
use evidence::{ReceiveError, Scanner};
use futures::{StreamExt, stream};
use record::upload_progress::{self, ProgressUpdate};
use rstest::rstest;
use service::access::token::DraftToken;
use service::files::FileError;
use service::files::resumable::{UploadProgress, append, progress};
use service::{Services, drafts};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::storage::{MIB, announced, send};
use super::{photo, sha256};
use crate::world::{TestDatabase, World};

/// An upload request whose bytes the test sends when it wants.
struct Sender {
    pieces: mpsc::UnboundedSender<io::Result<Bytes>>,
    result: JoinHandle<Result<UploadProgress, FileError>>,
}

fn sender(services: &Services, token: &DraftToken, upload: Uuid, offset: usize) -> Sender {
    let (pieces, mut receive) = mpsc::unbounded_channel();
    let (services, token) = (services.clone(), token.clone());
    let stream = stream::poll_fn(move |context| receive.poll_recv(context)).boxed();
    let part = Part {
        upload,
        offset: offset as u64,
        length: None,
        checksum: None,
    };
    let result = tokio::spawn(async move { append(&services, &token, part, stream).await.result });
    Sender { pieces, result }
}

impl Sender {
    fn send(&self, bytes: &[u8]) {
        self.pieces.send(Ok(Bytes::copy_from_slice(bytes))).unwrap();
    }
}

/// Another server process on the same database and the same files.
async fn another(world: &World) -> Services {
    world.scanned_by(Scanner::NotConfigured).await
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite, false)]
#[case::sqlite_two_processes(TestDatabase::Sqlite, true)]
#[case::postgres(TestDatabase::Postgres, false)]
#[case::postgres_two_processes(TestDatabase::Postgres, true)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_newer_asks_the_older_to_stop_and_goes_on_where_it_got_to(#[case] on: TestDatabase, #[case] elsewhere: bool) {
    let Some(world) = World::new(on).await else { return };
    let first = &world.services;
    let second = if elsewhere { another(&world).await } else { first.clone() };
    let token = drafts::create(first).await.unwrap().token;
    let file = photo(3 * MIB);
    let upload = announced(first, &token, file.len()).await;

    // The client asks for the offset, as after a connection that died silently.
    let older = sender(first, &token, upload, 0);
    older.send(&file[..MIB + 5]);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let stands = progress(&second, &token, upload).await.unwrap();
    let stopped = older.result.await.unwrap();
    assert!(matches!(stopped, Err(FileError::Receive(ReceiveError::TakenOver))), "{stopped:?}");
    assert_eq!(stands.offset, (MIB + 5) as u64, "the bytes of the older writer must be kept");

    // The client sends a part at once, from the offset it last knew.
    let older = sender(&second, &token, upload, MIB + 5);
    older.send(&file[MIB + 5..2 * MIB]);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let newer = send(first, &token, upload, MIB + 5, &file[MIB + 5..]).await;
    assert!(
        matches!(newer, Err(FileError::Receive(ReceiveError::WrongOffset { offset })) if offset == 2 * MIB as u64),
        "{newer:?}"
    );
    assert!(matches!(
        older.result.await.unwrap(),
        Err(FileError::Receive(ReceiveError::TakenOver))
    ));

    let done = send(&second, &token, upload, 2 * MIB, &file[2 * MIB..]).await.unwrap();
    assert_eq!((done.file.sha256, world.stored()), (sha256(&file), vec![upload.to_string()]));
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_who_died_is_waited_for_a_moment_and_can_move_nothing_any_more(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let token = drafts::create(services).await.unwrap().token;
    let file = photo(500);
    let upload = announced(services, &token, file.len()).await;
    send(services, &token, upload, 0, &file[..200]).await.unwrap();
    let dead = Uuid::from_u128(1);
    let write = services.store().begin().await.unwrap();
    assert!(
        upload_progress::change_writer(&write, upload, None, Some(dead), None)
            .await
            .unwrap()
    );
    write.commit().await.unwrap();

    let asked = Instant::now();
    assert_eq!(progress(services, &token, upload).await.unwrap().offset, 200);
    assert!(
        asked.elapsed() > Duration::from_millis(1500),
        "the reader must wait for the older writer to answer"
    );
    let late = ProgressUpdate {
        upload,
        writer: dead,
        from: 200,
        to: 300,
        pieces: "[]".into(),
        expires_at: world.clock_now(),
        continues: false,
    };
    let write = services.store().begin().await.unwrap();
    assert!(!upload_progress::advance(&write, late.clone()).await.unwrap());
    // A writer that gets its lease back is refused too, if another writer has moved the upload on meanwhile.
    upload_progress::change_writer(&write, upload, None, Some(dead), None)
        .await
        .unwrap();
    assert!(
        !upload_progress::advance(&write, ProgressUpdate { from: 100, ..late })
            .await
            .unwrap()
    );
    drop(write);
    let done = send(services, &token, upload, 200, &file[200..]).await.unwrap();
    assert_eq!(done.file.sha256, sha256(&file));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_goes_away_leaves_what_came_and_a_broken_line_too() {
    let world = World::new(TestDatabase::Sqlite).await.unwrap();
    let services = &world.services;
    let token = drafts::create(services).await.unwrap().token;
    let file = photo(2000);
    let upload = announced(services, &token, file.len()).await;
    // The request is dropped, and its connection ends a little later.
    let gone = sender(services, &token, upload, 0);
    gone.send(&file[..700]);
    tokio::time::sleep(Duration::from_millis(100)).await;
    gone.result.abort();
    drop(gone.pieces);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(progress(services, &token, upload).await.unwrap().offset, 700);

    let broken = sender(services, &token, upload, 700);
    broken.send(&file[700..1500]);
    broken.pieces.send(Err(io::ErrorKind::ConnectionReset.into())).unwrap();
    assert!(matches!(
        broken.result.await.unwrap(),
        Err(FileError::Receive(ReceiveError::BrokenOff))
    ));
    let done = send(services, &token, upload, 1500, &file[1500..]).await.unwrap();
    assert_eq!(done.file.sha256, sha256(&file));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_removed_while_it_comes_is_gone() {
    let world = World::new(TestDatabase::Sqlite).await.unwrap();
    let services = &world.services;
    let token = drafts::create(services).await.unwrap().token;
    let file = photo(2000);
    for forget in [false, true] {
        let upload = announced(services, &token, file.len()).await;
        let sender = sender(services, &token, upload, 0);
        sender.send(&file[..700]);
        tokio::time::sleep(Duration::from_millis(100)).await;
        if forget {
            drafts::forget(services, &token).await.unwrap();
        } else {
            service::files::remove_file(services, &token, upload).await.unwrap();
        }
        let _ = sender.pieces.send(Ok(Bytes::copy_from_slice(&file[700..])));
        drop(sender.pieces);
        let result = sender.result.await.unwrap();
        assert!(
            matches!(result, Err(FileError::Receive(ReceiveError::TakenOver) | FileError::NotFound)),
            "{result:?}"
        );
        assert_eq!((world.stored(), world.count("upload_progress").await), (vec![], 0));
    }
}
