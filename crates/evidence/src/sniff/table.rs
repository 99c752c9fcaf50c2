//! Tells CSV from other text. CSV has no signature: it is text whose lines all have the same number of fields.

/// How many lines are inspected.
const LINES: usize = 40;

/// Whether the first lines have the same number of fields: at least two fields in at least two lines.
///
/// With two fields there must be three lines, because two lines of a letter may well have a comma each. `whole`: `head` is the
/// whole text.
pub(crate) fn is_table(head: &[u8], whole: bool) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    // If the head is not the whole text, its last line is cut off.
    let end = if whole {
        head.len()
    } else {
        head.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1)
    };
    let text = head[..end].trim_ascii_end();
    // Excel names the separator in a first line.
    let text = match text {
        [b's', b'e', b'p', b'=', _, b'\r', b'\n', rest @ ..] | [b's', b'e', b'p', b'=', _, b'\n', rest @ ..] => rest,
        text => text,
    };
    !has_gap(text) && [b',', b';', b'\t'].into_iter().any(|separator| fits(text, separator))
}

/// Whether there is an empty line, as between the paragraphs of a letter. An empty line in a quoted field does not count.
fn has_gap(text: &[u8]) -> bool {
    let (mut quoted, mut empty) = (false, false);
    for byte in text {
        match byte {
            b'"' => (quoted, empty) = (!quoted, false),
            b'\n' if empty && !quoted => return true,
            b'\n' => empty = true,
            b'\r' => {}
            _ => empty = false,
        }
    }
    false
}

fn fits(text: &[u8], separator: u8) -> bool {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(text);
    let mut record = csv::ByteRecord::new();
    let (mut lines, mut fields) = (0, 0);
    while lines < LINES {
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(_) => return false,
        }
        if (lines > 0 && record.len() != fields) || record.len() < 2 {
            return false;
        }
        fields = record.len();
        lines += 1;
    }
    lines >= if fields > 2 { 2 } else { 3 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_have_lines_of_one_length_and_letters_do_not() {
        assert!(is_table(b"date,paid,due\n2026-01-01,400,400\n2026-02-01,0,400\n", true));
        assert!(is_table(b"when;what\n1 May;\"leak; again\"\n2 May;nobody came\n", true));
        assert!(is_table(b"a\tb\tc\r\n1\t2\t3\r\n", true));
        assert!(is_table(b"sep=;\r\nwhen;what\r\n1 May;leak\r\n2 May;leak\r\n", true));
        assert!(is_table(b"when,what,who\r\n1 May,\"a leak\r\n\r\nand damp\",Wren\r\n", true));
        assert!(!is_table(b"Dear Sir,\nyours,\n", true));
        assert!(!is_table(b"Dear Sir,\n\nthe leak, again\n\nyours, Wren\n", true));
        assert!(!is_table(b"one line, with three, commas, in it", true));
        assert!(!is_table(b"", true));
    }

    #[test]
    fn a_line_cut_off_at_the_end_is_not_counted() {
        assert!(is_table(b"a,b,c\n1,2,3\n4,", false));
        assert!(!is_table(b"a,b,c\n1,2,3\n4,", true));
    }
}
