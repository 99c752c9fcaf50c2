//! A copy of a photo that does not say where it was taken.
//!
//! Only what is known to be harmless is taken over: the picture itself, its colours, and from the Exif data when it was taken,
//! with what, and which way up. Everything else stays behind, because the place can be in any of it: notes of the maker, small
//! pictures, XMP, a film behind the photo. The picture's own bytes are not decoded, so nothing of it gets worse.

mod heif;
mod jpeg;

use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom, Write};

use bytes::Bytes;
use exif::{Field, Tag, experimental::Writer};
use img_parts::ImageEXIF;
use img_parts::png::Png;
use img_parts::webp::WebP;
use uuid::Uuid;

use super::examine::{Facts, blocking, look_at_picture, read_exif};
use super::whole::unreadable;
use super::{Files, ReceiveError, types};

/// What is taken over of the Exif data.
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

/// Chunks of a PNG that are the picture and how to show it, still or moving (PNG, third edition).
const PNG: [&[u8; 4]; 15] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT", b"pHYs", b"acTL", b"fcTL", b"fdAT",
];

/// The same of a WebP.
const WEBP: [&[u8; 4]; 7] = [b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"];

/// A photo without its place.
#[derive(Debug)]
pub struct Copy {
    pub bytes: Vec<u8>,
    /// As they are found in the copy.
    pub facts: Facts,
}

/// What follows the id of a file in the key of its copy.
pub(super) const COPY: &str = ".copy-";

/// Where a copy of a file is kept. `copy` is an id of its own, so that two made at once do not meet.
#[must_use]
pub fn key(file: Uuid, copy: Uuid) -> String {
    format!("{file}{COPY}{copy}")
}

/// Whether copies can be made of this kind of picture.
#[must_use]
pub fn is_possible(media_type: &str) -> bool {
    [types::JPEG, types::PNG, types::WEBP, types::HEIC, types::HEIF].contains(&media_type)
}

/// A copy of a stored photo without its place; `None` when it cannot be made so that the place is surely gone and the picture
/// is not touched. In memory up to three times the size of a photo for that moment.
///
/// # Errors
/// [`ReceiveError::Storage`] when the file cannot be read.
pub async fn make(files: &Files, storage_key: &str, media_type: &str) -> Result<Option<Copy>, ReceiveError> {
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

fn copy(mut original: File, media_type: &'static str) -> std::io::Result<Option<Copy>> {
    let exif = read_exif(&mut original);
    original.seek(SeekFrom::Start(0))?;
    let mut bytes = Vec::new();
    original.read_to_end(&mut bytes)?;
    let kept = exif.as_ref().and_then(kept);
    let made = match media_type {
        types::JPEG => jpeg::without_place(bytes, kept),
        types::PNG => png(bytes, kept),
        types::WEBP => webp(bytes, kept),
        types::HEIC | types::HEIF => heif::without_place(bytes, exif.as_ref().map(exif::Exif::buf), kept),
        _ => None,
    };
    let Some(bytes) = made else { return Ok(None) };
    let mut file = tempfile::tempfile()?;
    file.write_all(&bytes)?;
    file.seek(SeekFrom::Start(0))?;
    let facts = look_at_picture(file, media_type);
    Ok((!facts.has_place).then_some(Copy { bytes, facts }))
}

/// Exif data with what is taken over; `None` when there is nothing of it.
fn kept(exif: &exif::Exif) -> Option<Vec<u8>> {
    let fields: Vec<&Field> = exif
        .fields()
        .filter(|field| field.ifd_num == exif::In::PRIMARY && KEPT.contains(&field.tag))
        .collect();
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

fn png(bytes: Vec<u8>, exif: Option<Vec<u8>>) -> Option<Vec<u8>> {
    let mut picture = Png::from_bytes(bytes.into()).ok()?;
    picture.chunks_mut().retain(|chunk| PNG.contains(&&chunk.kind()));
    picture.set_exif(exif.map(Bytes::from));
    Some(picture.encoder().bytes().to_vec())
}

fn webp(bytes: Vec<u8>, exif: Option<Vec<u8>>) -> Option<Vec<u8>> {
    /// Bits of the first byte of `VP8X`: there is Exif data, there is XMP.
    const EXIF: u8 = 0x08;
    const XMP: u8 = 0x04;
    let mut picture = WebP::from_bytes(bytes.into()).ok()?;
    picture.chunks_mut().retain(|chunk| WEBP.contains(&&chunk.id()));
    let has_exif = exif.is_some();
    picture.set_exif(exif.map(Bytes::from));
    let mut bytes = picture.encoder().bytes().to_vec();
    // The extended header is the first chunk, and says what follows.
    if bytes.get(12..16) == Some(b"VP8X") {
        let flags = bytes.get_mut(20)?;
        *flags &= !(EXIF | XMP);
        if has_exif {
            *flags |= EXIF;
        }
    }
    Some(bytes)
}
