//! What is said of files, copies without the place, previews.

use std::io::Cursor;
use std::path::Path;
use std::process::{Command, Stdio};
use std::slice::from_ref;

use image::{GenericImageView, ImageFormat};
use onrecord::complaint::description::Description;
use onrecord::complaint::view::FileState;
use onrecord::evidence::confined::{ConfinedError, Task};
use onrecord::evidence::preview::{self, PreviewError};
use onrecord::record::clock::{Clock, SystemClock};
use onrecord::record::{events::hex, scans, uploads};
use onrecord::service::evidence::{self, FileError, Previews};
use onrecord::service::{desk, drafts, submission, token::DraftToken};
use rstest::rstest;
use sha2::{Digest, Sha256};

use crate::answers::{filled, key};
use crate::file_types::{sample, send};
use crate::world::{
    On::{self, Postgres, Sqlite},
    START, World,
};

fn said(caption: &str, shows: &str) -> Description {
    Description {
        caption: caption.into(),
        shows: shows.into(),
    }
}

fn stored(world: &World, key: &str) -> Vec<u8> {
    std::fs::read(world.folder.path().join("files").join(key)).unwrap()
}

async fn row(world: &World, id: &str) -> uploads::Model {
    let found = uploads::lookup(&world.services.store().read, id.parse().unwrap()).await;
    found.unwrap().unwrap()
}

/// As the scan will say it.
async fn scanned(world: &World) {
    world.sql("UPDATE uploads SET state = 'clean'").await.unwrap();
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn what_is_said_of_a_file_goes_with_it(#[case] on: On) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let token = filled(services).await;
    let file = send(&world, &token, "mould.jpg", sample("plain.jpg")).await.unwrap();
    let id = file.id.parse().unwrap();
    let told = evidence::describe(services, &token, id, &said(" Mould\n by the bed", "Wet wall.\r\nBlack spots."))
        .await
        .unwrap();
    assert_eq!(told.caption.as_deref(), Some("Mould by the bed"));
    assert_eq!(told.shows.as_deref(), Some("Wet wall.\nBlack spots."));
    assert_eq!(evidence::lookup(services, &token, id).await.unwrap().unwrap(), told);
    let long = evidence::describe(services, &token, id, &said(&"x".repeat(101), "")).await;
    assert!(matches!(long, Err(FileError::Wrong(wrong)) if wrong.len() == 1));
    let stranger = drafts::create(services).await.unwrap().token;
    let theirs = evidence::describe(services, &stranger, id, &said("mine", "")).await;
    assert!(matches!(theirs, Err(FileError::NotFound)));

    let receipt = submission::submit(services, &token, &key("k")).await.unwrap();
    let case = desk::case(services, &desk::Caller::command_line(), &receipt.reference)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(case.files, [told]);
    let late = evidence::describe(services, &token, id, &said("", "")).await;
    assert!(matches!(late, Err(FileError::AlreadySent { .. })));
}

#[tokio::test]
async fn nothing_said_is_taken_away() {
    let world = World::new(Sqlite).await.unwrap();
    let token = drafts::create(&world.services).await.unwrap().token;
    let file = send(&world, &token, "mould.jpg", sample("plain.jpg")).await.unwrap();
    let id = file.id.parse().unwrap();
    evidence::describe(&world.services, &token, id, &said("Mould", "Wall"))
        .await
        .unwrap();
    assert_eq!(
        evidence::describe(&world.services, &token, id, &said("  ", "\n")).await.unwrap(),
        file
    );
}

/// Sends a sample that says where it was taken, and has its copy made.
async fn copied(world: &World, token: &DraftToken, name: &str, bytes: Vec<u8>) -> (Vec<u8>, onrecord::complaint::view::FileView) {
    let original = send(world, token, name, bytes.clone()).await.unwrap();
    assert!(original.has_place, "{name}");
    let id = original.id.parse().unwrap();
    let copy = evidence::send_without_place(&world.services, token, id).await.unwrap();
    assert_eq!((copy.id.as_str(), copy.has_place), (original.id.as_str(), false), "{name}");
    assert_eq!(copy.taken_at, original.taken_at, "{name} keeps when it was taken");
    assert_eq!(copy.original_sha256, Some(hex(&Sha256::digest(&bytes))), "{name}");
    let row = row(world, &copy.id).await;
    let content = stored(world, &row.storage_key);
    assert_eq!(copy.sha256, hex(&Sha256::digest(&content)));
    assert_eq!((copy.bytes, copy.state), (content.len() as u64, FileState::Scanning));
    (content, copy)
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_copy_without_the_place_takes_the_place_of_the_original(#[case] on: On) {
    let Some(world) = World::new(on).await else { return };
    let token = drafts::create(&world.services).await.unwrap().token;
    let (_, copy) = copied(&world, &token, "place.jpg", sample("place.jpg")).await;
    assert_eq!(world.stored().len(), 1, "what was sent first is gone");
    assert_eq!(drafts::open(&world.services, &token).await.unwrap().unwrap().files, from_ref(&copy));
    let id = copy.id.parse().unwrap();
    // Asked twice, it is the same.
    assert_eq!(evidence::send_without_place(&world.services, &token, id).await.unwrap(), copy);
    let stranger = drafts::create(&world.services).await.unwrap().token;
    let theirs = evidence::send_without_place(&world.services, &stranger, id).await;
    assert!(matches!(theirs, Err(FileError::NotFound)));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn what_was_found_in_the_original_is_not_said_of_the_copy(#[case] on: On) {
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
        let found = scans::Found {
            verdict: scans::Verdict::Clean,
            signature: None,
            engine: "none".into(),
            at: START.into(),
            reason: None,
        };
        let write = services.store().begin().await.unwrap();
        let upload = scans::found(&write, scan, &found).await.unwrap();
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
    // The scanner still looks at the original when the copy takes its place, and a second one takes the copy at once.
    let copy = evidence::send_without_place(services, &token, id).await.unwrap();
    let second = take().await;
    assert_eq!((original.len(), second.len()), (1, 1));
    assert_eq!(clean(&original[0]).await, None);
    assert_eq!(evidence::lookup(services, &token, id).await.unwrap(), Some(copy));
    assert_eq!(clean(&second[0]).await.unwrap().state, uploads::State::Clean);

    // A file that was found clean is not clean any more as a copy.
    let id = send(&world, &token, "place.png", sample("place.png"))
        .await
        .unwrap()
        .id
        .parse()
        .unwrap();
    assert_eq!(clean(&take().await[0]).await.unwrap().state, uploads::State::Clean);
    let copy = evidence::send_without_place(services, &token, id).await.unwrap();
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
    assert!(pixels(&copy) == pixels(&sample(name)), "not a pixel is changed");
    let says = |what: &[u8]| copy.windows(what.len()).any(|w| w == what);
    assert!(!says(b"GPS") && !says(b"xmp"), "{name}");
    // 12.34 seconds north, as Exif writes it in either byte order.
    assert!(!says(&[0, 0, 0x04, 0xd2]) && !says(&[0xd2, 0x04, 0, 0]), "{name}");
}

#[tokio::test]
async fn a_heic_loses_its_place_where_it_stands() {
    let world = World::new(Sqlite).await.unwrap();
    let token = drafts::create(&world.services).await.unwrap().token;
    let original = sample("place.heic");
    let (copy, _) = copied(&world, &token, "place.heic", original.clone()).await;
    assert_eq!(copy.len(), original.len(), "nothing moves");
    let says = |what: &[u8]| copy.windows(what.len()).any(|w| w == what);
    assert!(!says(b"GPS") && !says(b"xmpmeta") && !says(&[0, 0, 0x04, 0xd2]));
    let same = copy.iter().zip(&original).filter(|(a, b)| a == b).count();
    assert!(same * 2 > original.len(), "the picture stays");
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
    // A moving picture whose remark says where: no copy is made of those.
    let mut gif = sample("plain.gif");
    let end = gif.len() - 1;
    gif.splice(end..end, b"\x21\xfe\x0cGPSLatitude=\0".to_vec());
    let file = send(&world, &token, "map.gif", gif.clone()).await.unwrap();
    assert!(file.has_place);
    let refused = evidence::send_without_place(&world.services, &token, file.id.parse().unwrap()).await;
    assert!(matches!(refused, Err(FileError::PlaceStays)), "{refused:?}");
    assert!(stored(&world, &file.id) == gif);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn pictures_get_previews_once_they_are_clean(#[case] on: On) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let token = drafts::create(services).await.unwrap().token;
    let names = [
        "place.jpg",
        "place.png",
        "place.webp",
        "plain.gif",
        "turned.jpg",
        "seen-through.png",
        "plain.pdf",
    ];
    let mut ids = Vec::new();
    for name in names {
        ids.push(send(&world, &token, name, sample(name)).await.unwrap().id);
    }
    let broken = [sample("plain.jpg")[..200].to_vec(), vec![0; 3000]].concat();
    let broken = send(&world, &token, "broken.jpg", broken).await.unwrap().id;
    assert_eq!(
        evidence::make_previews(services, 100).await.unwrap(),
        Previews::default(),
        "not before the scan"
    );
    scanned(&world).await;
    let done = evidence::make_previews(services, 100).await.unwrap();
    assert_eq!((done.made, done.undecodable), (6, 1));
    assert_eq!(
        evidence::make_previews(services, 100).await.unwrap(),
        Previews::default(),
        "none is tried again"
    );
    for (name, id) in names.iter().zip(&ids).take(6) {
        let row = row(&world, id).await;
        assert_eq!(row.preview_state, Some(uploads::PreviewState::Made));
        let jpeg = stored(&world, &row.preview_key.unwrap());
        assert_eq!(row.preview_sha256, Some(hex(&Sha256::digest(&jpeg))));
        assert!(
            !jpeg.windows(4).any(|w| w == b"Exif" || w == b"http"),
            "{name}: nothing but the picture"
        );
        let picture = image::load_from_memory_with_format(&jpeg, ImageFormat::Jpeg).unwrap();
        let size = if *name == "turned.jpg" { (48, 64) } else { (64, 48) };
        assert_eq!(picture.dimensions(), size, "{name}");
        if *name == "turned.jpg" {
            // Held on its side: what was the lower left corner, blue, is the upper left.
            let [r, _, b, _] = picture.get_pixel(4, 4).0;
            assert!(b > 200 && r < 60, "{:?}", picture.get_pixel(4, 4));
        }
        if *name == "seen-through.png" {
            assert_eq!(picture.get_pixel(4, 4).0[..3], [255, 255, 255], "on white");
        }
    }
    assert_eq!(row(&world, &broken).await.preview_state, Some(uploads::PreviewState::Undecodable));
    // What goes, goes with its preview.
    for id in ids.iter().chain([&broken]) {
        evidence::remove_file(services, &token, id.parse().unwrap()).await.unwrap();
    }
    assert_eq!(world.stored(), Vec::<String>::new());
}

#[tokio::test]
async fn a_large_photo_becomes_a_small_preview() {
    let world = World::new(Sqlite).await.unwrap();
    let token = drafts::create(&world.services).await.unwrap().token;
    let mut large = Cursor::new(Vec::new());
    image::RgbImage::from_fn(3200, 800, |x, y| image::Rgb([x, y, 90].map(|c| c.to_le_bytes()[0])))
        .write_to(&mut large, ImageFormat::Jpeg)
        .unwrap();
    let file = send(&world, &token, "wide.jpg", large.into_inner()).await.unwrap();
    let made = preview::make(world.services.files(), world.services.confined(), &file.id, &file.media_type)
        .await
        .unwrap();
    let picture = image::load_from_memory(&stored(&world, &made.storage_key)).unwrap();
    assert_eq!(picture.dimensions(), (1600, 400));
}

#[tokio::test]
async fn a_heic_gets_a_preview_where_a_program_decodes_it() {
    let world = World::new(Sqlite).await.unwrap();
    let token = drafts::create(&world.services).await.unwrap().token;
    for (name, size) in [("place.heic", (64, 48)), ("turned.heic", (48, 64))] {
        let file = send(&world, &token, name, sample(name)).await.unwrap();
        let made = preview::make(world.services.files(), world.services.confined(), &file.id, &file.media_type).await;
        if preview::heif_program().is_none() {
            assert!(matches!(made, Err(PreviewError::NoDecoder)), "{made:?}");
            continue;
        }
        let picture = image::load_from_memory(&stored(&world, &made.unwrap().storage_key)).unwrap();
        assert_eq!(picture.dimensions(), size, "{name}");
    }
}

#[tokio::test]
async fn copies_and_previews_belong_to_their_files_and_what_they_replaced_does_not() {
    let world = World::new(Sqlite).await.unwrap();
    let services = &world.services;
    let token = drafts::create(services).await.unwrap().token;
    let (_, copy) = copied(&world, &token, "place.jpg", sample("place.jpg")).await;
    scanned(&world).await;
    assert_eq!(evidence::make_previews(services, 9).await.unwrap().made, 1);
    let row = row(&world, &copy.id).await;
    let folder = world.folder.path().join("files");
    let other = format!("{}.copy-{}", copy.id, copy.id);
    for litter in [copy.id.clone(), format!("{}.preview", copy.id), other.clone()] {
        std::fs::write(folder.join(litter), "left behind").unwrap();
    }
    // Seen from far enough in the future, so that none of it is on its way.
    world.clock.set(SystemClock.now() + time::Duration::DAY);
    let found = evidence::check::compare(services, true).await.unwrap();
    let litter: Vec<String> = found.litter.into_iter().map(|(key, _)| key).collect();
    assert_eq!(litter, [copy.id.clone(), other, format!("{}.preview", copy.id)]);
    assert_eq!((found.missing, found.strange), (vec![], vec![]));
    let mut left = world.stored();
    left.sort();
    assert_eq!(left, [row.storage_key, row.preview_key.unwrap()]);
}

/// A PNG of 30,000 pixels a side, all of them black: 110 KB to send, 900 MB when decoded.
fn picture_bomb() -> Vec<u8> {
    use std::io::Write;
    let mut data = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..30_000 {
        data.write_all(&[0; 30_000 / 8 + 1]).unwrap();
    }
    let data = data.finish().unwrap();
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8; 4], content: &[u8]| {
        let mut crc = flate2::Crc::new();
        crc.update(kind);
        crc.update(content);
        png.extend(u32::try_from(content.len()).unwrap().to_be_bytes());
        png.extend(kind);
        png.extend(content);
        png.extend(crc.sum().to_be_bytes());
    };
    let side = 30_000u32.to_be_bytes();
    chunk(b"IHDR", &[&side[..], &side, &[1, 0, 0, 0, 0]].concat());
    chunk(b"IDAT", &data);
    chunk(b"IEND", b"");
    png
}

#[tokio::test]
async fn a_picture_that_would_fill_the_memory_has_no_preview() {
    let world = World::new(Sqlite).await.unwrap();
    let token = drafts::create(&world.services).await.unwrap().token;
    let file = send(&world, &token, "bomb.png", picture_bomb()).await.unwrap();
    let made = preview::make(world.services.files(), world.services.confined(), &file.id, &file.media_type).await;
    let failed = matches!(made, Err(PreviewError::Undecodable(ConfinedError::Failed { .. })));
    assert!(failed, "{made:?}");
    assert_eq!(world.stored(), [file.id]);
}

/// What the process of its own may do, asked of the real program under its own limits, read from the kernel while it waits.
#[test]
fn a_process_of_its_own_has_no_files_and_little_memory() {
    let mut process = Command::new(env!("CARGO_BIN_EXE_onrecord"))
        .arg("preview")
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let folder = Path::new("/proc").join(process.id().to_string());
    // It has given everything up before it reads; wait until it has.
    let limits = (0..500)
        .find_map(|_| {
            std::thread::sleep(std::time::Duration::from_millis(10));
            let limits = std::fs::read_to_string(folder.join("limits")).ok()?;
            let files = limits.lines().find(|line| line.starts_with("Max open files"))?;
            files.split_whitespace().any(|word| word == "3").then_some(limits)
        })
        .expect("limited in time");
    let hard = |name: &str| {
        let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
        line[name.len()..].split_whitespace().nth(1).unwrap().to_owned()
    };
    assert_eq!(hard("Max address space"), (1u64 << 30).to_string());
    assert_eq!(hard("Max cpu time"), "30");
    assert_eq!(hard("Max file size"), "0");
    let status = std::fs::read_to_string(folder.join("status")).unwrap();
    assert!(status.contains("NoNewPrivs:\t1"), "fenced in: {status}");
    drop(process.stdin.take());
    assert!(!process.wait().unwrap().success(), "nothing is no picture");
}

/// A decoder that a picture has taken over: it tries to read and to write what is none of its business.
#[test]
fn another_program_sees_the_system_and_one_folder() {
    use std::os::unix::fs::PermissionsExt;
    let secret = tempfile::tempdir().unwrap();
    std::fs::write(secret.path().join("secret.key"), "secret").unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("in.heic"), "picture").unwrap();
    let decoder = folder.path().join("decoder");
    let script = format!(
        "#!/bin/sh\ncat in.heic > copied\ncat {0}/secret.key > stolen\necho x > {0}/left\nulimit -v > memory\nenv > around\n",
        secret.path().display()
    );
    std::fs::write(&decoder, script).unwrap();
    std::fs::set_permissions(&decoder, std::fs::Permissions::from_mode(0o700)).unwrap();
    let mut process = Command::new(env!("CARGO_BIN_EXE_onrecord"));
    process.arg("decode-heif").arg(&decoder).arg(folder.path());
    process
        .env("ONRECORD_DATABASE_URL", "secret")
        .stderr(Stdio::null())
        .status()
        .unwrap();
    let wrote = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(wrote("copied"), "picture");
    assert_eq!(wrote("stolen"), "", "the fence needs Landlock: Linux 5.13 or newer");
    assert!(!secret.path().join("left").exists());
    assert_eq!(wrote("memory").trim(), (1024 * 1024).to_string());
    assert!(!wrote("around").contains("secret"));
}

#[tokio::test]
async fn a_process_that_says_too_much_is_ended() {
    let world = World::new(Sqlite).await.unwrap();
    let mut file = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut file, &sample("plain.jpg")).unwrap();
    std::io::Seek::rewind(&mut file).unwrap();
    let done = world.services.confined().run(&Task::Preview { upright: false }, file, 10).await;
    assert!(matches!(done, Err(ConfinedError::TooMuch)), "{done:?}");
}
