//! PNG and WebP: lists of chunks. Only chunks of known kinds and lengths are copied.

use std::io::{Read, Write};

use crate::strip_location::icc;

/// Chunks of a PNG that form a still or animated picture (PNG, third edition). Some have a fixed length.
const PNG: [(&[u8; 4], Option<usize>); 14] = [
    (b"IHDR", Some(13)),
    (b"PLTE", None),
    (b"IDAT", None),
    (b"IEND", Some(0)),
    (b"tRNS", None),
    (b"gAMA", Some(4)),
    (b"cHRM", Some(32)),
    (b"sRGB", Some(1)),
    (b"cICP", Some(4)),
    (b"sBIT", None),
    (b"pHYs", Some(9)),
    (b"acTL", Some(8)),
    (b"fcTL", Some(26)),
    (b"fdAT", None),
];

/// Maximum length of those that have no fixed length and are not picture data.
const SHORT: [(&[u8; 4], usize); 3] = [(b"PLTE", 768), (b"tRNS", 256), (b"sBIT", 4)];

/// Maximum size of an unpacked colour profile, in bytes.
const PROFILE: u64 = 4 * 1024 * 1024;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

pub(crate) fn png(bytes: &[u8], exif: Option<Vec<u8>>) -> Option<Vec<u8>> {
    let mut out = SIGNATURE.to_vec();
    let mut put = |kind: &[u8; 4], content: &[u8]| {
        let mut sum = flate2::Crc::new();
        sum.update(kind);
        sum.update(content);
        out.extend(u32::try_from(content.len()).unwrap_or(u32::MAX).to_be_bytes());
        out.extend(kind);
        out.extend(content);
        out.extend(sum.sum().to_be_bytes());
    };
    let mut exif = exif;
    let mut rest = bytes.strip_prefix(SIGNATURE)?;
    loop {
        let length = usize::try_from(u32::from_be_bytes(rest.get(..4)?.try_into().ok()?)).ok()?;
        let kind: &[u8; 4] = rest.get(4..8)?.try_into().ok()?;
        let content = rest.get(8..length.checked_add(8)?)?;
        rest = rest.get(length + 12..)?;
        if kind == b"IDAT"
            && let Some(exif) = exif.take()
        {
            put(b"eXIf", &exif);
        }
        if kind == b"iCCP" {
            if let Some(profile) = profile(content) {
                put(kind, &profile);
            }
            continue;
        }
        let fits = PNG.iter().find(|(known, _)| *known == kind).map(|(_, fixed)| {
            let most = SHORT.iter().find(|(short, _)| *short == kind).map(|(_, most)| *most);
            fixed.is_none_or(|fixed| fixed == length) && most.is_none_or(|most| length <= most)
        });
        match fits {
            Some(true) => put(kind, content),
            Some(false) => return None,
            None => {}
        }
        if kind == b"IEND" {
            return Some(out);
        }
    }
}

/// Rebuilds the content of a colour profile chunk: a name, the compression method, and the compressed profile.
fn profile(content: &[u8]) -> Option<Vec<u8>> {
    let name = memchr::memchr(0, content)?;
    let mut unpacked = Vec::new();
    let packed = flate2::read::ZlibDecoder::new(content.get(name + 2..)?);
    packed.take(PROFILE).read_to_end(&mut unpacked).ok()?;
    let mut out = flate2::write::ZlibEncoder::new(b"icc\0\0".to_vec(), flate2::Compression::default());
    out.write_all(&icc::rebuilt(&unpacked)?).ok()?;
    out.finish().ok()
}

/// Bits of the first byte of `VP8X`: which chunks there are besides the picture (RFC 9649, 2.7.1).
const HAS_PROFILE: u8 = 0x20;
const HAS_EXIF: u8 = 0x08;
const HAS_XMP: u8 = 0x04;

pub(crate) fn webp(bytes: &[u8], exif: Option<Vec<u8>>) -> Option<Vec<u8>> {
    let length = usize::try_from(u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?)).ok()?;
    if !bytes.starts_with(b"RIFF") || bytes.get(8..12)? != b"WEBP" {
        return None;
    }
    let content = bytes.get(12..length.checked_add(8)?)?;
    let mut out = b"WEBP".to_vec();
    let (mut has_profile, mut head) = (false, None);
    for (kind, content) in chunks(content)? {
        match &kind {
            b"VP8X" => {
                head = Some(out.len() + 8);
                put(&mut out, kind, content.get(..10)?);
            }
            b"ICCP" => {
                if let Some(profile) = icc::rebuilt(content) {
                    has_profile = true;
                    put(&mut out, kind, &profile);
                }
            }
            b"ANIM" => put(&mut out, kind, content.get(..6)?),
            b"ANMF" => {
                let mut frame = content.get(..16)?.to_vec();
                for (kind, content) in chunks(&content[16..])? {
                    if [*b"ALPH", *b"VP8 ", *b"VP8L"].contains(&kind) {
                        put(&mut frame, kind, content);
                    }
                }
                put(&mut out, kind, &frame);
            }
            b"ALPH" | b"VP8 " | b"VP8L" => put(&mut out, kind, content),
            _ => {}
        }
    }
    if let Some(head) = head {
        let flags = out.get_mut(head)?;
        *flags &= !(HAS_PROFILE | HAS_EXIF | HAS_XMP);
        if has_profile {
            *flags |= HAS_PROFILE;
        }
        // A file without `VP8X` cannot contain Exif data.
        if let Some(exif) = exif {
            *flags |= HAS_EXIF;
            put(&mut out, *b"EXIF", &exif);
        }
    }
    let length = u32::try_from(out.len()).ok()?.to_le_bytes();
    Some([b"RIFF", &length[..], &out].concat())
}

/// Lists the chunks in a part of a WebP. Returns `None` if they do not fill it.
fn chunks(mut rest: &[u8]) -> Option<Vec<([u8; 4], &[u8])>> {
    let mut found = Vec::new();
    while !rest.is_empty() {
        let kind = rest.get(..4)?.try_into().ok()?;
        let length = usize::try_from(u32::from_le_bytes(rest.get(4..8)?.try_into().ok()?)).ok()?;
        let content = rest.get(8..length.checked_add(8)?)?;
        found.push((kind, content));
        // A chunk of odd length is followed by a padding byte, which some writers leave out at the end.
        rest = rest.get(8 + length.next_multiple_of(2)..).unwrap_or_default();
    }
    Some(found)
}

fn put(out: &mut Vec<u8>, kind: [u8; 4], content: &[u8]) {
    out.extend(kind);
    out.extend(u32::try_from(content.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend(content);
    if !content.len().is_multiple_of(2) {
        out.push(0);
    }
}
