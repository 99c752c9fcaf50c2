//! Copies of photos without location metadata.
//!
//! A new file is built from parts known to be harmless: the coded picture, its colours, and the Exif fields for time, camera and
//! orientation. Everything else is left out, because a location can be in any of it: maker notes, thumbnails, XMP, a film after
//! the photo. The picture is not decoded, so it loses no quality.

mod chunks;
mod heif;
mod icc;
mod jpeg;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom, Write};

use exif::{DateTime, Field, Tag, Value, experimental::Writer};
use uuid::Uuid;

use crate::files::unreadable;
use crate::inspect::{Facts, blocking, look_at_picture, read_exif};
use crate::{FileStore, ReceiveError, types};

/// The Exif fields that a copy keeps.
const KEPT: [Tag; 9] = [
    Tag::Make,
    Tag::Model,
    Tag::Orientation,
    Tag::DateTimeOriginal,
    Tag::DateTimeDigitized,
    Tag::OffsetTimeOriginal,
    Tag::OffsetTimeDigitized,
    Tag::SubSecTimeOriginal,
    Tag::ColorSpace,
];

/// Maximum length of a maker's or camera's name that is kept, in bytes.
const NAME: usize = 40;

/// A copy of a photo without location metadata.
#[derive(Debug)]
pub struct LocationFreeCopy {
    pub bytes: Vec<u8>,
    /// The facts found in the copy.
    pub facts: Facts,
}

/// Separates the id of the file from the id of the copy in the key of a copy.
pub(crate) const COPY: &str = ".copy-";

/// Returns the storage key of a copy. `copy` is a new id, so that copies made at the same time have different keys.
pub fn key(file: Uuid, copy: Uuid) -> String {
    format!("{file}{COPY}{copy}")
}

/// Whether copies can be made of this type of picture.
pub fn is_possible(media_type: &str) -> bool {
    [types::JPEG, types::PNG, types::WEBP, types::HEIC, types::HEIF].contains(&media_type)
}

/// Makes a copy of a stored photo without location metadata.
///
/// Returns `None` unless the location is certainly gone and the picture unchanged. For a moment this takes up to three times the
/// size of the photo in memory.
pub async fn make(files: &FileStore, storage_key: &str, media_type: &str) -> Result<Option<LocationFreeCopy>, ReceiveError> {
    let Some(kind) = types::find(media_type).filter(|kind| is_possible(kind.media_type)) else {
        return Ok(None);
    };
    let original = files.copy_here(storage_key).await?;
    let made = blocking(original, |file| copy(file, kind.media_type).map_err(unreadable)).await;
    match made {
        Err(ReceiveError::Damaged) => Ok(None),
        made => made,
    }
}

fn copy(mut original: File, media_type: &'static str) -> std::io::Result<Option<LocationFreeCopy>> {
    let exif = read_exif(&mut original);
    original.seek(SeekFrom::Start(0))?;
    let mut bytes = Vec::new();
    original.read_to_end(&mut bytes)?;
    let Some(bytes) = rebuilt(&bytes, media_type, exif.as_ref().and_then(kept)) else {
        return Ok(None);
    };
    let mut file = tempfile::tempfile()?;
    file.write_all(&bytes)?;
    file.seek(SeekFrom::Start(0))?;
    let facts = look_at_picture(file, media_type);
    Ok((!facts.has_place).then_some(LocationFreeCopy { bytes, facts }))
}

fn rebuilt(bytes: &[u8], media_type: &str, exif: Option<Vec<u8>>) -> Option<Vec<u8>> {
    match media_type {
        types::JPEG => jpeg::without_place(bytes, exif),
        types::PNG => chunks::png(bytes, exif),
        types::WEBP => chunks::webp(bytes, exif),
        types::HEIC | types::HEIF => heif::without_place(bytes, exif),
        _ => None,
    }
}

/// Builds Exif data from the fields that a copy keeps. Returns `None` if there are none.
fn kept(exif: &exif::Exif) -> Option<Vec<u8>> {
    let primary = exif.fields().filter(|field| field.ifd_num == exif::In::PRIMARY);
    let fields: Vec<&Field> = primary.filter(|field| KEPT.contains(&field.tag) && is_plain(field)).collect();
    if fields.is_empty() {
        return None;
    }
    let mut writer = Writer::new();
    for field in fields {
        writer.push_field(field);
    }
    let mut out = Cursor::new(Vec::new());
    writer.write(&mut out, exif.little_endian()).ok()?;
    Some(out.into_inner())
}

/// Whether a field contains what its tag promises and no more: the name of a maker, a time, a number.
fn is_plain(field: &Field) -> bool {
    let Value::Ascii(texts) = &field.value else {
        return matches!(&field.value, Value::Short(numbers) if numbers.len() == 1);
    };
    let [text] = texts.as_slice() else { return false };
    match field.tag {
        Tag::Make | Tag::Model => text.len() <= NAME && !text.contains(&0),
        Tag::DateTimeOriginal | Tag::DateTimeDigitized => text.len() == 19 && DateTime::from_ascii(text).is_ok(),
        _ => text.len() <= 9 && text.iter().all(|byte| byte.is_ascii_digit() || b"+-: ".contains(byte)),
    }
}
