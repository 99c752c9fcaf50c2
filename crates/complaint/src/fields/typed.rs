//! Normalises what people type, by Unicode character properties.
//!
//! Only the server build has the Unicode tables. The browser reads what needs no table and leaves the rest to the server
//! (decision 90).

/// Returns a code, a number or an address in plain characters, with single spaces between words and the ends trimmed.
///
/// The server applies NFKC, removes format and invisible characters, and converts decimal digits to ASCII, dashes to `-` and
/// single quotes to `'`.
pub fn plain(raw: &str) -> String {
    #[cfg(feature = "server")]
    let raw = &tables::plain(raw);
    words(raw)
}

/// Joins the words of a text with single spaces. Control characters also separate words.
pub(crate) fn words(raw: &str) -> String {
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

#[cfg(feature = "server")]
pub use tables::invisible;

#[cfg(feature = "server")]
pub(crate) mod tables {
    use icu_normalizer::ComposingNormalizerBorrowed;
    use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory, PrependedConcatenationMark};
    use icu_properties::{CodePointMapData, CodePointSetData};

    fn category(c: char) -> GeneralCategory {
        CodePointMapData::<GeneralCategory>::new().get(c)
    }

    /// Returns whether a character shows nothing: white space, controls, format characters, fillers, the empty Braille cell.
    pub fn is_invisible(c: char) -> bool {
        c.is_whitespace()
            || c.is_control()
            || c == '\u{2800}'
            || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
            || (category(c) == GeneralCategory::Format && !CodePointSetData::new::<PrependedConcatenationMark>().contains(c))
    }

    /// Returns whether a character in a name or another line has no meaning there: pasting and layout leave it behind.
    ///
    /// Joiners (emoji, Persian, Indic scripts), direction marks, tags of flags and variation selectors have a meaning and stay.
    pub fn is_left_behind(c: char) -> bool {
        let means_something = matches!(c,
            '\u{200C}'..='\u{200F}' | '\u{061C}' | '\u{E0020}'..='\u{E007F}');
        category(c) == GeneralCategory::Format && is_invisible(c) && !means_something
    }

    /// Returns the ranges of invisible characters.
    pub fn invisible() -> Vec<(char, char)> {
        let mut ranges: Vec<(char, char)> = Vec::new();
        for c in ('\0'..=char::MAX).filter(|c| is_invisible(*c)) {
            match ranges.last_mut().filter(|(_, last)| u32::from(*last) + 1 == u32::from(c)) {
                Some((_, last)) => *last = c,
                None => ranges.push((c, c)),
            }
        }
        ranges
    }

    /// Returns the text in composed form (NFC): "é" is one character, whatever the keyboard sent.
    pub fn composed(text: &str) -> String {
        ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned()
    }

    pub fn plain(raw: &str) -> String {
        let visible = |c: &char| c.is_whitespace() || c.is_control() || !is_invisible(*c);
        // NFKC would turn a lone acute accent into a space with an accent.
        let kept: String = raw.chars().filter(visible).map(|c| if c == '\u{B4}' { '\'' } else { c }).collect();
        let compatible = ComposingNormalizerBorrowed::new_nfkc().normalize(&kept).into_owned();
        compatible.chars().map(one_sign).collect()
    }

    fn one_sign(c: char) -> char {
        match (c, category(c)) {
            // Minus signs and the hyphen bullet are not dashes by category.
            ('\u{2212}' | '\u{2043}' | '\u{02D7}', _) | (_, GeneralCategory::DashPunctuation) => '-',
            ('\u{2018}' | '\u{2019}' | '\u{201B}' | '\u{02BC}' | '\u{02B9}' | '\u{2032}', _) => '\'',
            ('\u{201C}' | '\u{201D}' | '\u{201E}' | '\u{201F}' | '\u{00AB}' | '\u{00BB}', _) => '"',
            ('\u{3002}', _) => '.',
            ('\u{060C}' | '\u{3001}', _) => ',',
            ('\u{2044}' | '\u{2215}', _) => '/',
            (_, GeneralCategory::DecimalNumber) => digit(c),
            _ => c,
        }
    }

    /// Returns the ASCII digit of a decimal digit. Unicode has the digits of a script in rows of ten, without gaps between
    /// adjacent rows.
    fn digit(c: char) -> char {
        let is_digit = |code: u32| char::from_u32(code).is_some_and(|c| category(c) == GeneralCategory::DecimalNumber);
        let code = u32::from(c);
        let first = (0..=code).rev().take_while(|code| is_digit(*code)).last().unwrap_or(code);
        char::from_digit((code - first) % 10, 10).unwrap_or(c)
    }
}

#[cfg(all(test, feature = "server"))]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("\u{202A}+44\u{A0}7700\u{2011}900\u{2013}123\u{202C}", "+44 7700-900-123")]
    #[case("０７７００ ９００１２３", "07700 900123")]
    #[case("٠٧٧٠٠ ٩٠٠١٢٣", "07700 900123")]
    #[case("۰۷۷۰۰ ۹۰۰۱۲۳", "07700 900123")]
    #[case("०७७०० ৯০০১২৩", "07700 900123")]
    #[case("7K3M\u{2212}92QF\u{AD}", "7K3M-92QF")]
    #[case("\u{FEFF}ＳＷ１Ａ\u{3000}１ＡＡ\u{200B}", "SW1A 1AA")]
    #[case("o\u{2019}neill＠example．org", "o'neill@example.org")]
    #[case("\u{200F}\u{2060}\u{3164}\u{E0020}\u{FE0F}", "")]
    #[case("𝟘𝟙𝟚", "012")]
    fn signs_have_one_spelling(#[case] raw: &str, #[case] expected: &str) {
        assert_eq!(plain(raw), expected);
    }

    #[test]
    fn every_decimal_digit_has_its_value() {
        use icu_properties::{CodePointMapData, props::GeneralCategory};
        let is_digit = |c: char| CodePointMapData::<GeneralCategory>::new().get(c) == GeneralCategory::DecimalNumber;
        let mut rows = 0;
        for c in '\0'..=char::MAX {
            // A row of ten begins here: its digits have to become 0 to 9.
            if is_digit(c) && tables::plain(&c.to_string()) == "0" {
                let row: String = (0..10).filter_map(|n| char::from_u32(u32::from(c) + n)).collect();
                assert_eq!(tables::plain(&row), "0123456789", "{:x}", u32::from(c));
                rows += 1;
            }
        }
        assert!(rows >= 70, "only {rows} rows of digits were found");
    }

    proptest! {
        #[test]
        fn twice_is_once(raw in any::<String>()) {
            prop_assert_eq!(plain(&plain(&raw)), plain(&raw));
        }
    }
}
