//! Adds a location to every sample in every known way, and checks that no copy contains it.

use std::io::Write;

use crate::strip_location::*;
use crate::types::{HEIC, JPEG, PNG, WEBP};

macro_rules! sample {
    ($name:literal) => {
        include_bytes!(concat!("../../../../tests/samples/", $name)).to_vec()
    };
}

fn samples() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    vec![
        ("plain.jpg", JPEG, sample!("plain.jpg")),
        ("place.jpg", JPEG, sample!("place.jpg")),
        ("turned.jpg", JPEG, sample!("turned.jpg")),
        ("place.png", PNG, sample!("place.png")),
        ("seen-through.png", PNG, sample!("seen-through.png")),
        ("place.webp", WEBP, sample!("place.webp")),
        ("place.heic", HEIC, sample!("place.heic")),
        ("turned.heic", HEIC, sample!("turned.heic")),
        ("tiles.heic", HEIC, sample!("tiles.heic")),
        ("seen-through.heic", HEIC, sample!("seen-through.heic")),
    ]
}

const TEXT: &str = "+56.5034+003.2620/";

/// The coordinates as films, XMP and Exif data write them.
fn places() -> Vec<(&'static str, Vec<u8>)> {
    let film = boxed(
        b"moov",
        &boxed(b"udta", &boxed(b"\xa9xyz", &[b"\0\x12\x15\xc7", TEXT.as_bytes()].concat())),
    );
    let wide: Vec<u8> = format!("exif:GPSLatitude=\"{TEXT}\"")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    vec![
        ("film", [boxed(b"ftyp", b"isom\0\0\0\0"), film].concat()),
        ("whole film", sample!("place.mp4")),
        (
            "xmp",
            format!("<x:xmpmeta><exif:GPSLatitude>{TEXT}</exif:GPSLatitude></x:xmpmeta>").into_bytes(),
        ),
        ("wide xmp", wide),
        ("photo", sample!("place.jpg")),
        ("samsung", [b"MotionPhoto_Data", TEXT.as_bytes(), b"SEFH\0\0\0\0SEFT"].concat()),
    ]
}

fn is_said(bytes: &[u8]) -> bool {
    let wide: Vec<u8> = "56.5034".encode_utf16().flat_map(u16::to_le_bytes).collect();
    // As text, and 12.34 seconds as Exif data stores them.
    let ways = [&b"56.5034"[..], b"56,30.2N", &wide, &[0, 0, 0x04, 0xd2], &[0xd2, 0x04, 0, 0]];
    ways.iter().any(|way| memchr::memmem::find(bytes, way).is_some())
}

fn boxed(kind: &[u8], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len() + 8).unwrap();
    [&size.to_be_bytes()[..], kind, content].concat()
}

/// All ways to add something to a file of this type.
fn hung(media_type: &str, bytes: &[u8], place: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut ways = vec![("behind".to_owned(), [bytes, place].concat())];
    let mut at = |name: &str, position: usize, what: &[u8]| {
        ways.push((name.to_owned(), [&bytes[..position], what, &bytes[position..]].concat()));
    };
    match media_type {
        JPEG => {
            for marker in 0xe0..=0xef {
                for head in [
                    &b""[..],
                    b"JFIF\0\x01\x02\0\0\x01\0\x01\x01\x01",
                    b"Exif\0\0",
                    b"ICC_PROFILE\0\x01\x01",
                    b"MPF\0",
                    b"Adobe\0\x64\0\0\0\0\x01",
                ] {
                    let content = [head, place].concat();
                    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
                    at(
                        &format!("{marker:x} {}", head.escape_ascii()),
                        2,
                        &[&[0xff, marker][..], &length, &content].concat(),
                    );
                }
            }
            let length = u16::try_from(place.len() + 2).unwrap().to_be_bytes();
            at("remark", 2, &[&[0xff, 0xfe][..], &length, place].concat());
        }
        PNG => {
            for kind in [b"tEXt", b"iTXt", b"eXIf", b"iCCP", b"prVt", b"caNv", b"gAMA", b"pHYs", b"acTL"] {
                let length = u32::try_from(place.len()).unwrap().to_be_bytes();
                at(&kind.escape_ascii().to_string(), 33, &[&length[..], kind, place, &[0; 4]].concat());
            }
        }
        WEBP => {
            for kind in [b"EXIF", b"XMP ", b"ICCP", b"ANIM", b"JUNK"] {
                let filling: &[u8] = if place.len().is_multiple_of(2) { &[] } else { &[0] };
                let length = u32::try_from(place.len()).unwrap().to_le_bytes();
                let chunk = [kind, &length[..], place, filling].concat();
                let whole = u32::try_from(bytes.len() - 8 + chunk.len()).unwrap().to_le_bytes();
                ways.push((kind.escape_ascii().to_string(), [b"RIFF", &whole[..], &bytes[8..], &chunk].concat()));
            }
        }
        _ => {
            for kind in [b"mpvd", b"uuid", b"free", b"skip", b"udta", b"meta", b"moov", b"sefd", b"mdat"] {
                ways.push((kind.escape_ascii().to_string(), [bytes, &boxed(kind, place)].concat()));
            }
            // A box of length zero extends to the end of the file.
            ways.push(("to the end".to_owned(), [bytes, b"\0\0\0\0uuid", place].concat()));
        }
    }
    ways
}

fn copy_of(bytes: &[u8], media_type: &'static str) -> Option<LocationFreeCopy> {
    copy(file(bytes), media_type).unwrap()
}

fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    file
}

#[test]
fn whatever_hangs_on_a_picture_is_found_and_not_copied() {
    for (name, media_type, bytes) in samples() {
        let plain = copy_of(&bytes, media_type).unwrap_or_else(|| panic!("no copy of {name} was made"));
        assert!(!is_said(&plain.bytes), "{name}");
        for (what, place) in places() {
            for (how, hung) in hung(media_type, &bytes, &place) {
                assert!(
                    look_at_picture(file(&hung), media_type).has_place,
                    "{what} in {how} of {name} must be found"
                );
                // A file that the addition breaks has no copy.
                let copy = copy_of(&hung, media_type);
                assert!(copy.is_none_or(|copy| !is_said(&copy.bytes)), "{what} in {how} of {name}");
            }
        }
    }
}

#[test]
fn what_hangs_behind_a_picture_or_in_boxes_beside_it_does_not_keep_a_copy_from_being_made() {
    for (name, media_type, bytes) in samples() {
        let plain = copy_of(&bytes, media_type).unwrap().bytes;
        for (what, place) in places() {
            for (how, hung) in hung(media_type, &bytes, &place) {
                let beside = ["behind", "mpvd", "uuid", "free", "udta", "mdat", "XMP ", "tEXt", "remark"];
                if beside.contains(&how.as_str()) {
                    let copy = copy_of(&hung, media_type).unwrap_or_else(|| panic!("{what} in {how} of {name}"));
                    assert!(copy.bytes == plain, "{what} in {how} of {name}");
                }
            }
        }
    }
}

#[test]
fn a_copy_of_a_copy_is_the_same() {
    for (name, media_type, bytes) in samples() {
        let once = copy_of(&bytes, media_type).unwrap().bytes;
        assert!(copy_of(&once, media_type).unwrap().bytes == once, "{name}");
    }
}

#[test]
fn one_cut_off_anywhere_has_no_copy_or_one_that_says_nothing() {
    for (name, media_type, bytes) in samples() {
        for end in (0..bytes.len()).step_by(3) {
            let copy = copy_of(&bytes[..end], media_type);
            assert!(copy.is_none_or(|copy| !is_said(&copy.bytes)), "{name} cut at {end}");
        }
    }
}
