//! Whether a film of the MP4 family says where it was taken. Only the beginnings of boxes are read, and the few that hold such
//! notes: a film is large, and this is little of it wherever it is kept.

use std::ops::Range;

use bytes::Bytes;
use object_store::{GetOptions, ObjectStore, path::Path as Key};

use crate::evidence::{Files, ReceiveError, files::storage};

/// How many boxes are looked at side by side. A film has some ten.
const MOST: usize = 64;

/// How much of a box with notes is read, in bytes.
const NOTES: u64 = 256 * 1024;

/// Boxes with notes about the whole film.
const WITH_NOTES: [&[u8; 4]; 2] = [b"udta", b"meta"];

/// Notes that are places: those of `QuickTime` and Android, and 3GPP's (TS 26.244, section 8.11).
const PLACES: [&[u8; 4]; 2] = [b"\xa9xyz", b"loci"];

/// The name of Apple's, which stands in a list of names.
const NAMED: &[u8] = b"location.ISO6709";

/// Whether the stored film at a key says where it was taken. One that cannot be read says nothing.
///
/// # Errors
/// [`ReceiveError::Storage`] when the storage does not answer.
pub(super) async fn says_where(files: &Files, key: &str, size: u64) -> Result<bool, ReceiveError> {
    let film = Film { files, key };
    for (kind, content) in film.boxes(0..size).await? {
        if kind != *b"moov" {
            continue;
        }
        for (kind, content) in film.boxes(content).await? {
            if WITH_NOTES.contains(&&kind) {
                let end = content.end.min(content.start + NOTES);
                if has_place(&film.read(content.start..end).await?) {
                    return Ok(true);
                }
            }
        }
    }
    Ok(false)
}

/// Whether one of the notes is a place.
fn has_place(notes: &[u8]) -> bool {
    let mut rest = notes;
    while let Some((size, kind)) = header(rest) {
        if PLACES.contains(&&kind) {
            return true;
        }
        let Some(next) = usize::try_from(size).ok().and_then(|size| rest.get(size.max(8)..)) else {
            break;
        };
        rest = next;
    }
    memchr::memmem::find(notes, NAMED).is_some()
}

/// The size of the box that begins here, as far as four bytes can say it, and its kind.
fn header(at: &[u8]) -> Option<(u64, [u8; 4])> {
    let size = u32::from_be_bytes(at.get(..4)?.try_into().ok()?);
    Some((size.into(), at.get(4..8)?.try_into().ok()?))
}

struct Film<'a> {
    files: &'a Files,
    key: &'a str,
}

impl Film<'_> {
    /// The boxes of a part of the film: the kind of each, and where its content is.
    async fn boxes(&self, part: Range<u64>) -> Result<Vec<([u8; 4], Range<u64>)>, ReceiveError> {
        let mut found = Vec::new();
        let mut at = part.start;
        while found.len() < MOST && at + 8 <= part.end {
            let head = self.read(at..part.end.min(at + 16)).await?;
            let Some((short, kind)) = header(&head) else { break };
            let (size, begins) = match short {
                // To the end of what it is in.
                0 => (part.end - at, 8),
                1 => match head.get(8..16).and_then(|long| long.try_into().ok()) {
                    Some(long) => (u64::from_be_bytes(long), 16),
                    None => break,
                },
                short => (short, 8),
            };
            let end = at.checked_add(size).filter(|end| size >= begins && *end <= part.end);
            let Some(end) = end else { break };
            found.push((kind, at + begins..end));
            at = end;
        }
        Ok(found)
    }

    async fn read(&self, part: Range<u64>) -> Result<Bytes, ReceiveError> {
        if part.is_empty() {
            return Ok(Bytes::new());
        }
        let options = GetOptions {
            range: Some(part.into()),
            ..GetOptions::default()
        };
        let found = self.files.store.get_opts(&Key::from(self.key), options).await.map_err(storage)?;
        found.bytes().await.map_err(storage)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn boxed(kind: &[u8], content: &[u8]) -> Vec<u8> {
        let size = u32::try_from(content.len() + 8).unwrap();
        [&size.to_be_bytes()[..], kind, content].concat()
    }

    async fn says(film: Vec<u8>) -> bool {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(folder.path()).unwrap();
        let size = film.len() as u64;
        files.store_whole("film", film).await.unwrap();
        says_where(&files, "film", size).await.unwrap()
    }

    fn film(notes: &[u8]) -> Vec<u8> {
        [
            boxed(b"ftyp", b"isom\0\0\0\0"),
            boxed(b"mdat", b"\xa9xyz loci location.ISO6709"),
            boxed(
                b"moov",
                &[boxed(b"mvhd", &[0; 100]), boxed(b"trak", b"\0\0\0\x10loci"), notes.to_vec()].concat(),
            ),
        ]
        .concat()
    }

    #[rstest]
    #[case::android(boxed(b"udta", &boxed(b"\xa9xyz", b"\0\x12\x15\xc7+56.5034+003.2620/")), true)]
    #[case::after_another_note(boxed(b"udta", &[boxed(b"\xa9swr", b"x"), boxed(b"loci", b"x")].concat()), true)]
    #[case::apple(boxed(b"meta", b"\0\0\0\0keys mdtacom.apple.quicktime.location.ISO6709"), true)]
    #[case::other_notes(boxed(b"udta", &boxed(b"\xa9nam", b"where the loci are")), false)]
    #[case::no_notes(Vec::new(), false)]
    #[case::a_box_larger_than_the_film(b"\x7f\xff\xff\xffudta\0\0\0\x08loci".to_vec(), false)]
    #[case::a_box_smaller_than_its_head(b"\0\0\0\x03udta\0\0\0\x08loci".to_vec(), false)]
    #[tokio::test]
    async fn only_notes_about_the_film_say_where(#[case] notes: Vec<u8>, #[case] expected: bool) {
        assert_eq!(says(film(&notes)).await, expected);
    }

    #[tokio::test]
    async fn boxes_of_64_bits_and_to_the_end_are_followed() {
        let notes = boxed(b"udta", &boxed(b"\xa9xyz", b"x"));
        let long = [&1_u32.to_be_bytes()[..], b"mdat", &20_u64.to_be_bytes(), b"four"].concat();
        let open = [&0_u32.to_be_bytes()[..], b"moov", &notes].concat();
        assert!(says([long, open].concat()).await);
        for strange in [&b""[..], b"\0\0", b"\0\0\0\x01moov", &[0xff; 40]] {
            assert!(!says(strange.to_vec()).await, "{strange:?}");
        }
    }
}
