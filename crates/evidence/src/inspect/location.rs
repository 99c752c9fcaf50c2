//! Searches a whole file for a location, wherever it is stored.
//!
//! It may be in Exif data, XMP, IPTC fields, film metadata, or in a film or picture after the first one. The search ignores the
//! file format, so a container inside another needs no reader of its own.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use memchr::memmem;

/// How many bytes are searched at once.
const PIECE: usize = 1024 * 1024;

/// How many bytes beyond a mark's beginning are loaded when the mark is judged. Exif data of a photo is shorter.
const AHEAD: usize = 1024 * 1024;

/// Text that names a location: XMP of cameras, drones and photo programs, Apple's key in films, sentences of GPS receivers.
///
/// The search covers encodings with one byte and with two bytes per character.
const WORDS: [&str; 16] = [
    // In `GPSLatitude`, `GPSDestLatitude` and `drone-dji:GpsLatitude`.
    "Latitude",
    "Longitude",
    // A misspelling that drones write.
    "Longtitude",
    "\"latitude",
    "\"longitude",
    ":latitude",
    ":longitude",
    "photoshop:City",
    "LocationCreated",
    "LocationShown",
    "Iptc4xmpCore:Location",
    "location.ISO6709",
    "$GPRMC,",
    "$GNRMC,",
    "$GPGGA,",
    "$GNGGA,",
];

/// Beginnings of data that must be parsed, because it may contain a location.
///
/// These are Exif data in both byte orders, metadata of films, a film's list of tracks, and IPTC fields.
const BEGINNINGS: [&[u8]; 6] = [b"II*\0", b"MM\0*", b"loci", b"\xa9xyz", b"stsd", b"8BIM\x04\x04"];

/// Matches [`BEGINNINGS`], then [`WORDS`] with one byte and with two bytes per character, in a single pass.
static MARKS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let beginnings = BEGINNINGS.iter().map(|beginning| beginning.to_vec());
    let narrow = WORDS.iter().map(|word| word.as_bytes().to_vec());
    let wide = WORDS.iter().map(|word| {
        let mut wide: Vec<u8> = word.bytes().flat_map(|letter| [letter, 0]).collect();
        wide.pop();
        wide
    });
    AhoCorasick::new(beginnings.chain(narrow).chain(wide)).ok()
});

/// Maximum number of entries and fields parsed in one file. A file with more was made to take long, and counts as having a
/// location.
const ENTRIES: usize = 1_000_000;

/// Maximum number of entries parsed in one directory. A camera writes about fifty.
const IN_ONE: u16 = 512;

/// Exif tags (CIPA DC-008): pointers to further directories, and the GPS tags that contain a location.
const EXIF: u16 = 0x8769;
const GPS: u16 = 0x8825;
const PLACE: [u16; 6] = [0x02, 0x04, 0x14, 0x16, 0x1b, 0x1c];

/// Fields of IPTC record 2 (IIM 4.2, 2:90 to 2:101) for a location: city, sublocation, province, country code and name.
const FIELDS: [u8; 5] = [90, 92, 95, 100, 101];

/// Kinds of film tracks that contain positions: those of Google's cameras and of sports cameras.
const TRACKS: [&[u8]; 2] = [b"camm", b"gpmd"];

/// Searches a file for a location while its bytes stream through. The result does not depend on how the bytes are split.
#[derive(Debug, Default)]
pub(crate) struct Search {
    window: Vec<u8>,
    entries: usize,
    found: bool,
}

impl Search {
    /// Adds the next bytes.
    pub(crate) fn look(&mut self, mut piece: &[u8]) {
        while !self.found && !piece.is_empty() {
            let (now, later) = piece.split_at(piece.len().min(PIECE + AHEAD - self.window.len()));
            self.window.extend_from_slice(now);
            piece = later;
            if self.window.len() == PIECE + AHEAD {
                self.search(PIECE);
                self.window.drain(..PIECE);
            }
        }
    }

    /// Returns whether the bytes contain a location.
    pub(crate) fn finish(mut self) -> bool {
        if !self.found {
            self.search(self.window.len());
        }
        self.found
    }

    /// Judges all marks that begin before `end`.
    fn search(&mut self, end: usize) {
        let window = std::mem::take(&mut self.window);
        let mut marks = MARKS.iter().flat_map(|marks| marks.find_iter(&window[..]));
        self.found = coordinates(&window, end)
            || marks.any(|mark| match mark.pattern().as_usize() {
                // A mark that begins later is judged when more bytes after it are loaded.
                at if at < BEGINNINGS.len() => mark.start() < end && self.tells(at, &window, mark.start()),
                _ => true,
            });
        self.window = window;
    }

    /// Whether the data at `at` really is what its beginning suggests, and contains a location.
    fn tells(&mut self, beginning: usize, window: &[u8], at: usize) -> bool {
        let long = |at: usize| Some(u32::from_be_bytes(window.get(at..at + 4)?.try_into().ok()?));
        match BEGINNINGS[beginning] {
            // A location box of 3GPP films (TS 26.244, 8.11), version 0.
            b"loci" => {
                let size = at.checked_sub(4).and_then(long).unwrap_or_default();
                (20..=4096).contains(&size) && long(at + 4) == Some(0)
            }
            // Either the text itself, or the text's length and language before it.
            b"\xa9xyz" => {
                let is_number = |text: usize| matches!(window.get(text..text + 2), Some([b'+' | b'-', b'0'..=b'9']));
                is_number(at + 4) || is_number(at + 8)
            }
            b"stsd" => long(at + 4) == Some(0) && window.get(at + 16..at + 20).is_some_and(|kind| TRACKS.contains(&kind)),
            b"8BIM\x04\x04" => {
                let fields = &window[at..window.len().min(at + 64 * 1024)];
                self.entries += fields.len() / 12;
                let mut marks = memmem::find_iter(fields, b"\x1c\x02");
                let is_place = |at: usize| match fields.get(at + 2..at + 5) {
                    Some(&[field, high, low]) => FIELDS.contains(&field) && [high, low] != [0, 0],
                    _ => false,
                };
                self.entries > ENTRIES || marks.any(is_place)
            }
            _ => self.exif_tells(&window[at..]),
        }
    }

    /// Whether the Exif data that begins here contains a location.
    fn exif_tells(&mut self, exif: &[u8]) -> bool {
        let little = exif[0] == b'I';
        let long = |at: usize| {
            let four = exif.get(at..at + 4)?.try_into().ok()?;
            Some(if little {
                u32::from_le_bytes(four)
            } else {
                u32::from_be_bytes(four)
            })
        };
        let short = |at: usize| {
            let two = exif.get(at..at + 2)?.try_into().ok()?;
            Some(if little { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) })
        };
        let place = |at: Option<u32>| usize::try_from(at?).ok();
        let mut waiting: Vec<(usize, bool)> = place(long(4)).map(|at| (at, false)).into_iter().collect();
        for _ in 0..8 {
            let Some((directory, is_gps)) = waiting.pop() else { break };
            let Some(count) = short(directory) else { continue };
            for n in 0..count.min(IN_ONE) {
                let entry = directory + 2 + usize::from(n) * 12;
                self.entries += 1;
                let Some(tag) = short(entry) else { break };
                let filled = long(entry + 4).is_some_and(|count| count > 0);
                if (is_gps && filled && PLACE.contains(&tag)) || self.entries > ENTRIES {
                    return true;
                }
                if !is_gps && [EXIF, GPS].contains(&tag) {
                    waiting.extend(place(long(entry + 8)).map(|at| (at, tag == GPS)));
                }
            }
            if !is_gps {
                // The directory of the thumbnail.
                let next = place(long(directory + 2 + usize::from(count) * 12)).filter(|at| *at > 0);
                waiting.extend(next.map(|at| (at, false)));
            }
        }
        false
    }
}

/// Whether coordinates in ISO 6709 notation begin before `end`: `+56.5034+003.2620/`.
fn coordinates(window: &[u8], end: usize) -> bool {
    let mut signs = memchr::memchr2_iter(b'+', b'-', &window[..end]);
    signs.any(|at| {
        let follows_digit = at > 0 && window[at - 1].is_ascii_digit();
        !follows_digit && is_coordinates(&window[at..])
    })
}

fn is_coordinates(text: &[u8]) -> bool {
    let Some((north, decimals, rest)) = number(text) else {
        return false;
    };
    let Some((east, more, rest)) = number(rest) else { return false };
    let exact = decimals >= 2 && more >= 2;
    [2, 4, 6].contains(&north) && [3, 5, 7].contains(&east) && (exact || matches!(rest.first(), Some(b'/' | b'+' | b'-' | b'C')))
}

/// Parses a sign and digits. Returns the number of digits before and after the point, and the remaining bytes.
fn number(text: &[u8]) -> Option<(usize, usize, &[u8])> {
    let digits = |text: &[u8]| text.iter().take(20).take_while(|byte| byte.is_ascii_digit()).count();
    let rest = text.strip_prefix(b"+").or_else(|| text.strip_prefix(b"-"))?;
    let whole = digits(rest);
    let rest = &rest[whole..];
    let Some(fraction) = rest.strip_prefix(b".") else {
        return Some((whole, 0, rest));
    };
    let decimals = digits(fraction);
    Some((whole, decimals, &fraction[decimals..]))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn says(bytes: &[u8]) -> bool {
        let mut search = Search::default();
        search.look(bytes);
        let whole = search.finish();
        for size in [1, 7, 4096] {
            let mut search = Search::default();
            bytes.chunks(size).for_each(|piece| search.look(piece));
            assert_eq!(search.finish(), whole, "cut by {size}");
        }
        whole
    }

    fn wide(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_be_bytes).collect()
    }

    /// Exif data with one entry in its first directory, which points to a GPS directory with one entry.
    fn exif(little: bool, tag: u16) -> Vec<u8> {
        let short = |n: u16| if little { n.to_le_bytes() } else { n.to_be_bytes() };
        let long = |n: u32| if little { n.to_le_bytes() } else { n.to_be_bytes() };
        let mut out = if little { b"II*\0".to_vec() } else { b"MM\0*".to_vec() };
        out.extend(long(8));
        for (tag, kind, value) in [(GPS, 4, 26), (tag, 5, 44)] {
            out.extend(short(1));
            out.extend([short(tag), short(kind)].concat());
            out.extend([long(1), long(value), long(0)].concat());
        }
        out
    }

    #[rstest]
    #[case::xmp(b"exif:GPSLatitude=\"56,30.2N\"".to_vec(), true)]
    #[case::xmp_of_a_drone(b"drone-dji:GpsLongtitude=\"3.26\"".to_vec(), true)]
    #[case::xmp_in_two_bytes(wide("exif:GPSLongitude"), true)]
    #[case::city(b"photoshop:City>".to_vec(), true)]
    #[case::apple(b"com.apple.quicktime.location.ISO6709".to_vec(), true)]
    #[case::exif_little(exif(true, 2), true)]
    #[case::exif_big(exif(false, 4), true)]
    #[case::exif_with_a_version_only(exif(true, 0), false)]
    #[case::exif_cut_off(exif(true, 2)[..24].to_vec(), false)]
    #[case::android(b"\xa9xyz\0\x12\x15\xc7+56.5034+003.2620/".to_vec(), true)]
    #[case::without_its_end(b"+56.5034+003.2620".to_vec(), true)]
    #[case::whole_degrees(b"-56-003/".to_vec(), true)]
    #[case::with_a_height(b"+5630.2+00315.7+002.1/".to_vec(), true)]
    #[case::three_gp(b"\0\0\0\x20loci\0\0\0\0\x15\xc7Home\0\0\0\x03\x42\xdc\0\x38\x80\xde\0\0\0\0earth\0\0".to_vec(), true)]
    #[case::track(b"stsd\0\0\0\0\0\0\0\x01\0\0\0\x10camm".to_vec(), true)]
    #[case::receiver(b"$GPRMC,123519,A,5630.20,N".to_vec(), true)]
    #[case::iptc(b"8BIM\x04\x04\0\0\0\0\0\x09\x1c\x02\x5a\0\x04Leak".to_vec(), true)]
    #[case::iptc_without(b"8BIM\x04\x04\0\0\0\0\0\x09\x1c\x02\x78\0\x04Leak".to_vec(), false)]
    #[case::prose(b"the loci are camm, 2026-05-123/ and -12 or +44-20, II* MM".to_vec(), false)]
    #[case::nothing(Vec::new(), false)]
    fn a_place_is_found_wherever_it_hangs(#[case] bytes: Vec<u8>, #[case] expected: bool) {
        assert_eq!(says(&bytes), expected);
        let hung = [b"\xff\xd8 in the middle ".as_slice(), &bytes, &[7; 100]].concat();
        assert_eq!(says(&hung), expected);
    }

    #[test]
    fn a_place_across_the_end_of_a_window_is_found() {
        for before in [PIECE - 20, PIECE, PIECE + AHEAD - 20, PIECE + AHEAD + 7] {
            for place in [exif(true, 2), b"+56.5034+003.2620/".to_vec(), b"GPSLatitude".to_vec()] {
                let mut search = Search::default();
                search.look(&vec![0; before]);
                search.look(&place);
                search.look(&vec![0; PIECE]);
                assert!(search.finish(), "after {before}");
            }
        }
    }

    #[test]
    fn a_file_of_nothing_but_directories_is_not_looked_at_for_long() {
        let mut directory = b"II*\0\x08\0\0\0\xff\xff".to_vec();
        directory.resize(64, 1);
        for made in [directory, b"8BIM\x04\x04".to_vec()] {
            let mut search = Search::default();
            search.look(&made.repeat(200_000));
            assert!(search.entries <= 2 * ENTRIES && search.finish());
        }
    }
}
