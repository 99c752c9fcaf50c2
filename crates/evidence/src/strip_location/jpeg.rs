//! JPEG (ITU-T T.81): segments and coded data. Only segments of known kinds and lengths are copied, and nothing after the end of
//! the picture.

use crate::strip_location::icc;

const SOI: [u8; 2] = [0xff, 0xd8];
const EOI: [u8; 2] = [0xff, 0xd9];
const PROFILE: &[u8] = b"ICC_PROFILE\0";

/// Maximum content of a segment, in bytes.
const MOST: usize = 65_533;

#[derive(Default)]
struct Parts {
    /// How the picture is to be shown: the JFIF header without its thumbnail, and Adobe's segment about colours.
    jfif: Option<Vec<u8>>,
    adobe: Option<Vec<u8>>,
    /// Pieces of the colour profile, each with its number.
    profile: Vec<(u8, Vec<u8>)>,
    /// The picture: tables, frames, scans.
    picture: Vec<u8>,
}

pub(crate) fn without_place(bytes: &[u8], exif: Option<Vec<u8>>) -> Option<Vec<u8>> {
    let parts = Parts::read(bytes)?;
    let mut out = SOI.to_vec();
    let mut put = |marker: u8, content: &[&[u8]]| {
        let content = content.concat();
        out.extend([0xff, marker]);
        out.extend(u16::try_from(content.len() + 2).unwrap_or(u16::MAX).to_be_bytes());
        out.extend(content);
    };
    if let Some(jfif) = &parts.jfif {
        put(0xe0, &[jfif]);
    }
    if let Some(exif) = exif.filter(|exif| exif.len() + 6 <= MOST) {
        put(0xe1, &[b"Exif\0\0", &exif]);
    }
    if let Some(profile) = parts.profile() {
        let pieces = profile.chunks(MOST - PROFILE.len() - 2);
        let count = u8::try_from(pieces.len()).ok()?;
        for (number, piece) in (1..=count).zip(pieces) {
            put(0xe2, &[PROFILE, &[number, count], piece]);
        }
    }
    if let Some(adobe) = &parts.adobe {
        put(0xee, &[adobe]);
    }
    out.extend(parts.picture);
    out.extend(EOI);
    Some(out)
}

impl Parts {
    /// Returns `None` for a picture without an end, or with a segment that violates the standard.
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut parts = Self::default();
        let mut rest = bytes.strip_prefix(&SOI)?;
        loop {
            // Any number of fill bytes may come before a marker.
            while let [0xff, 0xff, ..] = rest {
                rest = &rest[1..];
            }
            let [0xff, marker, after @ ..] = rest else { return None };
            if *marker == EOI[1] {
                return Some(parts);
            }
            let [high, low, ..] = *after else { return None };
            let length = usize::from(u16::from_be_bytes([high, low]));
            let content = after.get(2..length)?;
            rest = &after[length..];
            parts.take(*marker, content)?;
            if *marker == 0xda {
                let (coded, behind) = rest.split_at(coded_length(rest)?);
                parts.picture.extend_from_slice(coded);
                rest = behind;
            }
        }
    }

    fn take(&mut self, marker: u8, content: &[u8]) -> Option<()> {
        match marker {
            0xe0 if content.starts_with(b"JFIF\0") => {
                // Version and density; the size of the thumbnail is set to zero.
                let header = content.get(..12)?;
                self.jfif.get_or_insert([header, &[0, 0]].concat());
            }
            0xe2 if content.starts_with(PROFILE) => {
                let [number, _, piece @ ..] = &content[PROFILE.len()..] else {
                    return None;
                };
                self.profile.push((*number, piece.to_vec()));
            }
            0xee if content.starts_with(b"Adobe") => {
                self.adobe.get_or_insert(content.get(..12)?.to_vec());
            }
            0xe0..=0xef | 0xfe => {}
            _ if is_as_in_the_standard(marker, content) => {
                self.picture.extend([0xff, marker]);
                self.picture.extend(u16::try_from(content.len() + 2).ok()?.to_be_bytes());
                self.picture.extend_from_slice(content);
            }
            _ => return None,
        }
        Some(())
    }

    fn profile(&self) -> Option<Vec<u8>> {
        let mut pieces = self.profile.clone();
        pieces.sort_by_key(|(number, _)| *number);
        let whole: Vec<u8> = pieces.into_iter().flat_map(|(_, piece)| piece).collect();
        icc::rebuilt(&whole)
    }
}

/// Whether a segment of the picture is exactly as long as its fields say.
fn is_as_in_the_standard(marker: u8, content: &[u8]) -> bool {
    match marker {
        // Huffman tables: a class, the number of codes of each length, and the codes.
        0xc4 => tables(content, |table| {
            Some(17 + table.get(1..17)?.iter().map(|n| usize::from(*n)).sum::<usize>())
        }),
        // Quantization tables: a precision, and 64 numbers.
        0xdb => tables(content, |table| Some(if table.first()? >> 4 == 0 { 65 } else { 129 })),
        // Conditioning tables of arithmetic coding.
        0xcc => content.len().is_multiple_of(2),
        // Frame headers. 0xc8 is reserved.
        0xc0..=0xcf if marker != 0xc8 => content.get(5).is_some_and(|n| content.len() == 6 + 3 * usize::from(*n)),
        0xda => content.first().is_some_and(|n| content.len() == 4 + 2 * usize::from(*n)),
        // The number of lines, and the restart interval.
        0xdc | 0xdd => content.len() == 2,
        _ => false,
    }
}

fn tables(mut content: &[u8], length: impl Fn(&[u8]) -> Option<usize>) -> bool {
    while !content.is_empty() {
        match length(content).and_then(|length| content.get(length..)) {
            Some(rest) => content = rest,
            None => return false,
        }
    }
    true
}

/// Returns the length of the coded data that begins here, or `None` if no marker ends it.
fn coded_length(rest: &[u8]) -> Option<usize> {
    let mut marks = memchr::memchr_iter(0xff, rest);
    // Escaped 0xff bytes and restart markers belong to the coded data.
    marks.find(|at| !matches!(rest.get(at + 1), Some(0x00 | 0xd0..=0xd7)))
}
