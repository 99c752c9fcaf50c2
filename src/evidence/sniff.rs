//! What a file is, told from its content. The name and the sender's word for it are not believed.
//!
//! [`Sniffer`] watches the bytes go by. What is packed in a container (office files) is only known to be one; which it is
//! has to be looked up in it, by [`super::examine`], when the file is whole.

mod boxes;
mod table;
mod text;

use self::text::Text;
use super::types;

/// How much of the beginning [`Sniffer`] keeps, in bytes.
const HEAD: usize = 8 * 1024;

/// After how many bytes a file that is none of ours so far is given up.
const ENOUGH: usize = 512;

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
        self.head.len() >= ENOUGH && self.media_type().is_none()
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
        if head.starts_with(b"PK\x03\x04") {
            return Some(ZIP);
        }
        if head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
            return Some(COMPOUND);
        }
        if let Some(known) = boxes::media_type(head).or_else(|| sound(head)) {
            return Some(known);
        }
        if after_blanks(head).starts_with(b"%PDF-") {
            return Some(types::PDF);
        }
        // What is in it decides, not that it is Ogg.
        if head.starts_with(b"OggS") {
            return ogg(head);
        }
        let known = infer::get(head);
        if let Some(kind) = known
            && let Some(accepted) = types::find(kind.mime_type())
        {
            return Some(accepted.media_type);
        }
        // Scripts, web pages and PostScript are text, and refused all the same. Other marks of a few letters, such as the
        // "BM" of a bitmap, may as well begin a sentence.
        let runs = |kind: infer::Type| kind.matcher_type() == infer::MatcherType::Text || kind.mime_type() == "application/postscript";
        if known.is_some_and(runs) || !self.text.is_text() {
            return None;
        }
        Some(if text::is_mail(head) {
            types::EML
        } else if table::is_table(head, head.len() < HEAD) {
            types::CSV
        } else {
            types::TEXT
        })
    }
}

/// Some writers put blanks or a byte order mark before a PDF's first line, and all readers take it.
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
