//! Detects the type of a file by its content. The file name and the sender's media type are not trusted.
//!
//! [`Sniffer`] inspects the bytes while they stream through. It recognises a container (office files) only as such; what the
//! container holds is found by [`crate::inspect`] once the file is complete.

mod boxes;
mod table;
mod text;

use self::text::Text;
use crate::types;
pub(crate) use boxes::HEIC as HEIC_BRANDS;
pub(crate) use text::narrow;

/// How much of the beginning [`Sniffer`] keeps, in bytes.
const HEAD: usize = 8 * 1024;

/// After how many bytes it is known whether a file is a sound or video file.
const ENOUGH: usize = 512;

/// How far into a file PDF readers look for the first line, in bytes. No file is rejected before that.
const PDF_HEAD: usize = 1024;

/// Any ZIP, whatever it contains. Current office files are ZIPs.
pub const ZIP: &str = "application/zip";

/// Any compound file, whatever it contains: old Word files, saved mails, password-protected office files.
pub const COMPOUND: &str = "application/x-cfb";

/// Detects the type of a file while it streams through, in constant memory. The result does not depend on how the bytes are
/// split.
#[derive(Debug, Default)]
pub struct Sniffer {
    head: Vec<u8>,
    text: Text,
}

impl Sniffer {
    /// Adds the next bytes.
    pub fn look(&mut self, piece: &[u8]) {
        let room = HEAD - self.head.len();
        self.head.extend_from_slice(&piece[..piece.len().min(room)]);
        self.text.look(piece);
    }

    /// Whether no further bytes can make this an accepted file. A large wrong file is thus refused after its first kilobytes.
    pub fn hopeless(&self) -> bool {
        self.head.len() >= PDF_HEAD && self.media_type().is_none()
    }

    /// Whether enough bytes arrived to know the type, if the file has an accepted one.
    pub fn is_sure(&self) -> bool {
        self.head.len() >= ENOUGH
    }

    /// Whether the file is a sound or video file, judged by the bytes so far. Those may be larger.
    pub fn is_recording(&self) -> bool {
        self.media_type().is_some_and(types::is_recording)
    }

    /// Returns the type of a complete file, or `None` if it is not accepted.
    ///
    /// The type is the media type of one of [`types::ACCEPTED`], or [`ZIP`] or [`COMPOUND`], which [`crate::inspect`] has to
    /// open.
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
        // Ogg is only a container: its content decides.
        if head.starts_with(b"OggS") {
            return ogg(head);
        }
        let narrow = text::narrow(head);
        let written = after_blanks(&narrow);
        if text::is_mail(written) {
            return Some(types::EML);
        }
        if is_active_text(written) {
            return None;
        }
        if is_perhaps_pdf(head) {
            return Some(types::PDF);
        }
        if begins.starts_with(b"{\\rtf") {
            return Some(types::RTF);
        }
        // `infer` takes every file with "%PDF" in it for a PDF.
        let known = infer::get(head).and_then(|kind| types::find(kind.mime_type()));
        let known = known.filter(|kind| kind.media_type != types::PDF);
        // Short signatures of other types, such as the "BM" of a bitmap, may also begin a sentence.
        known.map(|kind| kind.media_type).or_else(|| self.text_type())
    }

    /// Returns the type of a file that looks like a PDF but does not open: a text type, or `None`.
    pub fn text_type(&self) -> Option<&'static str> {
        let narrow = text::narrow(&self.head);
        let is_text = self.text.is_text() && !is_active_text(after_blanks(&narrow));
        let is_table = || table::is_table(&narrow, self.head.len() < HEAD);
        is_text.then(|| if is_table() { types::CSV } else { types::TEXT })
    }
}

/// Whether the file begins like a script, a web page or PostScript: text that is refused nevertheless.
fn is_active_text(head: &[u8]) -> bool {
    use infer::{archive::is_ps, text};
    text::is_html(head) || text::is_xml(head) || text::is_shellscript(head) || is_ps(head)
}

/// Whether the first line of a PDF is where readers look for it.
///
/// Scanners and mail programs put other lines before it. [`crate::inspect`] has to find out whether the file really is a PDF.
fn is_perhaps_pdf(head: &[u8]) -> bool {
    let first = &head[..head.len().min(PDF_HEAD)];
    let mut marks = memchr::memmem::find_iter(first, b"%PDF-");
    marks.any(|at| first.get(at + 5).is_some_and(u8::is_ascii_digit))
}

/// Skips a byte order mark and blanks. Some programs write them before a file's first line, and all readers accept them.
fn after_blanks(head: &[u8]) -> &[u8] {
    head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start()
}

/// Detects sound files outside the MP4 family.
fn sound(head: &[u8]) -> Option<&'static str> {
    let frame = || {
        // Eleven set bits, then version, layer, protection. Bit rate and sampling rate are not all ones, and a stream's bit rate
        // is not 0.
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

/// Detects Ogg files with Opus or Vorbis, which browsers and phones play.
///
/// The first packet of the first page says so (RFC 3533, section 6; RFC 7845, section 5.1; Vorbis I, section 4.2.1).
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
