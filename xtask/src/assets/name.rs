//! File names that change with the file's content, so that a browser may cache them for ever.

use crate::stamp;

/// Hexadecimal digits of the hash in a name. Eight are enough to distinguish the versions of one file.
const DIGITS: usize = 8;

/// Turns `onrecord.wasm` and its content into `onrecord-ab12cd34.wasm`.
pub fn hashed(plain: &str, content: &[u8]) -> String {
    let hash = &stamp::sha256(content)[..DIGITS];
    match plain.rsplit_once('.') {
        Some((stem, ending)) => format!("{stem}-{hash}.{ending}"),
        None => format!("{plain}-{hash}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_stands_before_the_ending() {
        assert_eq!(hashed("main.css", b"abc"), "main-ba7816bf.css");
        assert_eq!(hashed("tus.min.js", b"abc"), "tus.min-ba7816bf.js");
        assert_eq!(hashed("LICENCE", b"abc"), "LICENCE-ba7816bf");
    }

    #[test]
    fn another_content_has_another_name() {
        assert_ne!(hashed("main.css", b"a{}"), hashed("main.css", b"b{}"));
    }
}
