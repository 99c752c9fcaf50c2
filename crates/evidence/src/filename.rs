//! Display names of uploaded files.

/// Maximum length of a name, in characters.
pub const MAX_CHARS: usize = 200;

/// Cleans a file name for display. Returns an empty string when nothing is left.
///
/// Removes folders, control characters and bidirectional controls (which can make `….exe` read as `….jpg`). Shortens the name to
/// [`MAX_CHARS`]. Names are only displayed: storage keys are made from ids.
pub fn display_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control() && !turns_direction(*c)).collect();
    let clean = clean.trim();
    if clean.chars().count() <= MAX_CHARS {
        return clean.to_owned();
    }
    // Keep the extension: it tells people what the file is.
    let ending: String = clean
        .rsplit_once('.')
        .map(|(_, e)| format!(".{e}"))
        .filter(|e| e.chars().count() <= 10)
        .unwrap_or_default();
    let stem: String = clean.chars().take(MAX_CHARS - ending.chars().count()).collect();
    stem + &ending
}

/// Returns a display name that differs from all `others`, with a number if needed: `image (2).jpg`.
///
/// Phones give every photo the same name. Names that differ only in upper and lower case count as equal.
pub fn unique_display_name(given: &str, others: &[&str]) -> String {
    let name = display_name(given);
    let is_taken = |name: &str| others.iter().any(|other| other.to_lowercase() == name.to_lowercase());
    if name.is_empty() || !is_taken(&name) {
        return name;
    }
    let (stem, ending) = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).unwrap_or((&name, ""));
    let dot = if ending.is_empty() { "" } else { "." };
    let numbered = |number: usize| {
        let behind = format!(" ({number}){dot}{ending}");
        let room = MAX_CHARS.saturating_sub(behind.chars().count());
        stem.chars().take(room).collect::<String>() + &behind
    };
    // One of these numbers is free: one of `others` is the unnumbered name.
    (2..=others.len() + 1).map(numbered).find(|name| !is_taken(name)).unwrap_or(name)
}

const fn turns_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_one_name_are_told_apart() {
        for (given, others, expected) in [
            ("image.jpg", vec![], "image.jpg"),
            ("image.jpg", vec!["image.png", "images.jpg"], "image.jpg"),
            ("image.jpg", vec!["image.jpg"], "image (2).jpg"),
            ("IMAGE.jpg", vec!["image.JPG"], "IMAGE (2).jpg"),
            ("image.jpg", vec!["image.jpg", "image (2).jpg"], "image (3).jpg"),
            ("image.jpg", vec!["image.jpg", "image (3).jpg"], "image (2).jpg"),
            ("image (2).jpg", vec!["image (2).jpg"], "image (2) (2).jpg"),
            ("letter", vec!["letter"], "letter (2)"),
            (".jpg", vec![".jpg"], ".jpg (2)"),
            ("C:\\fakepath\\image.jpg", vec!["image.jpg"], "image (2).jpg"),
            ("", vec![""], ""),
        ] {
            assert_eq!(unique_display_name(given, &others), expected, "{given} beside {others:?}");
        }
        let long = display_name(&format!("{}.pdf", "é".repeat(500)));
        let second = unique_display_name(&long, &[&long]);
        assert!(second.ends_with("é (2).pdf") && second.chars().count() == MAX_CHARS);
    }

    #[test]
    fn names_lose_folders_controls_and_length_but_keep_words() {
        assert_eq!(display_name("C:\\Users\\me\\mould \u{1f9a0}.jpg"), "mould \u{1f9a0}.jpg");
        assert_eq!(display_name("../../etc/pass\0wd\r\n"), "passwd");
        assert_eq!(display_name("photo\u{202e}gpj.exe"), "photogpj.exe");
        assert_eq!(display_name("///"), "");
        let long = display_name(&format!("{}.pdf", "é".repeat(500)));
        assert_eq!(long.chars().count(), MAX_CHARS);
        assert!(std::path::Path::new(&long).extension().is_some_and(|e| e == "pdf"));
    }
}
