//! Tidies the free text that people type.

use crate::fields::typed;

/// The maximum length of a one-line answer, in characters.
pub const LINE_MAX: usize = 200;

/// The maximum length of a long answer, in characters: about fifteen pages, so that no resident reaches it by accident.
pub const TEXT_MAX: usize = 30_000;

/// Tidies a one-line answer: control characters and runs of white space become one space, and the ends are trimmed.
///
/// Letters of every script, marks, emoji, joiners, and direction marks between words stay. The server also composes letters (NFC)
/// and removes the format characters that pasting leaves behind. On the server a line of invisible characters becomes empty.
pub fn line(raw: &str) -> String {
    #[cfg(feature = "server")]
    {
        let mark = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '\u{200E}' | '\u{200F}' | '\u{061C}');
        let kept: String = raw.chars().filter(|c| !typed::tables::is_left_behind(*c)).collect();
        let line = typed::tables::composed(&typed::words(kept.trim_matches(mark)));
        if line.chars().all(typed::tables::is_invisible) {
            String::new()
        } else {
            line
        }
    }
    #[cfg(not(feature = "server"))]
    typed::words(raw)
}

/// Tidies a long answer: line ends become `\n`, and other control characters and trailing space are removed.
///
/// A NUL, for example, cannot be stored. Leading white space on the first line stays: it may be the layout of a list. The server
/// also composes letters (NFC); there a text of invisible characters becomes empty.
pub fn block(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\r' => {
                if rest.peek() != Some(&'\n') {
                    out.push('\n');
                }
            }
            '\n' | '\t' => out.push(c),
            // The other line ends of Unicode and of word processors.
            #[cfg(feature = "server")]
            '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            #[cfg(feature = "server")]
            '\u{FEFF}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    #[cfg(feature = "server")]
    {
        out = typed::tables::composed(&out);
        if out.chars().all(typed::tables::is_invisible) {
            out.clear();
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Returns the length in characters, as a person counts, not in bytes.
pub fn length(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    #[cfg(feature = "server")]
    use rstest::rstest;

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(line("  Siân \u{0}\r\n  O'Neill\t"), "Siân O'Neill");
        assert_eq!(line("شقة 4"), "شقة 4");
    }

    #[test]
    fn a_block_keeps_its_lines() {
        assert_eq!(block("one\r\ntwo\rthree\n\n"), "one\ntwo\nthree");
        assert_eq!(block("a\u{0}b"), "ab");
        assert_eq!(block("</textarea><script>"), "</textarea><script>");
    }

    #[cfg(feature = "server")]
    #[rstest]
    #[case("\u{200B}")]
    #[case("\u{FEFF}\u{2060} \u{AD}")]
    #[case("\u{3164}")]
    #[case("\u{115F}\u{1160}\u{FFA0}")]
    #[case("\u{2800}\u{2800}")]
    #[case("\u{200D}\u{200C}\u{FE0F}\u{E0067}")]
    #[case("\u{202E}\u{2066}\u{2069}\u{180E}\u{34F}")]
    fn invisible_characters_alone_are_nothing(#[case] raw: &str) {
        assert_eq!((line(raw), block(raw)), (String::new(), String::new()));
    }

    #[cfg(feature = "server")]
    #[rstest]
    #[case("Sia\u{302}n\u{200B} \u{202A}Example\u{202C}", "Si\u{E2}n Example")]
    #[case("\u{200F}Example\u{AD}-Smith\u{200E}", "Example-Smith")]
    #[case(
        "👩\u{200D}👧 می\u{200C}خواهم 🏴\u{E0067}\u{E0062}\u{E007F} ❤\u{FE0F}",
        "👩\u{200D}👧 می\u{200C}خواهم 🏴\u{E0067}\u{E0062}\u{E007F} ❤\u{FE0F}"
    )]
    #[case("Flat 4\u{2013}5\u{A0}B", "Flat 4\u{2013}5 B")]
    fn a_line_loses_what_paste_leaves_behind(#[case] raw: &str, #[case] expected: &str) {
        assert_eq!(line(raw), expected);
    }

    #[cfg(feature = "server")]
    #[test]
    fn a_block_keeps_joiners_and_reads_every_line_end() {
        assert_eq!(block("one\u{2028}two\u{85}three\u{B}four"), "one\ntwo\nthree\nfour");
        assert_eq!(block("\u{FEFF}می\u{200C}خواهم 👩\u{200D}👧"), "می\u{200C}خواهم 👩\u{200D}👧");
    }

    proptest! {
        #[test]
        fn cleaning_twice_is_cleaning_once(raw in any::<String>()) {
            prop_assert_eq!(line(&line(&raw)), line(&raw));
            prop_assert_eq!(block(&block(&raw)), block(&raw));
        }

        #[cfg(feature = "server")]
        #[test]
        fn nothing_that_can_be_seen_is_lost(raw in any::<String>()) {
            let seen = |s: &str| {
                let visible = s.chars().filter(|c| !typed::tables::is_invisible(*c)).collect::<String>();
                typed::tables::composed(&visible)
            };
            prop_assert_eq!(seen(&block(&raw)), seen(&raw));
            prop_assert_eq!(seen(&line(&raw)), seen(&raw));
        }
    }
}
