//! Facts recorded about files, and copies without location metadata.

use std::slice::from_ref;

use complaint::questionnaire::file_description::Description;
use contract::FileState;
use image::ImageFormat;
use record::clock::{Clock, SystemClock};
use record::{scans, uploads};
use rstest::rstest;
use service::files::{self, FileError};
use service::{
    access::token::DraftToken,
    cases::{desk, submission},
    drafts,
};
use sha2::{Digest, Sha256};

use crate::answers::{create_full_draft, key};
use crate::file_types::{sample, send};
use crate::world::{
    START,
    TestDatabase::{self, Postgres, Sqlite},
    World,
};

fn said(caption: &str, shows: &str) -> Description {
    Description {
        caption: caption.into(),
        shows: shows.into(),
    }
}

pub fn stored(world: &World, key: &str) -> Vec<u8> {
    std::fs::read(world.folder.path().join("files").join(key)).unwrap()
}

pub async fn row(world: &World, id: &str) -> uploads::Model {
    let found = uploads::lookup(&world.services.store().read, id.parse().unwrap()).await;
    found.unwrap().unwrap()
}

/// Marks every file clean, as a scan would.
pub async fn scanned(world: &World) {
    world.sql("UPDATE uploads SET state = 'clean'").await.unwrap();
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn what_is_said_of_a_file_goes_with_it(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let token = create_full_draft(services).await;
    let file = send(&world, &token, "mould.jpg", sample("plain.jpg")).await.unwrap();
    let id = file.id.parse().unwrap();
    let told = files::describe(services, &token, id, &said(" Mould\n by the bed", "Wet wall.\r\nBlack spots."))
        .await
        .unwrap();
    assert_eq!(told.caption.as_deref(), Some("Mould by the bed"));
    assert_eq!(told.shows.as_deref(), Some("Wet wall.\nBlack spots."));
    assert_eq!(files::lookup(services, &token, id).await.unwrap().unwrap(), told);
    let long = files::describe(services, &token, id, &said(&"x".repeat(101), "")).await;
    assert!(matches!(long, Err(FileError::Invalid(wrong)) if wrong.len() == 1));
    let stranger = drafts::create(services).await.unwrap().token;
    let theirs = files::describe(services, &stranger, id, &said("mine", "")).await;
    assert!(matches!(theirs, Err(FileError::NotFound)));

    let receipt = submission::submit(services, &token, &key("k")).await.unwrap();
    let case = desk::case(services, &desk::Caller::at_command_line("ash"), &receipt.reference)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(case.files, [told]);
    let late = files::describe(services, &token, id, &said("", "")).await;
    assert!(matches!(late, Err(FileError::AlreadySent { .. })));
}

#[tokio::test]
async fn nothing_said_is_taken_away() {
    let world = World::new(Sqlite).await.unwrap();
    let token = drafts::create(&world.services).await.unwrap().token;
    let file = send(&world, &token, "mould.jpg", sample("plain.jpg")).await.unwrap();
    let id = file.id.parse().unwrap();
    files::describe(&world.services, &token, id, &said("Mould", "Wall")).await.unwrap();
    assert_eq!(files::describe(&world.services, &token, id, &said("  ", "\n")).await.unwrap(), file);
}

/// Sends a sample with location metadata and replaces it with a copy without. Returns the copy's bytes and view.
async fn copied(world: &World, token: &DraftToken, name: &str, bytes: Vec<u8>) -> (Vec<u8>, contract::FileView) {
    let original = send(world, token, name, bytes.clone()).await.unwrap();
    assert!(original.has_place, "{name}");
    let id = original.id.parse().unwrap();
    let copy = files::remove_location_metadata(&world.services, token, id).await.unwrap();
    assert_eq!((copy.id.as_str(), copy.has_place), (original.id.as_str(), false), "{name}");
    assert_eq!(
        copy.taken_at, original.taken_at,
        "the copy of {name} must keep the time it was taken"
    );
    assert_eq!(copy.original_sha256, Some(hex::encode(Sha256::digest(&bytes))), "{name}");
    let row = row(world, &copy.id).await;
    let content = stored(world, &row.storage_key);
    assert_eq!(copy.sha256, hex::encode(Sha256::digest(&content)));
    assert_eq!((copy.bytes, copy.state), (content.len() as u64, FileState::Scanning));
    (content, copy)
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_copy_without_the_place_takes_the_place_of_the_original(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let token = drafts::create(&world.services).await.unwrap().token;
    let (_, copy) = copied(&world, &token, "place.jpg", sample("place.jpg")).await;
    assert_eq!(world.stored().len(), 1, "the original is deleted");
    assert_eq!(drafts::open(&world.services, &token).await.unwrap().unwrap().files, from_ref(&copy));
    let id = copy.id.parse().unwrap();
    // A repeated request returns the same copy.
    assert_eq!(files::remove_location_metadata(&world.services, &token, id).await.unwrap(), copy);
    let stranger = drafts::create(&world.services).await.unwrap().token;
    let theirs = files::remove_location_metadata(&world.services, &stranger, id).await;
    assert!(matches!(theirs, Err(FileError::NotFound)));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn what_was_found_in_the_original_is_not_said_of_the_copy(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let token = drafts::create(services).await.unwrap().token;
    let take = async || {
        let write = services.store().begin().await.unwrap();
        let taken = scans::take_due(&write, START.into(), time::Duration::HOUR, 9).await.unwrap();
        write.commit().await.unwrap();
        taken
    };
    let clean = async |scan: &scans::Model| {
        let found = scans::NewVerdict {
            verdict: scans::ScanVerdict::Clean,
            signature: None,
            engine: "none".into(),
            at: START.into(),
            reason: None,
        };
        let write = services.store().begin().await.unwrap();
        let upload = scans::record_verdict(&write, scan, &found).await.unwrap();
        write.commit().await.unwrap();
        upload
    };
    let id = send(&world, &token, "place.jpg", sample("place.jpg"))
        .await
        .unwrap()
        .id
        .parse()
        .unwrap();
    let original = take().await;
    // The scanner is still reading the original when the copy replaces it. A second scan may take the copy at once.
    let copy = files::remove_location_metadata(services, &token, id).await.unwrap();
    let second = take().await;
    assert_eq!((original.len(), second.len()), (1, 1));
    assert_eq!(clean(&original[0]).await, None);
    assert_eq!(files::lookup(services, &token, id).await.unwrap(), Some(copy));
    assert_eq!(clean(&second[0]).await.unwrap().state, uploads::State::Clean);

    // A file that was found clean has to be scanned again once a copy replaces it.
    let id = send(&world, &token, "place.png", sample("place.png"))
        .await
        .unwrap()
        .id
        .parse()
        .unwrap();
    assert_eq!(clean(&take().await[0]).await.unwrap().state, uploads::State::Clean);
    let copy = files::remove_location_metadata(services, &token, id).await.unwrap();
    assert_eq!((copy.state, copy.scanned, copy.readable), (FileState::Scanning, false, false));
    assert_eq!(take().await.len(), 1);
}

#[rstest]
#[case("place.jpg", ImageFormat::Jpeg)]
#[case("place.png", ImageFormat::Png)]
#[case("place.webp", ImageFormat::WebP)]
#[tokio::test]
async fn a_copy_shows_the_same_picture_and_no_place(#[case] name: &str, #[case] format: ImageFormat) {
    let world = World::new(Sqlite).await.unwrap();
    let token = drafts::create(&world.services).await.unwrap().token;
    let (copy, _) = copied(&world, &token, name, sample(name)).await;
    let pixels = |bytes: &[u8]| image::load_from_memory_with_format(bytes, format).unwrap().to_rgb8();
    assert!(pixels(&copy) == pixels(&sample(name)), "no pixel may change");
    let says = |what: &[u8]| copy.windows(what.len()).any(|w| w == what);
    assert!(!says(b"GPS") && !says(b"xmp"), "{name}");
    // 12.34 seconds north, as Exif encodes it in either byte order.
    assert!(!says(&[0, 0, 0x04, 0xd2]) && !says(&[0xd2, 0x04, 0, 0]), "{name}");
}

#[tokio::test]
async fn a_heic_is_written_anew_with_its_picture_alone() {
    let world = World::new(Sqlite).await.unwrap();
    let token = drafts::create(&world.services).await.unwrap().token;
    let original = sample("place.heic");
    let hung = [original.clone(), sample("place.mp4"), b"SEFT".to_vec()].concat();
    let (copy, _) = copied(&world, &token, "place.heic", hung).await;
    let says = |what: &[u8]| copy.windows(what.len()).any(|w| w == what);
    assert!(!says(b"GPS") && !says(b"xmpmeta") && !says(&[0, 0, 0x04, 0xd2]) && !says(b"56.5034") && !says(b"SEFT"));
    let picture = copy.windows(4).position(|w| w == b"mdat").unwrap() + 4;
    let coded = &copy[picture..picture + 64];
    assert!(original.windows(64).any(|w| w == coded), "the encoded picture must stay unchanged");
}

#[tokio::test]
async fn a_film_behind_a_photo_stays_behind() {
    let world = World::new(Sqlite).await.unwrap();
    let token = drafts::create(&world.services).await.unwrap().token;
    let mut motion = sample("place.jpg");
    motion.extend(sample("plain.mp4"));
    let (copy, _) = copied(&world, &token, "motion.jpg", motion).await;
    assert!(copy.ends_with(&[0xff, 0xd9]) && copy.len() < sample("place.jpg").len());
}

#[tokio::test]
async fn a_place_that_cannot_be_taken_out_stays_and_is_said() {
    let world = World::new(Sqlite).await.unwrap();
    let token = drafts::create(&world.services).await.unwrap().token;
    // An animated GIF with coordinates in a comment: no copy can be made of that kind of file.
    let mut gif = sample("plain.gif");
    let end = gif.len() - 1;
    gif.splice(end..end, b"\x21\xfe\x0cGPSLatitude=\0".to_vec());
    let file = send(&world, &token, "map.gif", gif.clone()).await.unwrap();
    assert!(file.has_place);
    let refused = files::remove_location_metadata(&world.services, &token, file.id.parse().unwrap()).await;
    assert!(matches!(refused, Err(FileError::LocationNotRemovable)), "{refused:?}");
    assert!(stored(&world, &file.id) == gif);
}

#[tokio::test]
async fn copies_and_previews_belong_to_their_files_and_what_they_replaced_does_not() {
    let world = World::new(Sqlite).await.unwrap();
    let services = &world.services;
    let token = drafts::create(services).await.unwrap().token;
    let (_, copy) = copied(&world, &token, "place.jpg", sample("place.jpg")).await;
    scanned(&world).await;
    assert_eq!(files::make_previews(services, 9).await.unwrap().made, 1);
    let row = row(&world, &copy.id).await;
    let folder = world.folder.path().join("files");
    let other = format!("{}.copy-{}", copy.id, copy.id);
    for litter in [copy.id.clone(), format!("{}.preview", copy.id), other.clone()] {
        std::fs::write(folder.join(litter), "left behind").unwrap();
    }
    // The check runs with a clock a day ahead, so that none of the files counts as still arriving.
    world.clock.set(SystemClock.now() + time::Duration::DAY);
    let found = files::check::compare(services, true).await.unwrap();
    let litter: Vec<String> = found.orphans.into_iter().map(|(key, _)| key).collect();
    assert_eq!(litter, [copy.id.clone(), other, format!("{}.preview", copy.id)]);
    assert_eq!((found.missing, found.foreign_keys), (vec![], vec![]));
    let mut left = world.stored();
    left.sort();
    assert_eq!(left, [row.storage_key, row.preview_key.unwrap()]);
}
