//! The file family of HEIC, MP4, MOV and 3GP: boxes, the first of which names the brand (ISO/IEC 14496-12, 4.3).

use crate::types;

/// Brands of HEVC-coded pictures (ISO/IEC 23008-12, annex B).
pub(crate) const HEIC: [&[u8; 4]; 4] = [b"heic", b"heix", b"heim", b"heis"];

/// Brands of MP4 video.
const FILM: [&[u8; 4]; 14] = [
    b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV",
];

/// Returns the media type of an accepted file of the family. AVIF and others are not accepted.
pub(crate) fn media_type(head: &[u8]) -> Option<&'static str> {
    let kind: &[u8; 4] = head.get(4..8)?.try_into().ok()?;
    if kind != b"ftyp" {
        // Older cameras write no brand: their QuickTime files begin with one of these boxes, of plausible size.
        let size = u32::from_be_bytes(head.get(..4)?.try_into().ok()?);
        let old = [b"moov", b"mdat", b"wide", b"pnot"].contains(&kind) && (size == 1 || size >= 8);
        return old.then_some(types::MOV);
    }
    let size = usize::try_from(u32::from_be_bytes(head.get(..4)?.try_into().ok()?)).ok()?;
    let major: &[u8; 4] = head.get(8..12)?.try_into().ok()?;
    let compatible = head.get(16..size.clamp(16, 256).min(head.len())).unwrap_or_default();
    let has = |brands: &[&[u8; 4]]| compatible.chunks_exact(4).any(|b| brands.iter().any(|brand| b == *brand));
    match major {
        b"qt  " => Some(types::MOV),
        b"M4A " | b"M4B " => Some(types::M4A),
        brand if HEIC.contains(&brand) => Some(types::HEIC),
        b"mif1" if has(&[b"avif"]) => None,
        b"mif1" if has(&HEIC) => Some(types::HEIC),
        b"mif1" => Some(types::HEIF),
        // These come before the MP4 brands that such files also declare, so that each keeps its own type.
        brand if brand.starts_with(b"3g2") => Some(types::THREE_G2),
        brand if brand.starts_with(b"3g") => Some(types::THREE_GP),
        brand if FILM.contains(&brand) => Some(types::MP4),
        // These are refused even if they declare an MP4 brand. Any other brand, such as a maker's own, counts as MP4 if it
        // declares one.
        b"avif" | b"avis" | b"msf1" | b"crx " => None,
        _ => has(&FILM).then_some(types::MP4),
    }
}
