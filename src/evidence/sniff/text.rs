//! Plain text, whatever it is written in, and mails.

/// Checks piece by piece that bytes are text: UTF-8, UTF-16 with its mark, or the one-byte code that Windows programs save
/// spreadsheets in (where a pound sign is one byte). Text has no control characters but tab, line ends and form feed.
#[derive(Debug)]
pub(super) struct Text {
    /// The beginning of a character the piece before ended in.
    open: Vec<u8>,
    utf8: bool,
    windows: bool,
    wide: bool,
    order: Order,
    /// Half a character of two bytes.
    half: Option<u8>,
    seen: u64,
}

/// Which byte of two comes first in UTF-16, from the mark it begins with.
#[derive(Clone, Copy, Debug)]
enum Order {
    Unknown,
    Little,
    Big,
}

impl Default for Text {
    fn default() -> Self {
        Self {
            open: Vec::new(),
            utf8: true,
            windows: true,
            wide: true,
            order: Order::Unknown,
            half: None,
            seen: 0,
        }
    }
}

const fn is_control(c: u16) -> bool {
    (c < 0x20 && !matches!(c, 0x09 | 0x0a | 0x0c | 0x0d)) || c == 0x7f
}

/// Bytes the code page 1252 has no character for, and the one that is in no word of English or Welsh but in much that is no
/// text.
const fn is_strange(byte: u8) -> bool {
    matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d | 0xff)
}

impl Text {
    pub(super) fn look(&mut self, piece: &[u8]) {
        if self.wide {
            for byte in piece {
                self.look_wide(*byte);
            }
        }
        self.seen += piece.len() as u64;
        if !self.utf8 && !self.windows {
            return;
        }
        if piece.iter().any(|b| is_control(u16::from(*b))) {
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

    fn look_wide(&mut self, byte: u8) {
        let Some(first) = self.half.take() else {
            self.half = Some(byte);
            return;
        };
        let unit = match self.order {
            Order::Little => u16::from_le_bytes([first, byte]),
            Order::Big => u16::from_be_bytes([first, byte]),
            Order::Unknown => {
                self.order = match [first, byte] {
                    [0xff, 0xfe] => Order::Little,
                    [0xfe, 0xff] => Order::Big,
                    _ => {
                        self.wide = false;
                        return;
                    }
                };
                return;
            }
        };
        self.wide = self.wide && !is_control(unit);
    }

    /// True for text as far as it has gone by. A character cut off at the very end is broken text, which the hash and the
    /// size still describe exactly.
    pub(super) fn is_text(&self) -> bool {
        self.seen > 0 && (self.utf8 || self.windows || (self.wide && !matches!(self.order, Order::Unknown)))
    }
}

/// Names of headers that a mail has some of.
const HEADERS: [&str; 12] = [
    "from",
    "to",
    "subject",
    "date",
    "received",
    "message-id",
    "mime-version",
    "return-path",
    "delivered-to",
    "cc",
    "content-type",
    "reply-to",
];

/// Whether it begins as a mail does: headers, three known ones among the first, and who it is from (RFC 5322).
pub(super) fn is_mail(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let lines = head.split(|b| *b == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let mut found = 0usize;
    for line in lines.take_while(|line| !line.is_empty()).take(200) {
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            continue;
        }
        let Some(colon) = line.iter().position(|b| *b == b':') else {
            return false;
        };
        let name = &line[..colon];
        if name.is_empty() || !name.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')) {
            return false;
        }
        let known = HEADERS.iter().position(|known| name.eq_ignore_ascii_case(known.as_bytes()));
        found |= known.map_or(0, |at| 1 << at);
        // From, and two more: it is a mail, whatever the headers beyond the part we have.
        if found & 1 == 1 && found.count_ones() >= 3 {
            return true;
        }
    }
    false
}
