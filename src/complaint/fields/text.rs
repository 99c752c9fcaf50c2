//! Free text: what is kept of what a person typed.

/// The longest a one-line answer may be, in characters.
pub const LINE_MAX: usize = 200;

/// The longest a long answer may be, in characters: some fifteen pages, so that nobody meets it by accident.
pub const TEXT_MAX: usize = 30_000;

/// A one-line answer: control characters become spaces, runs of white space one space, ends trimmed.
///
/// Letters of every script, marks, emoji and direction marks stay as they came.
#[must_use]
pub fn line(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for word in raw.split(|c: char| c.is_whitespace() || c.is_control()) {
        if word.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// A long answer: line ends become `\n`, other control characters go (a NUL cannot be stored), trailing space goes.
///
/// Leading white space on the first line stays: it may be how a person laid out a list.
#[must_use]
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
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// How long a text is, the way a person counts: characters, not bytes.
#[must_use]
pub fn length(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn cleaning_twice_is_cleaning_once(raw in any::<String>()) {
            prop_assert_eq!(line(&line(&raw)), line(&raw));
            prop_assert_eq!(block(&block(&raw)), block(&raw));
        }

        #[test]
        fn nothing_but_control_and_space_is_lost(raw in any::<String>()) {
            let kept = |s: &str| s.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(kept(&block(&raw)), kept(&raw));
            prop_assert_eq!(kept(&line(&raw)), kept(&raw));
        }
    }
}
