//! The family of HEIC, MP4, MOV and 3GP: boxes, of which the first says the brand (ISO/IEC 14496-12, 4.3).

use crate::evidence::types;

/// Brands of HEVC-coded pictures (ISO/IEC 23008-12, annex B).
pub(in crate::evidence) const HEIC: [&[u8; 4]; 4] = [b"heic", b"heix", b"heim", b"heis"];

/// Brands of films.
const FILM: [&[u8; 4]; 14] = [
    b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV",
];

/// The media type, when it is one of the family that we accept. AVIF and others of the family are not.
pub(super) fn media_type(head: &[u8]) -> Option<&'static str> {
    let kind: &[u8; 4] = head.get(4..8)?.try_into().ok()?;
    if kind != b"ftyp" {
        // Cameras of before brands: a QuickTime film begins with one of its boxes, whose size is plausible.
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
        // Before the films they say they are like, so that each is kept under its own name.
        brand if brand.starts_with(b"3g2") => Some(types::THREE_G2),
        brand if brand.starts_with(b"3g") => Some(types::THREE_GP),
        brand if FILM.contains(&brand) => Some(types::MP4),
        // A maker's own brand, that says itself to be an ordinary film.
        b"avif" | b"avis" | b"msf1" | b"heim" | b"crx " => None,
        _ => has(&FILM).then_some(types::MP4),
    }
}
