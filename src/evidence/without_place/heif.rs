//! HEIF: a list of items and where each lies in the file. Every place in that list would have to change if anything became
//! shorter, so what has to go is written over where it is.

use memchr::memmem;

/// XMP begins and ends so, whatever is in it.
const XMP: (&[u8], &[u8]) = (b"<x:xmpmeta", b"</x:xmpmeta>");

/// `exif` is the Exif data as it is in the file, `kept` what is to stand in its place.
pub(super) fn without_place(mut bytes: Vec<u8>, exif: Option<&[u8]>, kept: Option<Vec<u8>>) -> Option<Vec<u8>> {
    if let Some(exif) = exif {
        let found: Vec<usize> = memmem::find_iter(&bytes, exif).collect();
        let kept = kept.unwrap_or_default();
        // In pieces all over the file, or twice, or no room: not a file to meddle with.
        let [at] = found[..] else { return None };
        if kept.len() > exif.len() {
            return None;
        }
        let place = &mut bytes[at..at + exif.len()];
        place.fill(0);
        place[..kept.len()].copy_from_slice(&kept);
    }
    while let Some(from) = memmem::find(&bytes, XMP.0) {
        let to = from + memmem::find(&bytes[from..], XMP.1)? + XMP.1.len();
        bytes[from..to].fill(b' ');
    }
    Some(bytes)
}
