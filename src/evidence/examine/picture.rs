//! What a photo says of itself: when it was taken, and whether it says where.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

use exif::{DateTime, Exif, In, Reader, Tag, Value};

use super::Facts;

/// Tags whose presence tells a place.
const PLACE: [Tag; 6] = [
    Tag::GPSLatitude,
    Tag::GPSLongitude,
    Tag::GPSDestLatitude,
    Tag::GPSDestLongitude,
    Tag::GPSAreaInformation,
    Tag::GPSProcessingMethod,
];

/// What tells a place in XMP, which is plain text in all kinds of pictures (XMP part 2, the Exif namespace; IPTC).
const PLACE_WORDS: [&[u8]; 4] = [b"GPSLatitude", b"GPSLongitude", b"photoshop:City", b"Iptc4xmpExt:LocationCreated"];

/// How much is read at once, in bytes.
const PIECE: usize = 256 * 1024;

/// Facts about a picture. One that says nothing, or nothing that can be read, has none.
pub(in crate::evidence) fn look(mut file: File, media_type: &'static str) -> Facts {
    let exif = read(&mut file);
    let _ = file.seek(SeekFrom::Start(0));
    Facts {
        media_type,
        taken_at: exif.as_ref().and_then(taken_at),
        has_place: exif.as_ref().is_some_and(tells_place) || words(&mut file),
    }
}

/// The Exif data of a picture, as far as it can be read.
pub(in crate::evidence) fn read(file: &mut File) -> Option<Exif> {
    let mut reader = BufReader::new(file);
    let read = Reader::new().continue_on_error(true).read_from_container(&mut reader);
    match read {
        Ok(exif) => Some(exif),
        Err(e) => e.distill_partial_result(|_| {}).ok(),
    }
}

fn tells_place(exif: &Exif) -> bool {
    exif.fields().any(|field| PLACE.contains(&field.tag))
}

/// When the camera says it was taken.
fn taken_at(exif: &Exif) -> Option<String> {
    let ascii = |tag| match &exif.get_field(tag, In::PRIMARY)?.value {
        Value::Ascii(parts) => parts.first().cloned(),
        _ => None,
    };
    let (text, offset) = match ascii(Tag::DateTimeOriginal) {
        Some(text) => (text, ascii(Tag::OffsetTimeOriginal)),
        None => (ascii(Tag::DateTimeDigitized)?, ascii(Tag::OffsetTimeDigitized)),
    };
    let mut at = DateTime::from_ascii(&text).ok()?;
    if let Some(offset) = offset {
        // An offset that is none is as good as no offset.
        let _ = at.parse_offset(&offset);
    }
    // Cameras whose clock was never set write zeros.
    let month = time::Month::try_from(at.month).ok()?;
    time::Date::from_calendar_date(i32::from(at.year), month, at.day).ok()?;
    time::Time::from_hms(at.hour, at.minute, at.second).ok()?;
    let DateTime {
        year,
        month,
        day,
        hour,
        minute,
        second,
        ..
    } = at;
    let offset = at.offset.filter(|o| o.unsigned_abs() <= 14 * 60).map_or_else(String::new, |o| {
        let sign = if o < 0 { '-' } else { '+' };
        format!("{sign}{:02}:{:02}", o.unsigned_abs() / 60, o.unsigned_abs() % 60)
    });
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{offset}"))
}

/// Whether one of [`PLACE_WORDS`] stands anywhere in the file.
fn words(file: &mut File) -> bool {
    let longest = PLACE_WORDS.iter().map(|word| word.len()).max().unwrap_or_default();
    let mut buffer = vec![0; PIECE + longest];
    let mut kept = 0;
    loop {
        let Ok(read @ 1..) = file.read(&mut buffer[kept..]) else {
            return false;
        };
        let filled = kept + read;
        if PLACE_WORDS
            .iter()
            .any(|word| memchr::memmem::find(&buffer[..filled], word).is_some())
        {
            return true;
        }
        kept = filled.min(longest - 1);
        buffer.copy_within(filled - kept..filled, 0);
    }
}
