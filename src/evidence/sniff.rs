//! What a file is, told from its content. The name and the sender's word for it are not believed.
//!
//! [`Sniffer`] watches the bytes go by. What is packed in a container (office files) is only known to be one; which it is
//! has to be looked up in it, by [`super::examine`], when the file is whole.

mod boxes;
mod table;
mod text;

use self::text::Text;
use super::types;
pub(super) use boxes::HEIC as HEIC_BRANDS;
pub(super) use text::narrow;

/// How much of the beginning [`Sniffer`] keeps, in bytes.
const HEAD: usize = 8 * 1024;

/// After how many bytes it is known whether a file is a sound or a film.
const ENOUGH: usize = 512;

/// Where the first line of a PDF ends at the latest, in bytes: readers look for it in the first 1024. Before that no file is given up.
const PDF_HEAD: usize = 1024;

/// A ZIP, whatever is in it: office files of today.
pub const ZIP: &str = "application/zip";

/// A compound file, whatever is in it: old Word files, saved mails, office files with a password.
pub const COMPOUND: &str = "application/x-cfb";

/// Watches a file go by, piece by piece, in constant memory. The answer does not depend on how the bytes are cut.
#[derive(Debug, Default)]
pub struct Sniffer {
    head: Vec<u8>,
    text: Text,
}

impl Sniffer {
    /// Looks at the next piece.
    pub fn look(&mut self, piece: &[u8]) {
        let room = HEAD - self.head.len();
        self.head.extend_from_slice(&piece[..piece.len().min(room)]);
        self.text.look(piece);
    }

    /// Whether nothing that may follow can make it a file we accept. Answers early for what is plainly something else, so
    /// that a large wrong file is refused after its first kilobytes.
    #[must_use]
    pub fn hopeless(&self) -> bool {
        self.head.len() >= PDF_HEAD && self.media_type().is_none()
    }

    /// Whether enough has gone by to know what it is, if it is anything.
    #[must_use]
    pub fn is_sure(&self) -> bool {
        self.head.len() >= ENOUGH
    }

    /// Whether it is a sound or a film as far as it has gone by: those may be larger.
    #[must_use]
    pub fn is_recording(&self) -> bool {
        self.media_type().is_some_and(types::is_recording)
    }

    /// What it is, when the whole file has gone by: the media type of one of [`types::ACCEPTED`], or [`ZIP`] or
    /// [`COMPOUND`], which [`super::examine`] has to look into. `None` for everything else.
    #[must_use]
    pub fn media_type(&self) -> Option<&'static str> {
        let head = self.head.as_slice();
        let begins = after_blanks(head);
        if begins.starts_with(b"PK\x03\x04") {
            return Some(ZIP);
        }
        if head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
            return Some(COMPOUND);
        }
        if let Some(known) = boxes::media_type(head).or_else(|| sound(head)) {
            return Some(known);
        }
        // What is in it decides, not that it is Ogg.
        if head.starts_with(b"OggS") {
            return ogg(head);
        }
        let narrow = text::narrow(head);
        let written = after_blanks(&narrow);
        if text::is_mail(written) {
            return Some(types::EML);
        }
        if runs(written) {
            return None;
        }
        if is_perhaps_pdf(head) {
            return Some(types::PDF);
        }
        if begins.starts_with(b"{\\rtf") {
            return Some(types::RTF);
        }
        // Its mark of a PDF is four letters anywhere.
        let known = infer::get(head).and_then(|kind| types::find(kind.mime_type()));
        let known = known.filter(|kind| kind.media_type != types::PDF);
        // Marks of a few letters that are none of ours, such as the "BM" of a bitmap, may as well begin a sentence.
        known.map(|kind| kind.media_type).or_else(|| self.text_type())
    }

    /// What it is if it only looks like a PDF and no reader opens it: text, or nothing that is taken.
    #[must_use]
    pub fn text_type(&self) -> Option<&'static str> {
        let narrow = text::narrow(&self.head);
        let is_text = self.text.is_text() && !runs(after_blanks(&narrow));
        let is_table = || table::is_table(&narrow, self.head.len() < HEAD);
        is_text.then(|| if is_table() { types::CSV } else { types::TEXT })
    }
}

/// Whether it begins as a script, a web page or PostScript does: text that is refused all the same.
fn runs(head: &[u8]) -> bool {
    use infer::{archive::is_ps, text};
    text::is_html(head) || text::is_xml(head) || text::is_shellscript(head) || is_ps(head)
}

/// Whether the first line of a PDF stands where readers look for it: scanners and mail programs put lines of their own before it.
/// Whether it is a PDF, [`super::examine`] has to find out.
fn is_perhaps_pdf(head: &[u8]) -> bool {
    let first = &head[..head.len().min(PDF_HEAD)];
    let mut marks = memchr::memmem::find_iter(first, b"%PDF-");
    marks.any(|at| first.get(at + 5).is_some_and(u8::is_ascii_digit))
}

/// Some writers put blanks or a byte order mark before a file's first line, and all readers take it.
fn after_blanks(head: &[u8]) -> &[u8] {
    head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start()
}

/// Sounds outside the MP4 family.
fn sound(head: &[u8]) -> Option<&'static str> {
    let frame = || {
        // Eleven set bits, then version, layer, protection; the rate's bits may not be all set or, for a stream, all clear.
        let &[0xff, second, third, _, ..] = head else { return None };
        match (second & 0xe0, second & 0x06) {
            (0xe0, 0x02) if third >> 4 != 0xf && third >> 4 != 0 && third & 0x0c != 0x0c => Some(types::MP3),
            (0xe0, 0x00) if second & 0xf0 == 0xf0 && (third >> 2) & 0x0f < 13 => Some(types::AAC),
            _ => None,
        }
    };
    if head.starts_with(b"ID3") && head.get(3).is_some_and(|version| *version < 5) {
        Some(types::MP3)
    } else if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WAVE") {
        Some(types::WAV)
    } else if head.starts_with(b"#!AMR\n") || head.starts_with(b"#!AMR-WB\n") {
        Some(types::AMR)
    } else {
        frame()
    }
}

/// Ogg with a sound in it that browsers and phones play: its first page says so in its first packet (RFC 3533, section 6; RFC
/// 7845, section 5.1; Vorbis I, section 4.2.1).
fn ogg(head: &[u8]) -> Option<&'static str> {
    let segments = usize::from(*head.get(26)?);
    let packet = head.get(27 + segments..)?;
    [&b"OpusHead"[..], b"\x01vorbis"]
        .iter()
        .any(|sound| packet.starts_with(sound))
        .then_some(types::OGG)
}

#[cfg(test)]
mod tests;
