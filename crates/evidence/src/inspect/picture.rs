//! Facts about a photo: when it was taken, and whether it contains a location.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

use exif::{DateTime, Exif, In, Reader, Tag, Value};

use crate::inspect::Facts;
use crate::inspect::location::Search;
use crate::types::PNG;

/// Exif tags that reveal a location.
const PLACE: [Tag; 6] = [
    Tag::GPSLatitude,
    Tag::GPSLongitude,
    Tag::GPSDestLatitude,
    Tag::GPSDestLongitude,
    Tag::GPSAreaInformation,
    Tag::GPSProcessingMethod,
];

/// How many bytes are read at once.
const PIECE: usize = 256 * 1024;

/// Maximum bytes unpacked per compressed text, and maximum number of such texts. A file with more is made to hide something, and
/// counts as having a location.
const TEXT: u64 = 1024 * 1024;
const TEXTS: usize = 64;

/// Returns the facts about a picture. Metadata that cannot be read counts as absent.
pub(crate) fn picture_facts(mut file: File, media_type: &'static str) -> Facts {
    let exif = read(&mut file);
    let _ = file.seek(SeekFrom::Start(0));
    Facts {
        media_type,
        taken_at: exif.as_ref().and_then(taken_at),
        has_place: exif.as_ref().is_some_and(tells_place) || contains_location(&mut file, media_type).unwrap_or_default(),
    }
}

/// Reads the Exif data of a picture, as far as possible.
pub(crate) fn read(file: &mut File) -> Option<Exif> {
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

/// Returns when the picture was taken, according to the camera.
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
        // An invalid offset is treated as a missing one.
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

/// Whether there is a location anywhere in the file.
fn contains_location(file: &mut File, media_type: &str) -> std::io::Result<bool> {
    let mut search = Search::default();
    let mut buffer = vec![0; PIECE];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            read => search.look(&buffer[..read]),
        }
    }
    if search.finish() {
        return Ok(true);
    }
    if media_type != PNG {
        return Ok(false);
    }
    file.seek(SeekFrom::Start(0))?;
    packed_text_says_where(BufReader::new(file))
}

/// Searches the compressed texts of a PNG for a location (PNG, third edition, 11.3.3). A truncated end is ignored.
///
/// Such a text may be XMP. Some programs also write all Exif data this way, in hexadecimal digits.
fn packed_text_says_where(mut png: impl Read) -> std::io::Result<bool> {
    let mut head = [0; 8];
    let mut packed = 0;
    png.read_exact(&mut head)?;
    while png.read_exact(&mut head).is_ok() {
        let [a, b, c, d, kind @ ..] = head;
        let length = u64::from(u32::from_be_bytes([a, b, c, d]));
        let mut content = png.by_ref().take(length + 4);
        if [*b"zTXt", *b"iTXt"].contains(&kind) {
            let mut text = Vec::new();
            content.read_to_end(&mut text)?;
            packed += 1;
            if packed > TEXTS || unpacked_says_where(&text) {
                return Ok(true);
            }
        } else {
            std::io::copy(&mut content, &mut std::io::sink())?;
        }
    }
    Ok(false)
}

fn unpacked_says_where(chunk: &[u8]) -> bool {
    // The compressed text begins after uncompressed ones: a keyword, a language, the translated keyword.
    let starts = chunk
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == 0x78)
        .map(|(at, _)| at)
        .take(4);
    for start in starts {
        let mut text = Vec::new();
        // Text that was unpacked before an error counts.
        let _ = flate2::read::ZlibDecoder::new(&chunk[start..]).take(TEXT).read_to_end(&mut text);
        let digits: Vec<u8> = text.iter().copied().filter(u8::is_ascii_hexdigit).collect();
        let mut search = Search::default();
        search.look(&text);
        for skipped in [0, 1] {
            // The head of a hexadecimal text may contain an odd number of digits.
            let pairs = digits.get(skipped..).unwrap_or_default().as_chunks::<2>().0;
            search.look(&hex::decode(pairs.as_flattened()).unwrap_or_default());
        }
        if search.finish() {
            return true;
        }
    }
    false
}
