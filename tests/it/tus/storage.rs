//! Uploads to an S3-like storage, and a storage that fails in the middle.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use complaint::questionnaire::question::Purpose;
use contract::FileView;
use evidence::{ReceiveError, resumable::Part};
use futures::{TryStreamExt, stream};
use record::entropy::SeededEntropy;
use record::store::Store;
use rstest::rstest;
use service::access::token::DraftToken;
use service::files::resumable::{UploadProgress, announce, append, progress};
use service::files::{FileError, Incoming, remove_file};
use service::{ServiceError, Services, Settings, drafts};

use super::s3::S3;
use super::{photo, sha256};
use crate::world::{TestDatabase, World};

pub const MIB: usize = 1024 * 1024;

/// A world with its files in S3.
async fn on_s3(on: TestDatabase, s3: &S3) -> Option<World> {
    let folder = tempfile::tempdir().unwrap();
    let url = crate::world::database(on, folder.path()).await?;
    let store = Store::connect(&url).await.unwrap();
    store.migrate().await.unwrap();
    let entropy = Arc::new(SeededEntropy::new(7));
    Some(World::with_files(store, folder, url, Settings::default(), entropy, s3.files()))
}

pub async fn announced(services: &Services, token: &DraftToken, length: usize) -> uuid::Uuid {
    let file = Incoming {
        filename: "mould.jpg".into(),
        purpose: Purpose::Evidence,
        declared_len: Some(length as u64),
    };
    announce(services, token, file, String::new())
        .await
        .unwrap()
        .file
        .id
        .parse()
        .unwrap()
}

/// Sends bytes in chunks whose size divides no part's size.
pub async fn send(
    services: &Services,
    token: &DraftToken,
    upload: uuid::Uuid,
    offset: usize,
    bytes: &[u8],
) -> Result<UploadProgress, FileError> {
    let part = Part {
        upload,
        offset: offset as u64,
        length: Some(bytes.len() as u64),
        checksum: None,
    };
    let pieces: Vec<_> = bytes
        .chunks(300_007)
        .map(|c| Ok::<_, io::Error>(Bytes::copy_from_slice(c)))
        .collect();
    append(services, token, part, stream::iter(pieces)).await.result
}

async fn read(services: &Services, file: &FileView) -> Vec<u8> {
    let stream = services.files().read(&file.id).await.unwrap();
    stream.map_ok(|b| b.to_vec()).try_concat().await.unwrap()
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parts_of_every_size_come_together_on_s3(#[case] on: TestDatabase) {
    // Smaller than a piece, exactly a piece, and several with a rest; in one request and in steps that end on no boundary.
    for (length, step) in [
        (100_000, 100_000),
        (4 * MIB, MIB + 1),
        (5 * MIB, 5 * MIB),
        (12 * MIB + 3, 12 * MIB + 3),
        (17 * MIB, 2 * MIB + 11),
        (17 * MIB, 9 * MIB),
    ] {
        let s3 = S3::start().await;
        let Some(world) = on_s3(on, &s3).await else { return };
        let services = &world.services;
        let token = drafts::create(services).await.unwrap().token;
        let file = photo(length);
        let upload = announced(services, &token, length).await;
        let mut offset = 0;
        while offset < length {
            let end = (offset + step).min(length);
            let stands = send(services, &token, upload, offset, &file[offset..end]).await.unwrap();
            assert_eq!(stands.offset, end as u64, "all received bytes must be stored");
            assert_eq!(progress(services, &token, upload).await.unwrap().offset, end as u64);
            offset = end;
        }
        let seen = progress(services, &token, upload).await.unwrap().file;
        assert_eq!((&seen.sha256, seen.bytes), (&sha256(&file), length as u64));
        assert!(read(services, &seen).await == file, "{length} in steps of {step}");
        assert_eq!(s3.stored(), [seen.id], "no piece must be left");
        s3.expect_equal_parts();
        remove_file(services, &token, upload).await.unwrap();
        assert_eq!(s3.stored(), Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storage_that_fails_in_the_middle_keeps_what_it_took() {
    let s3 = S3::start().await;
    let world = on_s3(TestDatabase::Sqlite, &s3).await.unwrap();
    let services = &world.services;
    let token = drafts::create(services).await.unwrap().token;
    let file = photo(16 * MIB);
    let upload = announced(services, &token, file.len()).await;
    let part = Part {
        upload,
        offset: 0,
        length: None,
        checksum: None,
    };
    let down = Arc::clone(&s3.down);
    let mut sent = 0;
    let pieces: Vec<_> = file.chunks(MIB).map(Bytes::copy_from_slice).collect();
    let pieces = stream::iter(pieces.into_iter().map(move |piece| {
        sent += piece.len();
        down.store(sent > 11 * MIB, Ordering::SeqCst);
        Ok::<_, io::Error>(piece)
    }));
    let failed = append(services, &token, part, pieces).await.result;
    assert!(
        matches!(failed, Err(FileError::Service(ServiceError::Unavailable(_)))),
        "{failed:?}"
    );
    let stands = progress(services, &token, upload).await.unwrap();
    assert_eq!(stands.offset, 10 * MIB as u64, "two pieces of 5 MiB must be kept");
    let again = send(services, &token, upload, 10 * MIB, &file[10 * MIB..]).await;
    assert!(again.is_err(), "the storage is still unavailable");
    assert_eq!(progress(services, &token, upload).await.unwrap().offset, 10 * MIB as u64);

    s3.down.store(false, Ordering::SeqCst);
    let stands = send(services, &token, upload, 10 * MIB, &file[10 * MIB..]).await.unwrap();
    assert_eq!(stands.file.sha256, sha256(&file));
    assert!(read(services, &stands.file).await == file);
    assert_eq!(s3.stored(), [stands.file.id]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_part_leaves_what_was_there() {
    use evidence::checksum::Checksum;
    use sha2::{Digest, Sha256};
    let s3 = S3::start().await;
    for world in [
        on_s3(TestDatabase::Sqlite, &s3).await.unwrap(),
        World::new(TestDatabase::Sqlite).await.unwrap(),
    ] {
        let services = &world.services;
        let token = drafts::create(services).await.unwrap().token;
        let file = photo(14 * MIB);
        let upload = announced(services, &token, file.len()).await;
        send(services, &token, upload, 0, &file[..2 * MIB]).await.unwrap();
        let sum = Sha256::digest(&file[2 * MIB..]).to_vec();
        let mut damaged = file[2 * MIB..].to_vec();
        damaged[11 * MIB] ^= 1;
        for (bytes, is_right) in [(damaged.clone(), false), (damaged, false), (file[2 * MIB..].to_vec(), true)] {
            let part = Part {
                upload,
                offset: 2 * MIB as u64,
                length: None,
                checksum: Checksum::new("sha256", sum.clone()),
            };
            let pieces: Vec<_> = bytes.chunks(MIB).map(|c| Ok::<_, io::Error>(Bytes::copy_from_slice(c))).collect();
            let result = append(services, &token, part, stream::iter(pieces)).await.result;
            if is_right {
                assert_eq!(result.unwrap().file.sha256, sha256(&file));
            } else {
                assert!(matches!(result, Err(FileError::Receive(ReceiveError::WrongChecksum))), "{result:?}");
                assert_eq!(progress(services, &token, upload).await.unwrap().offset, 2 * MIB as u64);
            }
        }
        remove_file(services, &token, upload).await.unwrap();
    }
    assert_eq!(s3.stored(), Vec::<String>::new(), "damaged parts must leave no objects");
}
