//! What a file is, told from its content. The name and the sender's word for it are not believed.

/// How much of the beginning [`Sniffer`] keeps.
const HEAD: usize = 8 * 1024;

/// Longest mark looked for across the whole file, in bytes.
const OVERLAP: usize = 32;

/// The kinds of file that are accepted, as media types.
pub const ACCEPTED: [&str; 12] = [
    "application/pdf",
    "image/jpeg",
    "image/png",
    "image/heif",
    "image/heic",
    "image/webp",
    "image/gif",
    "text/plain",
    DOC,
    DOCX,
    ODT,
    "application/rtf",
];

const DOC: &str = "application/msword";
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const ODT: &str = "application/vnd.oasis.opendocument.text";

/// Marks that tell container formats apart; they may stand anywhere in the file.
const WORD_PART: &[u8] = b"word/document.xml";
const MACROS: &[u8] = b"vbaProject.bin";
/// `WordDocument` in UTF-16, the name of a stream in the old binary format.
const WORD_STREAM: &[u8] = b"W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0";

/// Watches a file go by, piece by piece, in constant memory.
#[derive(Debug, Default)]
pub struct Sniffer {
    head: Vec<u8>,
    /// The end of the piece before, so that a mark cut in two is found.
    tail: Vec<u8>,
    text: Text,
    word_part: bool,
    word_stream: bool,
    macros: bool,
}

impl Sniffer {
    /// Looks at the next piece.
    pub fn look(&mut self, piece: &[u8]) {
        let room = HEAD - self.head.len();
        self.head.extend_from_slice(&piece[..piece.len().min(room)]);
        self.text.look(piece);
        if !self.is_container() {
            return;
        }
        // A mark across the seam, then the piece itself.
        let mut seam = std::mem::take(&mut self.tail);
        seam.extend_from_slice(&piece[..piece.len().min(OVERLAP)]);
        self.mark(&seam);
        self.mark(piece);
        let whole = if piece.len() >= OVERLAP { piece } else { &seam };
        self.tail = whole[whole.len().saturating_sub(OVERLAP)..].to_vec();
    }

    /// Whether the rest of the file can still make it one we accept. Answers early for what is plainly something else,
    /// so that a large wrong file is refused after its first kilobytes.
    #[must_use]
    pub fn hopeless(&self) -> bool {
        self.head.len() >= 512 && !self.is_container() && self.media_type().is_none()
    }

    /// The media type, when the whole file has gone by and it is one of [`ACCEPTED`].
    #[must_use]
    pub fn media_type(&self) -> Option<&'static str> {
        if self.head.starts_with(b"PK\x03\x04") {
            return self.zip();
        }
        if self.is_ole() {
            return self.word_stream.then_some(DOC);
        }
        if let Some(brand) = self.heif() {
            return Some(brand);
        }
        match infer::get(&self.head).map(|kind| kind.mime_type()) {
            // Anything it knows and we do not accept is refused, scripts and web pages that are valid text included.
            Some(known) => ACCEPTED.into_iter().find(|accepted| *accepted == known),
            None => self.text.is_text().then_some("text/plain"),
        }
    }

    fn is_ole(&self) -> bool {
        self.head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1])
    }

    fn is_container(&self) -> bool {
        self.head.starts_with(b"PK\x03\x04") || self.is_ole()
    }

    fn mark(&mut self, bytes: &[u8]) {
        let has = |mark: &[u8]| bytes.windows(mark.len()).any(|w| w[0] == mark[0] && w == mark);
        self.word_part = self.word_part || has(WORD_PART);
        self.word_stream = self.word_stream || has(WORD_STREAM);
        self.macros = self.macros || has(MACROS);
    }

    /// A ZIP is a document when its first entry is one that document writers put first; a folder of photos, or a ZIP
    /// with a document in it, is not. One with macros is refused.
    fn zip(&self) -> Option<&'static str> {
        let length = u16::from_le_bytes([*self.head.get(26)?, *self.head.get(27)?]);
        let name = self.head.get(30..30 + usize::from(length))?;
        if name == b"mimetype" {
            let extra = u16::from_le_bytes([*self.head.get(28)?, *self.head.get(29)?]);
            let content = &self.head[(38 + usize::from(extra)).min(self.head.len())..];
            let rest = content.strip_prefix(ODT.as_bytes())?;
            // "…text-master" and "…text-template" are other kinds.
            return (rest.first() != Some(&b'-')).then_some(ODT);
        }
        let office = [&b"[Content_Types].xml"[..], b"_rels/", b"docProps/", b"word/", b"customXml/"];
        (office.iter().any(|first| name.starts_with(first)) && self.word_part && !self.macros).then_some(DOCX)
    }

    /// HEIC and HEIF photos by their brand. AVIF and films share the container and are not among them.
    fn heif(&self) -> Option<&'static str> {
        if self.head.get(4..8)? != b"ftyp" {
            return None;
        }
        match self.head.get(8..12)? {
            b"heic" | b"heix" | b"heim" | b"heis" => Some("image/heic"),
            b"mif1" if self.head.get(12..64.min(self.head.len()))?.chunks(4).any(|brand| brand == b"heic") => Some("image/heic"),
            b"mif1" => Some("image/heif"),
            _ => None,
        }
    }
}

/// Checks piece by piece that bytes are UTF-8 without control characters (tab, line ends and form feed are text).
#[derive(Debug, Default)]
struct Text {
    /// The beginning of a character the piece before ended in.
    open: Vec<u8>,
    broken: bool,
    any: bool,
}

impl Text {
    fn look(&mut self, piece: &[u8]) {
        if self.broken {
            return;
        }
        self.any |= !piece.is_empty();
        let mut piece = piece;
        while !self.open.is_empty() && !piece.is_empty() {
            self.open.push(piece[0]);
            piece = &piece[1..];
            match std::str::from_utf8(&self.open) {
                Ok(_) => self.open.clear(),
                Err(e) if e.error_len().is_some() => {
                    self.broken = true;
                    return;
                }
                Err(_) => {}
            }
        }
        let valid = match std::str::from_utf8(piece) {
            Ok(text) => text,
            Err(e) if e.error_len().is_some() => {
                self.broken = true;
                return;
            }
            Err(e) => {
                self.open = piece[e.valid_up_to()..].to_vec();
                std::str::from_utf8(&piece[..e.valid_up_to()]).unwrap_or_default()
            }
        };
        self.broken = valid
            .bytes()
            .any(|b| (b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0c)) || b == 0x7f);
    }

    /// True for text as far as it has gone by. A character cut off at the very end is broken text, which the hash and
    /// the size still describe exactly, so only `hopeless` may ask in the middle.
    fn is_text(&self) -> bool {
        self.any && !self.broken
    }
}

#[cfg(test)]
mod tests;
