//! The name a file came with.

/// Longest name kept, in characters.
pub const MAX_CHARS: usize = 200;

/// Makes a name safe to show: no folders, no control characters, none of the invisible characters that turn the
/// reading direction (they can make `….exe` read as `….jpg`), at most [`MAX_CHARS`]. Empty when nothing is left.
/// It is only ever shown; the place in storage is made from an id.
#[must_use]
pub fn display_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control() && !turns_direction(*c)).collect();
    let clean = clean.trim();
    if clean.chars().count() <= MAX_CHARS {
        return clean.to_owned();
    }
    // Keep the ending: it tells a person what the file is.
    let ending: String = clean
        .rsplit_once('.')
        .map(|(_, e)| format!(".{e}"))
        .filter(|e| e.chars().count() <= 10)
        .unwrap_or_default();
    let stem: String = clean.chars().take(MAX_CHARS - ending.chars().count()).collect();
    stem + &ending
}

const fn turns_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

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
