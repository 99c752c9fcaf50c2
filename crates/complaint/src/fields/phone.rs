//! Phone numbers, as people write them.

use crate::fields::typed::plain;

/// Why a text is not a phone number, as an error code.
pub type PhoneProblem = &'static str;

/// Reads a phone number as people type and paste it.
///
/// The server also reads `tel:`, a label such as "Mob:", and `+44 (0)`, and keeps an extension as ` ext 12`.
pub fn read(typed: &str) -> Result<String, PhoneProblem> {
    #[cfg(feature = "server")]
    return server::read(&plain(typed));
    #[cfg(not(feature = "server"))]
    {
        let number = plain(typed);
        if is_plausible(&number) { Ok(number) } else { Err(NOT_PLAUSIBLE) }
    }
}

const NOT_PLAUSIBLE: PhoneProblem = "phone_not_plausible";

/// Returns whether a text can be a phone number: 9 to 15 digits (E.164's limit) with the usual signs.
fn is_plausible(number: &str) -> bool {
    // A UK number has at most eleven digits, including the leading zero.
    let most = if is_national(number) { 11 } else { 15 };
    has_usual_signs(number) && (9..=most).contains(&digits_of(number))
}

fn has_usual_signs(number: &str) -> bool {
    let signs_only = number
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, ' ' | '+' | '(' | ')' | '-' | '.' | '/'));
    signs_only && number.rfind('+').is_none_or(|at| at == 0)
}

fn is_national(number: &str) -> bool {
    let mut digits = number.chars().filter(char::is_ascii_digit);
    !number.contains('+') && digits.next() == Some('0') && digits.next() != Some('0')
}

fn digits_of(text: &str) -> usize {
    text.chars().filter(char::is_ascii_digit).count()
}

#[cfg(feature = "server")]
pub use server::national;

#[cfg(feature = "server")]
mod server {
    use super::{NOT_PLAUSIBLE, PhoneProblem, digits_of, has_usual_signs, is_national, is_plausible};

    /// Words beside a number that do not affect how it is used.
    const LABELS: [&str; 36] = [
        "tel",
        "telephone",
        "phone",
        "mob",
        "mobile",
        "cell",
        "home",
        "work",
        "landline",
        "office",
        "day",
        "daytime",
        "evening",
        "number",
        "no",
        "my",
        "is",
        "the",
        "on",
        "call",
        "ring",
        "text",
        "whatsapp",
        "uk",
        "t",
        "m",
        "h",
        "w",
        "ffôn",
        "ffon",
        "symudol",
        "rhif",
        "cartref",
        "gwaith",
        "llinell",
        "fy",
    ];
    const EXTENSIONS: [&str; 6] = ["ext", "extn", "extension", "x", "est", "estyniad"];
    const BETWEEN: [&str; 6] = ["or", "and", "neu", "a", "ac", "also"];

    pub(crate) fn read(plain: &str) -> Result<String, PhoneProblem> {
        if digits_of(plain) == 0 {
            return Err(NOT_PLAUSIBLE);
        }
        let spread = plain.to_lowercase().replace(";ext=", " ext ").replace('#', " ext ");
        let mut numbers: Vec<String> = vec![String::new()];
        let mut extension: Option<String> = None;
        for word in words(&spread) {
            let is_number = word.starts_with(|c: char| !c.is_alphabetic());
            if let Some(extension) = extension.as_mut() {
                // After "ext" come its digits, and then nothing that could be part of a number.
                match (is_number, extension.is_empty()) {
                    (true, true) if (1..=6).contains(&digits_of(&word)) => *extension = word.chars().filter(char::is_ascii_digit).collect(),
                    (true, true) => return Err("phone_extension"),
                    (true, false) if digits_of(&word) == 0 => {}
                    (true, false) => return Err("phone_several"),
                    (false, _) if LABELS.contains(&word.as_str()) => {}
                    (false, _) => return Err("phone_words"),
                }
                continue;
            }
            if is_number {
                if let Some(number) = numbers.last_mut() {
                    number.push_str(&word);
                }
            } else if EXTENSIONS.contains(&word.as_str()) {
                extension = Some(String::new());
            } else if BETWEEN.contains(&word.as_str()) {
                numbers.push(String::new());
            } else if !LABELS.contains(&word.as_str()) {
                return Err("phone_words");
            }
        }
        if extension.as_ref().is_some_and(String::is_empty) {
            return Err("phone_extension");
        }
        let numbers: Vec<String> = numbers
            .iter()
            .flat_map(|number| apart(number))
            .map(|number| tidy(&number))
            .collect();
        let mut whole = numbers.into_iter().filter(|number| digits_of(number) > 0);
        let number = whole.next().unwrap_or_default();
        if whole.next().is_some() {
            return Err("phone_several");
        }
        let digits = digits_of(&number);
        let is_uk = is_national(&number);
        match digits {
            // Two numbers separated only by a space.
            18.. if is_uk => Err("phone_several"),
            16.. => Err("phone_long"),
            12.. if is_uk => Err("phone_long"),
            1..=8 if has_usual_signs(&number) => Err("phone_short"),
            _ if !is_plausible(&number) => Err(NOT_PLAUSIBLE),
            _ => Ok(match extension {
                Some(extension) => format!("{number} ext {extension}"),
                None => number,
            }),
        }
    }

    /// Splits a text into words of letters and pieces of everything else.
    fn words(text: &str) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        for c in text.chars() {
            let joins = |last: &String| {
                last.chars()
                    .next_back()
                    .is_some_and(|before| before.is_alphabetic() == c.is_alphabetic())
            };
            match words.last_mut().filter(|last| joins(last)) {
                Some(last) => last.push(c),
                None => words.push(c.to_string()),
            }
        }
        words
    }

    /// Splits a text at commas, slashes and the like, if at least two pieces are long enough to be numbers.
    fn apart(text: &str) -> Vec<String> {
        let parts: Vec<&str> = text.split(['/', ',', ';', '&', '|']).collect();
        let long = parts.iter().filter(|part| digits_of(part) >= 9).count();
        if long > 1 {
            return parts.into_iter().map(str::to_owned).collect();
        }
        vec![text.to_owned()]
    }

    /// Removes the signs around a number, and the zero that is not dialled after a country code.
    fn tidy(number: &str) -> String {
        let number = number.trim_matches(|c: char| !c.is_ascii_digit() && !matches!(c, '+' | '(' | ')'));
        let (opened, closed) = (number.matches('(').count(), number.matches(')').count());
        let number = if opened == closed {
            number.to_owned()
        } else {
            number.replace(['(', ')'], " ")
        };
        let number = match number.trim().strip_prefix("(+").and_then(|rest| rest.split_once(')')) {
            Some((country, rest)) => format!("+{country} {rest}"),
            None => number,
        };
        let number = if number.trim_start().starts_with(['+']) || number.trim_start().starts_with("00") {
            number.replace("(0)", " ")
        } else {
            number
        };
        number.replace("()", " ").split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Returns the digits as dialled within the UK, without the leading zero and the extension.
    ///
    /// Two spellings of one number give the same digits.
    pub fn national(number: &str) -> String {
        let number = number.split(" ext ").next().unwrap_or_default();
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        let abroad = digits.strip_prefix("0044").or_else(|| digits.strip_prefix("44"));
        abroad.unwrap_or(&digits).trim_start_matches('0').to_owned()
    }
}

#[cfg(all(test, feature = "server"))]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("01632 960 001", "01632 960 001")]
    #[case("07700 900 982", "07700 900 982")]
    #[case("07700.900.982", "07700.900.982")]
    #[case("07700/900982", "07700/900982")]
    #[case("+44 (0)808 157 0192", "+44 808 157 0192")]
    #[case("+44(0)7700900982", "+44 7700900982")]
    #[case("0044 (0) 7700 900982", "0044 7700 900982")]
    #[case("(+44) 7700 900982", "+44 7700 900982")]
    #[case("(01632) 960 001", "(01632) 960 001")]
    #[case("tel:+447700900982", "+447700900982")]
    #[case("TEL:01632-960-001", "01632-960-001")]
    #[case("Mob: 07700 900982", "07700 900982")]
    #[case("07700 900982 (mobile)", "07700 900982")]
    #[case("Home - 01632 960001.", "01632 960001")]
    #[case("my number is 07700 900982", "07700 900982")]
    #[case("ffôn symudol: 07700 900982", "07700 900982")]
    #[case("\u{202D}07700\u{2011}900\u{2013}982\u{202C}", "07700-900-982")]
    #[case("07700\u{2212}900\u{AD}982", "07700-900982")]
    #[case("\u{200F}٠٧٧٠٠ ٩٠٠٩٨٢", "07700 900982")]
    #[case("０７７００９００９８２", "07700900982")]
    #[case("020 7946 0000 ext 12", "020 7946 0000 ext 12")]
    #[case("020 7946 0000 x12", "020 7946 0000 ext 12")]
    #[case("020 7946 0000, extension: 0123", "020 7946 0000 ext 0123")]
    #[case("020 7946 0000 (ext. 12)", "020 7946 0000 ext 12")]
    #[case("020 7946 0000 #12", "020 7946 0000 ext 12")]
    #[case("tel:+442079460000;ext=12", "+442079460000 ext 12")]
    #[case("020 7946 0000 est. 12", "020 7946 0000 ext 12")]
    #[case("+1 202 555 0100", "+1 202 555 0100")]
    fn numbers_are_read(#[case] typed: &str, #[case] number: &str) {
        assert_eq!(read(typed), Ok(number.to_owned()));
        assert_eq!(read(number), Ok(number.to_owned()), "the canonical spelling must be read unchanged");
    }

    #[rstest]
    #[case("1234", "phone_short")]
    #[case("07700 900", "phone_short")]
    #[case("ext 12", "phone_not_plausible")]
    #[case("call my daughter", "phone_not_plausible")]
    #[case("my daughter has 07700 900982", "phone_words")]
    #[case("07700 900982 ask for Robin", "phone_words")]
    #[case("07700 900982 +", "phone_not_plausible")]
    #[case("07700 900982 / 01632 960001", "phone_several")]
    #[case("07700 900982, 01632 960001", "phone_several")]
    #[case("07700 900982 or 01632 960001", "phone_several")]
    #[case("07700900982 01632960001", "phone_several")]
    #[case("Mob: 07700 900982 Home: 01632 960001", "phone_several")]
    #[case("07700 900982 1", "phone_long")]
    #[case("+44 7700 900982 123456", "phone_long")]
    #[case("020 7946 0000 ext", "phone_extension")]
    #[case("020 7946 0000 ext 1234567", "phone_extension")]
    fn what_is_wrong_is_named(#[case] typed: &str, #[case] code: PhoneProblem) {
        assert_eq!(read(typed), Err(code));
    }

    #[test]
    fn spellings_of_one_number_are_one() {
        for same in ["07700 900982", "+44 7700 900982", "0044 (0)7700 900982", "07700-900982 ext 4"] {
            assert_eq!(national(same), "7700900982", "{same}");
        }
    }
}
