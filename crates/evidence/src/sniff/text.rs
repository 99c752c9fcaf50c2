//! Detects plain text in several encodings, and mails.

use std::borrow::Cow;

/// Checks piece by piece that bytes are text: UTF-8, UTF-16 or Windows code page 1252.
///
/// Code page 1252 is what Windows programs save spreadsheets in, where a pound sign is one byte. Text has no control characters
/// but tab, line ends and form feed. Zero bytes, and the end-of-file mark of old systems, may pad its end.
#[derive(Debug)]
pub(crate) struct Text {
    /// The incomplete character at the end of the previous piece.
    open: Vec<u8>,
    utf8: bool,
    windows: bool,
    /// The text has ended: only padding may follow.
    filled: bool,
    /// Number of text bytes seen.
    seen: u64,
    wide: Wide,
}

/// The same check for UTF-16.
#[derive(Debug)]
struct Wide {
    is_text: bool,
    order: Order,
    /// There is no byte order mark, so the content has to look like text.
    guessed: bool,
    /// The first byte of a unit whose second byte is in the next piece.
    half: Option<u8>,
    within: Within,
    /// How many of the first characters were counted, and how many of those belong to European scripts.
    counted: u16,
    latin: u16,
}

/// What the next two bytes of UTF-16 are part of.
#[derive(Clone, Copy, Debug)]
enum Within {
    Text,
    /// The second half of a surrogate pair.
    Character,
    /// Padding: the text has ended.
    Filling,
}

/// Byte order of UTF-16.
#[derive(Clone, Copy, Debug)]
enum Order {
    Unknown,
    Little,
    Big,
}

/// How many characters are counted to decide whether text without a byte order mark is European.
const COUNTED: u16 = 200;

impl Default for Text {
    fn default() -> Self {
        Self {
            open: Vec::new(),
            utf8: true,
            windows: true,
            filled: false,
            seen: 0,
            wide: Wide::default(),
        }
    }
}

impl Default for Wide {
    fn default() -> Self {
        Self {
            is_text: true,
            order: Order::Unknown,
            guessed: false,
            half: None,
            within: Within::Text,
            counted: 0,
            latin: 0,
        }
    }
}

/// Whether a character may pad the end of a text.
const fn is_filling(c: u16) -> bool {
    matches!(c, 0x00 | 0x1a)
}

const fn is_control(c: u16) -> bool {
    (c < 0x20 && !matches!(c, 0x09..=0x0d)) || c == 0x7f
}

/// Bytes without a character in code page 1252, and 0xff. That is in no English or Welsh word, but often in data that is not
/// text.
const fn is_strange(byte: u8) -> bool {
    matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d | 0xff)
}

impl Text {
    pub(crate) fn look(&mut self, piece: &[u8]) {
        self.wide.look(piece);
        if !self.utf8 && !self.windows {
            return;
        }
        let filling = |byte: &u8| is_filling(u16::from(*byte));
        let end = if self.filled { Some(0) } else { piece.iter().position(filling) };
        let (piece, behind) = piece.split_at(end.unwrap_or(piece.len()));
        self.filled |= !behind.is_empty();
        self.seen += piece.len() as u64;
        if !behind.iter().all(filling) || piece.iter().any(|b| is_control(u16::from(*b))) {
            (self.utf8, self.windows) = (false, false);
            return;
        }
        self.windows = self.windows && !piece.iter().any(|b| is_strange(*b));
        self.utf8 = self.utf8 && self.look_utf8(piece);
    }

    fn look_utf8(&mut self, mut piece: &[u8]) -> bool {
        while !self.open.is_empty() && !piece.is_empty() {
            self.open.push(piece[0]);
            piece = &piece[1..];
            match std::str::from_utf8(&self.open) {
                Ok(_) => self.open.clear(),
                Err(e) if e.error_len().is_some() => return false,
                Err(_) => {}
            }
        }
        match std::str::from_utf8(piece) {
            Ok(_) => true,
            Err(e) if e.error_len().is_some() => false,
            Err(e) => {
                self.open = piece[e.valid_up_to()..].to_vec();
                true
            }
        }
    }

    /// Whether the bytes so far are text. A character cut off at the very end is accepted: the text is broken, but size and hash
    /// still describe it exactly.
    pub(crate) fn is_text(&self) -> bool {
        (self.seen > 0 && (self.utf8 || self.windows)) || self.wide.is_text()
    }
}

impl Wide {
    fn look(&mut self, piece: &[u8]) {
        for byte in piece {
            if !self.is_text {
                return;
            }
            match self.half.take() {
                None => self.half = Some(*byte),
                Some(first) => self.is_text = self.look_at([first, *byte]),
            }
        }
    }

    /// Adds two bytes and returns whether this can still be text.
    fn look_at(&mut self, bytes: [u8; 2]) -> bool {
        let unit = match self.order {
            Order::Little => u16::from_le_bytes(bytes),
            Order::Big => u16::from_be_bytes(bytes),
            Order::Unknown => {
                let is_sign = |byte: u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
                let (order, guessed) = match bytes {
                    [0xff, 0xfe] => (Order::Little, false),
                    [0xfe, 0xff] => (Order::Big, false),
                    [sign, 0] if is_sign(sign) => (Order::Little, true),
                    [0, sign] if is_sign(sign) => (Order::Big, true),
                    _ => return false,
                };
                (self.order, self.guessed) = (order, guessed);
                return true;
            }
        };
        let (first, second) = (matches!(unit, 0xd800..=0xdbff), matches!(unit, 0xdc00..=0xdfff));
        match self.within {
            Within::Filling => return is_filling(unit),
            Within::Character if !second => return false,
            Within::Text if second => return false,
            _ => {}
        }
        self.within = match unit {
            _ if first => Within::Character,
            unit if is_filling(unit) => Within::Filling,
            _ => Within::Text,
        };
        if is_filling(unit) {
            return true;
        }
        if self.counted < COUNTED {
            self.counted += 1;
            // Letters with accents, and the punctuation that word processors insert.
            self.latin += u16::from(matches!(unit, 0..0x250 | 0x2000..0x2100));
        }
        !is_control(unit) && unit < 0xfffe
    }

    fn is_text(&self) -> bool {
        let looks_so = self.counted > 0 && self.latin >= self.counted - self.counted / 4;
        self.is_text && !matches!(self.order, Order::Unknown) && (looks_so || !self.guessed)
    }
}

/// Converts the beginning of a UTF-16 text to one byte per ASCII character. Other bytes are returned unchanged.
pub(crate) fn narrow(head: &[u8]) -> Cow<'_, [u8]> {
    let (little, rest) = match head {
        [0xff, 0xfe, rest @ ..] => (true, rest),
        [0xfe, 0xff, rest @ ..] => (false, rest),
        [1..0x80, 0, 1..0x80, 0, ..] => (true, head),
        [0, 1..0x80, 0, 1..0x80, ..] => (false, head),
        _ => return Cow::Borrowed(head),
    };
    let units = rest.chunks_exact(2).map(|two| {
        if little {
            u16::from_le_bytes([two[0], two[1]])
        } else {
            u16::from_be_bytes([two[0], two[1]])
        }
    });
    let text: String = char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    Cow::Owned(text.into_bytes())
}

/// Mail headers that other text may begin with, too (RFC 5322, RFC 2045, and what servers and mail programs add).
const HEADERS: [&str; 15] = [
    "from",
    "to",
    "subject",
    "date",
    "cc",
    "bcc",
    "sender",
    "reply-to",
    "in-reply-to",
    "references",
    "content-type",
    "content-language",
    "thread-topic",
    "importance",
    "user-agent",
];

/// Headers that only mails have.
const OF_MAIL_ONLY: [&str; 22] = [
    "received",
    "return-path",
    "delivered-to",
    "envelope-to",
    "message-id",
    "mime-version",
    "content-transfer-encoding",
    "dkim-signature",
    "domainkey-signature",
    "authentication-results",
    "received-spf",
    "arc-seal",
    "arc-message-signature",
    "arc-authentication-results",
    "thread-index",
    "x-received",
    "x-mailer",
    "x-mozilla-status",
    "x-unsent",
    "x-ms-exchange-organization-scl",
    "x-uniform-type-identifier",
    "x-universally-unique-identifier",
];

/// Whether the text begins like a mail in any form that mail programs save: with enough mail headers.
///
/// Before the headers there may be the "From " line of a mailbox, or a number, which Apple Mail writes. Any kind of line end is
/// accepted.
pub(crate) fn is_mail(head: &[u8]) -> bool {
    let ended = head
        .split(|b| *b == b'\n')
        .map(|line| &line[..line.iter().rposition(|b| *b != b'\r').map_or(0, |last| last + 1)]);
    let mut lines = ended.flat_map(|line| line.split(|b| *b == b'\r')).peekable();
    let is_envelope = |line: &[u8]| line.starts_with(b"From ") || line.starts_with(b">From ");
    let is_length = |line: &[u8]| !line.is_empty() && line.trim_ascii().iter().all(u8::is_ascii_digit);
    let leads = lines.next_if(|line| is_envelope(line) || is_length(line)).is_some();
    let (mut found, mut only, mut from, mut lines_seen) = (0_u64, 0_u64, false, 0);
    let mut header: Vec<u8> = Vec::new();
    // A header folded over several lines is judged as one.
    while let Some(line) = lines.next() {
        if line.iter().any(|b| *b < 0x20 && *b != b'\t') {
            return false;
        }
        lines_seen += 1;
        header.extend_from_slice(line);
        if lines.peek().is_some_and(|next| next.starts_with(b" ") || next.starts_with(b"\t")) {
            continue;
        }
        if header.is_empty() {
            // An empty line where a header should be.
            return false;
        }
        let Some((name, value)) = name_and_value(&header) else {
            return false;
        };
        let place = |names: &[&str]| {
            names
                .iter()
                .position(|known| name.eq_ignore_ascii_case(known.as_bytes()))
                .map_or(0, |at| 1 << at)
        };
        found |= place(&HEADERS);
        only |= place(&OF_MAIL_ONLY);
        from |= name.eq_ignore_ascii_case(b"from");
        let known = found.count_ones() + only.count_ones();
        let of_parts = name.eq_ignore_ascii_case(b"content-type") && is_of_parts(value);
        if (only > 0 && known >= 2) || (from && known >= 3) || of_parts || (leads && known >= 2) {
            return true;
        }
        header.clear();
        if lines.peek().is_none_or(|next| next.is_empty()) || lines_seen > 400 {
            return false;
        }
    }
    false
}

/// Splits a header into name and value. Returns `None` for a line that is no header.
fn name_and_value(header: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = memchr::memchr(b':', header)?;
    // An older standard allows blanks before the colon, and programs still write them.
    let name = header[..colon].trim_ascii_end();
    let is_name = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    is_name.then(|| (name, &header[colon + 1..]))
}

/// Whether a content type is that of a multipart message, with its boundary.
fn is_of_parts(value: &[u8]) -> bool {
    let value = value.to_ascii_lowercase();
    value.trim_ascii_start().starts_with(b"multipart/") && memchr::memmem::find(&value, b"boundary=").is_some()
}
