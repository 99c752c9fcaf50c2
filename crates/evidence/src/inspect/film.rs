//! Facts about a recording: whether it has a video track, and whether it contains a location.

use std::ops::Range;

use bytes::Bytes;
use futures::StreamExt;
use object_store::{GetOptions, ObjectStore, path::Path as Key};

use crate::inspect::location::Search;
use crate::{FileStore, ReceiveError, files::storage, types};

/// Maximum number of boxes read at one level. A film has about ten.
const MOST: usize = 64;

/// How much of a track's handler box is read, in bytes.
const HANDLER: u64 = 12;

/// Whether the stored recording at a key contains a location.
pub(crate) async fn contains_location(files: &FileStore, key: &str) -> Result<bool, ReceiveError> {
    let mut search = Search::default();
    let mut bytes = files.read(key).await?;
    while let Some(piece) = bytes.next().await {
        search.look(&piece?);
        // A recording is large, and other requests wait for this thread.
        tokio::task::yield_now().await;
    }
    Ok(search.finish())
}

/// Returns the media type of a stored MP4-family file, judged by its tracks.
///
/// Phones store a voice message in the container of a film, and a film may have the brand of a sound file. If the tracks cannot
/// be read, returns `seen`, the type that the brand names.
pub(crate) async fn by_tracks(files: &FileStore, key: &str, size: u64, seen: &'static str) -> Result<&'static str, ReceiveError> {
    let film = Film { files, key };
    let (mut sound, mut picture) = (false, false);
    for (_, movie) in film.boxes_of(0..size, b"moov").await? {
        for (_, track) in film.boxes_of(movie, b"trak").await? {
            for (_, media) in film.boxes_of(track, b"mdia").await? {
                for (_, handler) in film.boxes_of(media, b"hdlr").await? {
                    let start = handler.start..handler.end.min(handler.start + HANDLER);
                    match film.read(start).await?.get(8..12) {
                        Some(b"soun") => sound = true,
                        Some(b"vide") => picture = true,
                        _ => {}
                    }
                }
            }
        }
    }
    Ok(match seen {
        types::MP4 if sound && !picture => types::M4A,
        types::THREE_GP | types::THREE_G2 if sound && !picture => types::THREE_GP_SOUND,
        types::M4A if picture => types::MP4,
        seen => seen,
    })
}

/// Reads the 32-bit size and the kind of the box that begins here.
fn header(at: &[u8]) -> Option<(u64, [u8; 4])> {
    let size = u32::from_be_bytes(at.get(..4)?.try_into().ok()?);
    Some((size.into(), at.get(4..8)?.try_into().ok()?))
}

struct Film<'a> {
    files: &'a FileStore,
    key: &'a str,
}

impl Film<'_> {
    /// Lists the boxes of one kind within a byte range.
    async fn boxes_of(&self, part: Range<u64>, kind: &[u8; 4]) -> Result<Vec<([u8; 4], Range<u64>)>, ReceiveError> {
        let mut boxes = self.boxes(part).await?;
        boxes.retain(|(found, _)| found == kind);
        Ok(boxes)
    }

    /// Lists the boxes within a byte range: the kind of each, and the range of its content.
    async fn boxes(&self, part: Range<u64>) -> Result<Vec<([u8; 4], Range<u64>)>, ReceiveError> {
        let mut found = Vec::new();
        let mut at = part.start;
        while found.len() < MOST && at + 8 <= part.end {
            let head = self.read(at..part.end.min(at + 16)).await?;
            let Some((short, kind)) = header(&head) else { break };
            let (size, begins) = match short {
                // The box extends to the end of its parent.
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

    async fn stored<T>(film: Vec<u8>, ask: impl AsyncFnOnce(&FileStore, u64) -> Result<T, ReceiveError>) -> T {
        let folder = tempfile::tempdir().unwrap();
        let files = FileStore::local(folder.path()).unwrap();
        let size = film.len() as u64;
        files.store_whole("film", film).await.unwrap();
        ask(&files, size).await.unwrap()
    }

    fn track(handler: [u8; 4]) -> Vec<u8> {
        let handler = boxed(b"hdlr", &[&[0; 8][..], &handler, &[0; 12]].concat());
        boxed(
            b"trak",
            &[
                boxed(b"tkhd", &[0; 84]),
                boxed(b"mdia", &[boxed(b"mdhd", &[0; 24]), handler].concat()),
            ]
            .concat(),
        )
    }

    fn film(tracks: &[Vec<u8>], notes: &[u8]) -> Vec<u8> {
        let movie = [boxed(b"mvhd", &[0; 100]), tracks.concat(), notes.to_vec()].concat();
        [
            boxed(b"ftyp", b"isom\0\0\0\0"),
            boxed(b"mdat", b"loci of damp"),
            boxed(b"moov", &movie),
        ]
        .concat()
    }

    #[rstest]
    #[case::android(boxed(b"udta", &boxed(b"\xa9xyz", b"\0\x12\x15\xc7+56.5034+003.2620/")), true)]
    #[case::apple(boxed(b"meta", b"\0\0\0\0keys mdtacom.apple.quicktime.location.ISO6709"), true)]
    #[case::deep_in_a_box_of_a_maker(boxed(b"free", &boxed(b"uuid", b"x+56.5034+003.2620/")), true)]
    #[case::behind_the_film(b"SEFT+56.5034+003.2620/".to_vec(), true)]
    #[case::other_notes(boxed(b"udta", &boxed(b"\xa9nam", b"where the loci are")), false)]
    #[case::no_notes(Vec::new(), false)]
    #[tokio::test]
    async fn notes_about_the_place_are_found(#[case] notes: Vec<u8>, #[case] expected: bool) {
        let says = stored(film(&[], &notes), async |files, _| contains_location(files, "film").await).await;
        assert_eq!(says, expected);
    }

    #[rstest]
    #[case::spoken(types::THREE_GP, &[*b"soun"], types::THREE_GP_SOUND)]
    #[case::spoken_of_the_other_family(types::THREE_G2, &[*b"soun"], types::THREE_GP_SOUND)]
    #[case::spoken_as_mp4(types::MP4, &[*b"soun"], types::M4A)]
    #[case::filmed(types::THREE_GP, &[*b"soun", *b"vide"], types::THREE_GP)]
    #[case::filmed_without_sound(types::MP4, &[*b"vide"], types::MP4)]
    #[case::filmed_under_the_brand_of_a_sound(types::M4A, &[*b"soun", *b"vide"], types::MP4)]
    #[case::sound(types::M4A, &[*b"soun"], types::M4A)]
    #[case::no_track_that_can_be_read(types::THREE_GP, &[], types::THREE_GP)]
    #[tokio::test]
    async fn tracks_tell_a_sound_from_a_film(#[case] seen: &'static str, #[case] tracks: &[[u8; 4]], #[case] expected: &str) {
        let tracks: Vec<Vec<u8>> = tracks.iter().copied().map(track).collect();
        let found = stored(film(&tracks, b""), async |files, size| by_tracks(files, "film", size, seen).await).await;
        assert_eq!(found, expected);
    }

    #[tokio::test]
    async fn boxes_of_64_bits_and_to_the_end_are_followed() {
        let long = [&1_u32.to_be_bytes()[..], b"mdat", &20_u64.to_be_bytes(), b"four"].concat();
        let open = [&0_u32.to_be_bytes()[..], b"moov", &track(*b"soun")].concat();
        let ask = async |files: &FileStore, size: u64| by_tracks(files, "film", size, types::MP4).await;
        assert_eq!(stored([long, open].concat(), ask).await, types::M4A);
        for strange in [&b"\0\0"[..], b"\0\0\0\x01moov", b"\0\0\0\x03moov", &[0xff; 40]] {
            assert_eq!(stored(strange.to_vec(), ask).await, types::MP4, "{strange:?}");
        }
    }
}
