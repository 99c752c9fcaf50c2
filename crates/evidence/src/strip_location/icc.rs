//! Colour profiles (ICC.1:2022): a header, a list of tags, and the tags' data. Only tags that define colours are copied, and no
//! text.

/// Length of the header, in bytes.
const HEADER: usize = 128;

/// Tags that define colours: tables, curves, points, and how to adapt them.
const PARTS: [&[u8; 4]; 29] = [
    b"A2B0", b"A2B1", b"A2B2", b"A2B3", b"B2A0", b"B2A1", b"B2A2", b"B2A3", b"D2B0", b"D2B1", b"D2B2", b"D2B3", b"B2D0", b"B2D1", b"B2D2",
    b"B2D3", b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC", b"kTRC", b"wtpt", b"bkpt", b"chad", b"gamt", b"lumi", b"cicp",
];

/// Data types of those tags. Data of another type may be text.
const TYPES: [&[u8; 4]; 10] = [
    b"XYZ ", b"curv", b"para", b"sf32", b"mft1", b"mft2", b"mAB ", b"mBA ", b"mpet", b"cicp",
];

/// Maximum number of tags in a profile.
const MOST: u32 = 100;

/// Rebuilds a profile with its colours and nothing else. Returns `None` if the bytes are no profile.
pub(crate) fn rebuilt(profile: &[u8]) -> Option<Vec<u8>> {
    let long = |at: usize| Some(u32::from_be_bytes(profile.get(at..at + 4)?.try_into().ok()?));
    if profile.get(36..40)? != b"acsp" {
        return None;
    }
    let count = long(HEADER).filter(|count| *count <= MOST)?;
    let mut parts: Vec<([u8; 4], &[u8])> = Vec::new();
    for n in 0..usize::try_from(count).ok()? {
        let entry = HEADER + 4 + n * 12;
        let name: [u8; 4] = profile.get(entry..entry + 4)?.try_into().ok()?;
        let start = usize::try_from(long(entry + 4)?).ok()?;
        let end = start.checked_add(usize::try_from(long(entry + 8)?).ok()?)?;
        let part = profile.get(start..end)?;
        if PARTS.contains(&&name) && TYPES.iter().any(|kind| part.starts_with(*kind)) {
            parts.push((name, part));
        }
    }
    let mut header = profile[..HEADER].to_vec();
    // Colour management module, platform, device, creator, hash and reserved bytes.
    for unneeded in [4..8, 40..44, 48..64, 80..HEADER] {
        header[unneeded].fill(0);
    }
    let mut list = u32::try_from(parts.len()).ok()?.to_be_bytes().to_vec();
    let first = HEADER + 4 + parts.len() * 12;
    let mut contents: Vec<u8> = Vec::new();
    let mut written: Vec<(&[u8], usize)> = Vec::new();
    for (name, part) in parts {
        // The three curves are often the same.
        let known = written.iter().find(|(content, _)| *content == part).map(|(_, at)| *at);
        let at = known.unwrap_or(first + contents.len());
        if known.is_none() {
            written.push((part, at));
            contents.extend_from_slice(part);
            contents.resize(contents.len().next_multiple_of(4), 0);
        }
        list.extend(name);
        list.extend(u32::try_from(at).ok()?.to_be_bytes());
        list.extend(u32::try_from(part.len()).ok()?.to_be_bytes());
    }
    let mut profile = [header, list, contents].concat();
    let size = u32::try_from(profile.len()).ok()?.to_be_bytes();
    profile[..4].copy_from_slice(&size);
    Some(profile)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_stay_and_text_goes() {
        let mut profile = vec![9; HEADER];
        profile[36..40].copy_from_slice(b"acsp");
        profile.extend(3_u32.to_be_bytes());
        let first = u32::try_from(HEADER + 4 + 36).unwrap();
        for (name, at, length) in [(b"rXYZ", first, 20_u32), (b"desc", first + 20, 16), (b"gXYZ", first, 20)] {
            profile.extend([&name[..], &at.to_be_bytes(), &length.to_be_bytes()].concat());
        }
        profile.extend(b"XYZ \x00\x00\x00\x000123456789ab");
        profile.extend(b"desc\x00\x00\x00\x0056.5034 ");
        profile.extend(b"56.5034 behind it");
        let kept = rebuilt(&profile).unwrap();
        assert_eq!(kept.len(), HEADER + 4 + 24 + 20, "two tags share one part");
        assert!(kept.ends_with(b"XYZ \x00\x00\x00\x000123456789ab"));
        assert_eq!(kept[..4], u32::try_from(kept.len()).unwrap().to_be_bytes());
        assert_eq!(rebuilt(&kept), Some(kept.clone()), "a second pass removes nothing");
        assert_eq!((rebuilt(b""), rebuilt(&profile[..150])), (None, None));
    }
}
