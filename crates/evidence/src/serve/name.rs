//! The name under which a file is served.

use crate::filename::display_name;

/// The extensions each type may have. The first is appended to a name that has none of them.
const ENDINGS: &[(&str, &[&str])] = &[
    ("application/pdf", &["pdf"]),
    ("image/jpeg", &["jpg", "jpeg", "jpe", "jfif"]),
    ("image/png", &["png"]),
    ("image/heic", &["heic", "heif"]),
    ("image/heif", &["heif", "heic"]),
    ("image/webp", &["webp"]),
    ("image/gif", &["gif"]),
    ("text/plain", &["txt", "text", "log", "csv"]),
    ("text/csv", &["csv", "txt"]),
    ("message/rfc822", &["eml"]),
    ("application/vnd.ms-outlook", &["msg"]),
    ("application/msword", &["doc"]),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", &["docx"]),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", &["xlsx"]),
    ("application/vnd.oasis.opendocument.text", &["odt"]),
    ("application/rtf", &["rtf"]),
    ("audio/mpeg", &["mp3"]),
    ("audio/mp4", &["m4a", "m4b", "mp4"]),
    ("audio/wav", &["wav"]),
    ("audio/aac", &["aac"]),
    ("audio/amr", &["amr"]),
    ("audio/ogg", &["ogg", "oga", "opus"]),
    ("video/mp4", &["mp4", "m4v"]),
    ("video/quicktime", &["mov", "qt"]),
    ("video/webm", &["webm"]),
    ("video/3gpp", &["3gp", "3gpp"]),
    ("video/3gpp2", &["3g2"]),
    ("audio/3gpp", &["3gp", "3gpp", "3g2", "3ga", "m4a", "mp4"]),
    ("audio/webm", &["webm", "weba"]),
];

/// The name of a file that came without one.
const NAMELESS: &str = "file";

/// Returns the media type and the file name under which a file may be saved and opened.
///
/// A type that is not accepted becomes plain bytes. A name keeps an extension that fits the type; otherwise the right one is
/// appended. So a text called `letter.hta` does not run as a program on the reader's computer.
pub fn safe_name(filename: &str, media_type: &str) -> (&'static str, String) {
    let known = ENDINGS.iter().find(|(known, _)| *known == media_type);
    let (media_type, endings) = known.copied().unwrap_or(("application/octet-stream", &["bin"]));
    // Windows drops dots and spaces at the end, and then sees another extension.
    let name = display_name(filename);
    let name = name.trim_matches(['.', ' ']);
    let name = if name.is_empty() { NAMELESS } else { name };
    let fits = name
        .rsplit_once('.')
        .is_some_and(|(stem, ending)| !stem.is_empty() && endings.iter().any(|e| ending.eq_ignore_ascii_case(e)));
    let name = if fits {
        name.to_owned()
    } else {
        format!("{name}.{}", endings.first().unwrap_or(&"bin"))
    };
    (media_type, name)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::types::ACCEPTED;

    #[rstest]
    #[case("mould.JPG", "image/jpeg", "mould.JPG")]
    #[case("letter.hta", "text/plain", "letter.hta.txt")]
    #[case("page.html", "text/plain", "page.html.txt")]
    #[case("costs.csv", "text/plain", "costs.csv")]
    #[case("photo.exe", "image/jpeg", "photo.exe.jpg")]
    #[case("run.txt. ", "text/plain", "run.txt")]
    #[case("run.js.", "text/plain", "run.js.txt")]
    #[case("Voice 001.m4a", "audio/3gpp", "Voice 001.m4a")]
    #[case("Voice 001.mp3", "audio/3gpp", "Voice 001.mp3.3gp")]
    #[case("jpg", "image/jpeg", "jpg.jpg")]
    #[case(".jpg", "image/jpeg", "jpg.jpg")]
    #[case("", "application/pdf", "file.pdf")]
    #[case("../../x.pdf", "application/pdf", "x.pdf")]
    #[case("llun o'r llwydni.png", "image/png", "llun o'r llwydni.png")]
    fn names_end_as_what_they_are(#[case] given: &str, #[case] media_type: &str, #[case] expected: &str) {
        assert_eq!(safe_name(given, media_type), (media_type_of(media_type), expected.to_owned()));
    }

    fn media_type_of(text: &str) -> &'static str {
        ENDINGS.iter().map(|(known, _)| *known).find(|known| *known == text).unwrap()
    }

    #[test]
    fn every_accepted_type_has_an_ending_and_others_are_plain_bytes() {
        for accepted in ACCEPTED {
            assert_eq!(safe_name("x", accepted.media_type).0, accepted.media_type);
        }
        for other in ["text/html", "image/svg+xml", "", "text/plain; charset=utf-7"] {
            assert_eq!(
                safe_name("x.html", other),
                ("application/octet-stream", "x.html.bin".into()),
                "{other}"
            );
        }
    }
}
