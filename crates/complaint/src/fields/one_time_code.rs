//! The one-time code for signing in or confirming something: `1234 5678`.

use crate::fields::typed::plain;

/// The number of digits in a code.
pub const DIGITS: usize = 8;

/// Finds the digits of the code in what a person typed or pasted, alone or in a sentence.
///
/// Returns `None` unless there is exactly one whole code, so that callers need not count the input as an attempt.
pub fn find(typed: &str) -> Option<String> {
    let plain = plain(typed);
    if !plain.contains(char::is_alphabetic) {
        let digits: String = plain.chars().filter(char::is_ascii_digit).collect();
        if digits.len() == DIGITS {
            return Some(digits);
        }
    }
    // In a sentence: one run of digits, or two halves with one sign between them.
    let mut found: Option<String> = None;
    for (at, _) in plain.char_indices() {
        let before = plain[..at].chars().next_back();
        if before.is_some_and(char::is_alphanumeric) {
            continue;
        }
        let Some(code) = begins(&plain[at..]) else { continue };
        if found.as_ref().is_some_and(|other| *other != code) {
            return None;
        }
        found = Some(code);
    }
    found
}

/// Returns the code that begins the text and is followed by no further letter or digit.
fn begins(text: &str) -> Option<String> {
    let run = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let ends = |rest: &str| !rest.starts_with(char::is_alphanumeric);
    let first = run(text);
    if first == DIGITS {
        return ends(&text[first..]).then(|| text[..first].to_owned());
    }
    let half = DIGITS / 2;
    let rest = text.get(first..).filter(|_| first == half)?;
    let rest = rest.strip_prefix([' ', '-', '.'])?;
    let second = run(rest);
    (second == half && ends(&rest[second..])).then(|| format!("{}{}", &text[..first], &rest[..second]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("12345678")]
    #[case("1234 5678")]
    #[case("1234-5678")]
    #[case(" 12 34 56 78 ")]
    #[case("1234\u{2013}5678")]
    #[case("1234\u{A0}5678.")]
    #[case("\u{201C}1234 5678\u{201D}")]
    #[case("\u{FEFF}1234\u{200B}5678")]
    #[case("１２３４ ５６７８")]
    #[case("\u{661}\u{662}\u{663}\u{664} \u{665}\u{666}\u{667}\u{668}")]
    #[case("Your code is 1234 5678. It works for 10 minutes.")]
    #[case("Eich cod yw 12345678")]
    #[case("code:1234-5678")]
    #[case("1234 5678 is your code")]
    fn a_code_is_found(#[case] pasted: &str) {
        assert_eq!(find(pasted).as_deref(), Some("12345678"));
    }

    #[rstest]
    #[case("")]
    #[case("1234 567")]
    #[case("1234 56789")]
    #[case("code")]
    #[case("Your code is 1234 567")]
    #[case("12345678 or 87654321")]
    #[case("A12345678")]
    #[case("7K3M-92QF")]
    fn what_is_no_whole_code_is_none(#[case] typed: &str) {
        assert_eq!(find(typed), None);
    }
}
