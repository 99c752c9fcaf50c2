//! JPEG: segments, then the picture, then whatever a maker has put behind it.

use bytes::Bytes;
use img_parts::ImageEXIF;
use img_parts::jpeg::{Jpeg, JpegSegment, markers};

pub(super) fn without_place(bytes: Vec<u8>, exif: Option<Vec<u8>>) -> Option<Vec<u8>> {
    let mut picture = Jpeg::from_bytes(bytes.into()).ok()?;
    picture.segments_mut().retain(is_harmless);
    picture.set_exif(exif.map(Bytes::from));
    let mut bytes = picture.encoder().bytes().to_vec();
    let end = end_of_picture(&bytes)?;
    bytes.truncate(end);
    Some(bytes)
}

/// Of the segments of applications: JFIF's header, colour profiles, Adobe's note on colours. All that are not applications' or
/// remarks are the picture.
fn is_harmless(segment: &JpegSegment) -> bool {
    let contents = segment.contents();
    match segment.marker() {
        markers::APP0 => contents.starts_with(b"JFIF\0"),
        markers::APP2 => contents.starts_with(b"ICC_PROFILE\0"),
        markers::APP14 => contents.starts_with(b"Adobe"),
        markers::APP1..=markers::APP15 | markers::COM => false,
        _ => true,
    }
}

/// Where the picture ends; `None` when it has no end, or segments of applications between its parts, which nothing that
/// takes photos writes.
fn end_of_picture(bytes: &[u8]) -> Option<usize> {
    let mut at = 2;
    let mut in_scan = false;
    loop {
        let [mark, marker] = *bytes.get(at..at + 2)? else { return None };
        if mark != 0xff {
            if !in_scan {
                return None;
            }
            at += 1;
            continue;
        }
        match marker {
            markers::EOI => return Some(at + 2),
            // A byte of the picture that looks like a mark, a place to start anew, filling.
            0x00 | markers::RST0..=markers::RST7 if in_scan => at += 2,
            0xff => at += 1,
            markers::APP0..=markers::APP15 | markers::COM if in_scan => return None,
            _ => {
                let length = u16::from_be_bytes(bytes.get(at + 2..at + 4)?.try_into().ok()?);
                at += 2 + usize::from(length);
                in_scan |= marker == markers::SOS;
            }
        }
    }
}
