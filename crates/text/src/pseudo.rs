//! Pseudo-languages, generated from English. They reveal text that is not in `locales/`, and boxes that are too narrow.
//! Only debug builds have them.

/// Adds accents and doubles vowels, so that a sentence is about a third longer.
///
/// The brackets show where a text is composed of several sentences.
pub(crate) fn accented(sentence: &str) -> String {
    let words = outside_placeholders(sentence, |words, out| {
        for letter in words.chars() {
            let accented = match letter {
                'a' => "àà",
                'e' => "éé",
                'i' => "îî",
                'o' => "öö",
                'u' => "ûû",
                'c' => "ç",
                'n' => "ñ",
                's' => "š",
                'y' => "ý",
                'A' => "Å",
                'C' => "Ç",
                'E' => "É",
                'I' => "Î",
                'O' => "Ö",
                'S' => "Š",
                'U' => "Û",
                other => {
                    out.push(other);
                    continue;
                }
            };
            out.push_str(accented);
        }
    });
    format!("[{words}]")
}

/// Puts each word between the marks that make it run from right to left.
pub(crate) fn right_to_left(sentence: &str) -> String {
    outside_placeholders(sentence, |words, out| {
        let mut inside = false;
        for letter in words.chars() {
            if letter.is_alphabetic() != inside {
                out.push(if inside { '\u{202c}' } else { '\u{202e}' });
                inside = !inside;
            }
            out.push(letter);
        }
        if inside {
            out.push('\u{202c}');
        }
    })
}

/// Changes the text around `%{name}`.
fn outside_placeholders(sentence: &str, change: impl Fn(&str, &mut String)) -> String {
    let mut out = String::with_capacity(sentence.len() * 2);
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once("%{") {
        change(before, &mut out);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        out.push_str("%{");
        out.push_str(name);
        out.push('}');
        rest = after;
    }
    change(rest, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_longer_and_keeps_its_placeholders() {
        let made = accented("Each can be up to %{max} characters, %{name}.");
        assert_eq!(made, "[Éààçh çààñ béé ûûp töö %{max} çhààrààçtéérš, %{name}.]");
    }

    #[test]
    fn each_word_is_turned() {
        assert_eq!(
            right_to_left("Up to %{max} MB."),
            "\u{202e}Up\u{202c} \u{202e}to\u{202c} %{max} \u{202e}MB\u{202c}."
        );
    }
}
