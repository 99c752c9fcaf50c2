//! Previews: how they are made, and what the process that makes them may do.

use std::io::Cursor;
use std::path::Path;
use std::process::{Command, Stdio};

use ::evidence::preview::{self, PreviewError};
use ::evidence::sandbox::{SandboxError, Task};
use image::{GenericImageView, ImageFormat};
use record::uploads;
use rstest::rstest;
use service::drafts;
use service::files::{self, Previews};
use sha2::{Digest, Sha256};

use crate::file_facts::{row, scanned, stored};
use crate::file_types::{sample, send};
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World,
};

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn pictures_get_previews_once_they_are_clean(#[case] on: TestDatabase) {
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
        files::make_previews(services, 100).await.unwrap(),
        Previews::default(),
        "no preview is made before the scan"
    );
    scanned(&world).await;
    let done = files::make_previews(services, 100).await.unwrap();
    assert_eq!((done.made, done.undecodable), (6, 1));
    assert_eq!(
        files::make_previews(services, 100).await.unwrap(),
        Previews::default(),
        "no picture is tried again"
    );
    for (name, id) in names.iter().zip(&ids).take(6) {
        let row = row(&world, id).await;
        assert_eq!(row.preview_state, Some(uploads::PreviewState::Made));
        let jpeg = stored(&world, &row.preview_key.unwrap());
        assert_eq!(row.preview_sha256, Some(hex::encode(Sha256::digest(&jpeg))));
        assert!(
            !jpeg.windows(4).any(|w| w == b"Exif" || w == b"http"),
            "{name}: the preview must have no metadata"
        );
        let picture = image::load_from_memory_with_format(&jpeg, ImageFormat::Jpeg).unwrap();
        let size = if *name == "turned.jpg" { (48, 64) } else { (64, 48) };
        assert_eq!(picture.dimensions(), size, "{name}");
        if *name == "turned.jpg" {
            // The photo has an orientation tag: its lower left corner, which is blue, is the preview's upper left.
            let [r, _, b, _] = picture.get_pixel(4, 4).0;
            assert!(b > 200 && r < 60, "{:?}", picture.get_pixel(4, 4));
        }
        if *name == "seen-through.png" {
            assert_eq!(
                picture.get_pixel(4, 4).0[..3],
                [255, 255, 255],
                "transparent pixels must become white"
            );
        }
    }
    assert_eq!(row(&world, &broken).await.preview_state, Some(uploads::PreviewState::Undecodable));
    // Removing a file removes its preview.
    for id in ids.iter().chain([&broken]) {
        files::remove_file(services, &token, id.parse().unwrap()).await.unwrap();
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
    let made = preview::make(world.services.files(), world.services.sandbox(), &file.id, &file.media_type)
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
        let made = preview::make(world.services.files(), world.services.sandbox(), &file.id, &file.media_type).await;
        if preview::heif_program().is_none() {
            assert!(matches!(made, Err(PreviewError::NoDecoder)), "{made:?}");
            continue;
        }
        let picture = image::load_from_memory(&stored(&world, &made.unwrap().storage_key)).unwrap();
        assert_eq!(picture.dimensions(), size, "{name}");
    }
}

/// A black PNG of 30,000 by 30,000 pixels: 110 KB to send, 900 MB when decoded.
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
    let made = preview::make(world.services.files(), world.services.sandbox(), &file.id, &file.media_type).await;
    let failed = matches!(made, Err(PreviewError::Undecodable(SandboxError::Failed { .. })));
    assert!(failed, "{made:?}");
    assert_eq!(world.stored(), [file.id]);
}

/// Runs the real program under its own limits, and reads from the kernel what it may do while it waits for input.
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
    // The process limits itself before it reads its input; this waits until it has.
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
    assert_eq!(hard("Max cpu time"), "3");
    assert_eq!(hard("Max file size"), "0");
    // proc_pid_stat(5): the 19th field, the 17th after the name in brackets.
    let stat = std::fs::read_to_string(folder.join("stat")).unwrap();
    let nice = stat.rsplit_once(") ").unwrap().1.split(' ').nth(16).unwrap();
    assert_eq!(nice, "19", "the process must run at low priority");
    let status = std::fs::read_to_string(folder.join("status")).unwrap();
    assert!(status.contains("NoNewPrivs:\t1"), "the process must be sandboxed: {status}");
    drop(process.stdin.take());
    assert!(!process.wait().unwrap().success(), "empty input must be refused");
}

/// A script in place of the decoder, as if a picture had taken it over. It tries to read and write files outside its folder.
#[test]
fn another_program_sees_the_system_and_one_folder() {
    use std::os::unix::fs::PermissionsExt;
    let secret = tempfile::tempdir().unwrap();
    std::fs::write(secret.path().join("secret.key"), "secret").unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("in.heic"), "picture").unwrap();
    let decoder = folder.path().join("decoder");
    let script = format!(
        "#!/bin/sh\ncat in.heic > copied\ncat {0}/secret.key > stolen\necho x > {0}/left\nulimit -v > memory\nulimit -t > time\nnice > behind\nenv > around\n",
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
    assert_eq!(wrote("stolen"), "", "the sandbox needs Landlock: Linux 5.13 or newer");
    assert!(!secret.path().join("left").exists());
    assert_eq!(wrote("memory").trim(), (1024 * 1024).to_string());
    assert_eq!((wrote("time").trim(), wrote("behind").trim()), ("3", "19"));
    assert!(!wrote("around").contains("secret"));
}

#[tokio::test]
async fn a_process_that_says_too_much_is_ended() {
    let world = World::new(Sqlite).await.unwrap();
    let mut file = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut file, &sample("plain.jpg")).unwrap();
    std::io::Seek::rewind(&mut file).unwrap();
    let done = world.services.sandbox().run(&Task::Preview { upright: false }, file, 10).await;
    assert!(matches!(done, Err(SandboxError::TooMuch)), "{done:?}");
}
