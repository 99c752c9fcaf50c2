//! Real files from `tests/samples`: every type that is accepted, and types that are refused.

use std::io;
use std::path::Path;

use ::evidence::types::*;
use ::evidence::{ReceiveError, resumable::Part};
use bytes::Bytes;
use complaint::questionnaire::question::Purpose;
use contract::{FileState, FileView};
use futures::stream;
use record::entropy::SeededEntropy;
use rstest::rstest;
use service::files::{self, FileError, Incoming, resumable};
use service::{Settings, access::token::DraftToken, drafts};
use sha2::{Digest, Sha256};

use crate::world::{TestDatabase::Sqlite, World};

/// Returns a sample's content.
pub fn sample(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples");
    std::fs::read(folder.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// Sends a file under this name.
pub async fn send(world: &World, token: &DraftToken, filename: &str, bytes: Vec<u8>) -> Result<FileView, FileError> {
    let file = Incoming {
        filename: filename.into(),
        purpose: Purpose::Evidence,
        declared_len: Some(bytes.len() as u64),
    };
    let pieces: Vec<io::Result<Bytes>> = bytes.chunks(10_000).map(|c| Ok(Bytes::copy_from_slice(c))).collect();
    files::add_file(&world.services, token, file, stream::iter(pieces)).await
}

async fn world() -> (World, DraftToken) {
    let world = World::new(Sqlite).await.unwrap();
    let token = drafts::create(&world.services).await.unwrap().token;
    (world, token)
}

/// Builds a compound file with these streams, as old Word documents and mails saved by Outlook are.
fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(io::Cursor::new(Vec::new())).unwrap();
    for (path, content) in streams {
        file.create_storage_all(Path::new(path).parent().unwrap()).unwrap();
        io::Write::write_all(&mut file.create_stream(path).unwrap(), content).unwrap();
    }
    file.flush().unwrap();
    file.into_inner().into_inner()
}

/// Returns the first page of a Word document, with the flag for encryption set or not.
fn word(encrypted: bool) -> Vec<u8> {
    let mut page = vec![0xec, 0xa5, 0xc1, 0, 0, 0, 0, 0, 0, 0, 0x08, u8::from(encrypted)];
    page.resize(6000, 0);
    page
}

#[rstest]
#[case("plain.pdf", PDF)]
#[case::asks_not_to_be_printed("no-printing.pdf", PDF)]
#[case::asks_not_to_be_printed_in_the_old_way("no-printing-rc4.pdf", PDF)]
#[case("plain.jpg", JPEG)]
#[case("place.png", PNG)]
#[case("place.heic", HEIC)]
#[case("place.webp", WEBP)]
#[case("plain.gif", GIF)]
#[case("plain.docx", DOCX)]
#[case::unpacks_to_sixty_megabytes("bomb.docx", DOCX)]
#[case("plain.xlsx", XLSX)]
#[case("plain.odt", ODT)]
#[case("id3.mp3", MP3)]
#[case("plain.m4a", M4A)]
#[case("plain.wav", WAV)]
#[case("plain.aac", AAC)]
#[case("opus.ogg", OGG)]
#[case("vorbis.ogg", OGG)]
#[case("plain.mp4", MP4)]
#[case("plain.3gp", THREE_GP)]
#[case("plain.3g2", THREE_G2)]
#[case("plain.mov", MOV)]
#[case("plain.webm", WEBM)]
#[tokio::test]
async fn each_kind_is_taken_as_it_came(#[case] name: &str, #[case] media_type: &str) {
    let (world, token) = world().await;
    let bytes = sample(name);
    // The name has no extension, so only the content identifies the type.
    let file = send(&world, &token, "sent", bytes.clone()).await.unwrap();
    assert_eq!(file.media_type, media_type);
    assert_eq!(file.sha256, hex::encode(Sha256::digest(&bytes)));
    let stored = std::fs::read(world.folder.path().join("files").join(&file.id)).unwrap();
    assert!(stored == bytes, "no byte may change");
}

#[tokio::test]
async fn old_letters_and_saved_mails_are_taken() {
    let (world, token) = world().await;
    let letter = compound(&[("/WordDocument", &word(false)), ("/1Table", b"x")]);
    let mail = compound(&[
        ("/__properties_version1.0", &[0; 64]),
        ("/__attach_version1.0_#00000000/__substg1.0_37010102", b"x"),
    ]);
    assert_eq!(send(&world, &token, "a", letter).await.unwrap().media_type, DOC);
    assert_eq!(send(&world, &token, "b", mail).await.unwrap().media_type, MSG);
    let sheet = compound(&[("/Workbook", b"x")]);
    assert!(matches!(
        send(&world, &token, "c", sheet).await,
        Err(FileError::Receive(ReceiveError::UnsupportedType))
    ));
}

#[tokio::test]
async fn what_needs_a_password_is_refused_as_such() {
    let (world, token) = world().await;
    for name in ["password.pdf", "password-rc4.pdf", "password.docx", "password.xlsx", "password.odt"] {
        let refused = send(&world, &token, name, sample(name)).await;
        assert!(
            matches!(refused, Err(FileError::Receive(ReceiveError::Protected))),
            "{name}: {refused:?}"
        );
    }
    let letter = compound(&[("/WordDocument", &word(true))]);
    assert!(matches!(
        send(&world, &token, "old.doc", letter).await,
        Err(FileError::Receive(ReceiveError::Protected))
    ));
    assert_eq!((world.stored().len(), world.count("uploads").await), (0, 0));
}

#[tokio::test]
async fn what_has_macros_is_refused_as_such() {
    let (world, token) = world().await;
    for name in ["macros.docm", "macros.docx", "macros.xlsx", "macros.odt"] {
        let refused = send(&world, &token, name, sample(name)).await;
        assert!(
            matches!(refused, Err(FileError::Receive(ReceiveError::Macros))),
            "{name}: {refused:?}"
        );
    }
    let letter = compound(&[("/WordDocument", &word(false)), ("/Macros/VBA/dir", b"x")]);
    assert!(matches!(
        send(&world, &token, "old.doc", letter).await,
        Err(FileError::Receive(ReceiveError::Macros))
    ));
    assert_eq!((world.stored().len(), world.count("uploads").await), (0, 0));
}

#[tokio::test]
async fn a_name_that_promises_something_else_is_told_apart() {
    let (world, token) = world().await;
    // A JPEG under the name of another picture type, or of a PDF, is accepted as a JPEG.
    assert_eq!(
        send(&world, &token, "scan.pdf", sample("plain.jpg")).await.unwrap().media_type,
        JPEG
    );
    let mut program = b"MZ\x90\0\x03\0\0\0".to_vec();
    program.resize(4000, 0);
    for (name, bytes) in [
        ("holiday.jpg", program.clone()),
        ("letter.docx", compound(&[("/Workbook", b"x")])),
        ("call.mp3", sample("refused.ogg")),
    ] {
        let refused = send(&world, &token, name, bytes).await;
        assert!(
            matches!(refused, Err(FileError::Receive(ReceiveError::Mislabelled))),
            "{name}: {refused:?}"
        );
    }
    assert!(matches!(
        send(&world, &token, "setup.exe", program).await,
        Err(FileError::Receive(ReceiveError::UnsupportedType))
    ));
    let half = sample("plain.docx")[..2000].to_vec();
    assert!(matches!(
        send(&world, &token, "half.docx", half).await,
        Err(FileError::Receive(ReceiveError::Damaged))
    ));
    let mut broken = sample("password.docx");
    broken.truncate(700);
    assert!(matches!(
        send(&world, &token, "half.docx", broken).await,
        Err(FileError::Receive(ReceiveError::Damaged))
    ));
    assert_eq!(world.stored().len(), 1);
}

#[tokio::test]
async fn sounds_and_films_may_be_larger_than_the_rest() {
    let mut settings = Settings::default();
    settings.evidence.file_bytes = 100_000;
    settings.evidence.recording_bytes = 300_000;
    let world = World::with(Sqlite, settings, std::sync::Arc::new(SeededEntropy::new(3)))
        .await
        .unwrap();
    let token = drafts::create(&world.services).await.unwrap().token;
    let padded = |name: &str, size: usize| {
        let mut bytes = sample(name);
        bytes.resize(size, 0);
        bytes
    };
    send(&world, &token, "film.mp4", padded("plain.mp4", 300_000)).await.unwrap();
    let film = send(&world, &token, "film.mp4", padded("plain.mp4", 300_001)).await;
    assert!(
        matches!(film, Err(FileError::Receive(ReceiveError::TooLarge { limit: 300_000 }))),
        "{film:?}"
    );
    let photo = send(&world, &token, "photo.jpg", padded("plain.jpg", 100_001)).await;
    assert!(
        matches!(photo, Err(FileError::Receive(ReceiveError::TooLarge { limit: 100_000 }))),
        "{photo:?}"
    );
    assert_eq!(world.stored().len(), 1);
}

#[rstest]
#[case("place.jpg", Some("2026-03-04T18:30:00+00:00"), true)]
#[case("place.png", Some("2026-03-04T18:30:00+00:00"), true)]
#[case("place.webp", Some("2026-03-04T18:30:00+00:00"), true)]
#[case("place.heic", Some("2026-03-04T18:30:00+00:00"), true)]
#[case("turned.jpg", Some("2026-03-04T18:30:00+00:00"), false)]
#[case("plain.jpg", None, false)]
#[case("plain.gif", None, false)]
#[case("place.mp4", None, true)]
#[case("place.mov", None, true)]
#[case("camera.mov", None, true)]
#[case("plain.mp4", None, false)]
#[case("plain.3gp", None, false)]
#[tokio::test]
async fn a_photo_or_film_says_when_and_where(#[case] name: &str, #[case] taken_at: Option<&str>, #[case] has_place: bool) {
    let (world, token) = world().await;
    let file = send(&world, &token, name, sample(name)).await.unwrap();
    assert_eq!((file.taken_at.as_deref(), file.has_place), (taken_at, has_place));
    let id = file.id.parse().unwrap();
    let kept = files::lookup(&world.services, &token, id).await.unwrap().unwrap();
    assert_eq!(kept, file, "the facts must be in the database");
}

/// Sends a file as a resumable upload: announced as `length` bytes, then sent in parts of `part` bytes, one request each.
async fn send_in_parts(
    world: &World,
    token: &DraftToken,
    filename: &str,
    length: u64,
    bytes: &[u8],
    part: usize,
) -> Result<FileView, FileError> {
    let file = Incoming {
        filename: filename.into(),
        purpose: Purpose::Evidence,
        declared_len: Some(length),
    };
    let mut standing = resumable::announce(&world.services, token, file, String::new()).await?;
    for piece in bytes.chunks(part) {
        let part = Part {
            upload: standing.file.id.parse().unwrap(),
            offset: standing.offset,
            length: Some(piece.len() as u64),
            checksum: None,
        };
        let stream = stream::iter([Ok::<_, io::Error>(Bytes::copy_from_slice(piece))]);
        standing = resumable::append(&world.services, token, part, stream).await.result?;
    }
    Ok(standing.file)
}

#[tokio::test]
async fn the_same_is_told_of_files_that_come_with_breaks() {
    let (world, token) = world().await;
    let mut program = b"MZ\x90\0\x03\0\0\0".to_vec();
    program.resize(4000, 0);
    let whole = async |name: &str, bytes: Vec<u8>| send_in_parts(&world, &token, name, bytes.len() as u64, &bytes, 400).await;
    assert!(matches!(
        whole("holiday.jpg", program).await,
        Err(FileError::Receive(ReceiveError::Mislabelled))
    ));
    assert!(matches!(
        whole("letter.pdf", sample("password.pdf")).await,
        Err(FileError::Receive(ReceiveError::Protected))
    ));
    assert!(matches!(
        whole("sheet.xlsx", sample("macros.xlsx")).await,
        Err(FileError::Receive(ReceiveError::Macros))
    ));
    assert!(matches!(
        whole("half.odt", sample("plain.odt")[..900].to_vec()).await,
        Err(FileError::Receive(ReceiveError::Damaged))
    ));
    assert_eq!(
        (world.stored().len(), world.count("uploads").await),
        (0, 0),
        "a refused file leaves no bytes and no row"
    );
    let photo = whole("place.heic", sample("place.heic")).await.unwrap();
    assert_eq!((photo.media_type.as_str(), photo.has_place), (HEIC, true));
    assert_eq!(photo.taken_at.as_deref(), Some("2026-03-04T18:30:00+00:00"));
    assert_eq!(whole("letter", sample("plain.docx")).await.unwrap().media_type, DOCX);
}

#[tokio::test]
async fn a_photo_announced_too_large_is_refused_by_its_first_bytes_and_a_film_is_not() {
    let (world, token) = world().await;
    let photo = send_in_parts(&world, &token, "photo.jpg", 26_000_000, &sample("plain.jpg"), 700).await;
    assert!(
        matches!(photo, Err(FileError::Receive(ReceiveError::TooLarge { limit: 25_000_000 }))),
        "{photo:?}"
    );
    assert_eq!((world.stored().len(), world.count("uploads").await), (0, 0));
    let film = send_in_parts(&world, &token, "film.mp4", 26_000_000, &sample("plain.mp4"), 700)
        .await
        .unwrap();
    assert_eq!(film.state, FileState::Receiving);
    let film = send_in_parts(&world, &token, "film.mp4", 200_000_001, &sample("plain.mp4"), 700).await;
    assert!(
        matches!(film, Err(FileError::Receive(ReceiveError::TooLarge { limit: 200_000_000 }))),
        "{film:?}"
    );
}
