use super::*;

/// The answer must not depend on how the bytes were cut.
fn sniff(bytes: &[u8]) -> Option<&'static str> {
    let answers: Vec<_> = [1, 3, 7, 64, 4096, usize::MAX]
        .into_iter()
        .map(|size| {
            let mut sniffer = Sniffer::default();
            for piece in bytes.chunks(size.min(bytes.len().max(1))) {
                sniffer.look(piece);
            }
            sniffer.media_type()
        })
        .collect();
    assert!(answers.windows(2).all(|two| two[0] == two[1]), "cut differently: {answers:?}");
    answers[0]
}

fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, content) in entries {
        out.extend_from_slice(b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0");
        let size = u32::try_from(content.len()).unwrap().to_le_bytes();
        out.extend_from_slice(&size);
        out.extend_from_slice(&size);
        out.extend_from_slice(&u16::try_from(name.len()).unwrap().to_le_bytes());
        out.extend_from_slice(&[0, 0]);
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(content);
    }
    out
}

fn ole(stream: &str) -> Vec<u8> {
    let mut out = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    out.resize(20_000, 0);
    out.extend(stream.encode_utf16().flat_map(u16::to_le_bytes));
    out.resize(24_000, 0);
    out
}

#[test]
fn photos_and_documents_are_known_by_content() {
    assert_eq!(sniff(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3"), Some("application/pdf"));
    assert_eq!(sniff(b"\xff\xd8\xff\xe0\0\x10JFIF"), Some("image/jpeg"));
    assert_eq!(sniff(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), Some("image/png"));
    assert_eq!(sniff(b"GIF89a\x01\0\x01\0"), Some("image/gif"));
    assert_eq!(sniff(b"RIFF\x24\0\0\0WEBPVP8 "), Some("image/webp"));
    assert_eq!(sniff(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"), Some("image/heic"));
    assert_eq!(sniff(b"\0\0\0\x18ftypmif1\0\0\0\0mif1miaf"), Some("image/heif"));
    assert_eq!(sniff(b"{\\rtf1\\ansi hello}"), Some("application/rtf"));
    assert_eq!(sniff(&ole("WordDocument")), Some(DOC));
}

#[test]
fn documents_in_zips_are_told_from_other_zips() {
    let office = [
        ("[Content_Types].xml", &b"<x/>"[..]),
        ("_rels/.rels", b"<x/>"),
        ("word/document.xml", b"<x/>"),
    ];
    assert_eq!(sniff(&zip(&office)), Some(DOCX));
    assert_eq!(sniff(&zip(&[("mimetype", ODT.as_bytes()), ("content.xml", b"<x/>")])), Some(ODT));
    assert_eq!(sniff(&zip(&[("mimetype", b"application/epub+zip")])), None);
    assert_eq!(sniff(&zip(&[("holiday.jpg", b"\xff\xd8\xff")])), None);
    assert_eq!(sniff(&zip(&[("letter.docx", &zip(&office))])), None);
    let with_macros = [office[0], office[2], ("word/vbaProject.bin", b"x")];
    assert_eq!(sniff(&zip(&with_macros)), None);
}

#[test]
fn programs_scripts_pages_and_sheets_are_refused() {
    assert_eq!(sniff(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0"), None);
    assert_eq!(sniff(b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0"), None);
    assert_eq!(sniff(b"#!/bin/sh\nrm -r ~\n"), None);
    assert_eq!(sniff(b"<!DOCTYPE html><script>alert(1)</script>"), None);
    assert_eq!(sniff(b"<?xml version=\"1.0\"?><svg onload=\"x\"/>"), None);
    assert_eq!(sniff(&ole("Workbook")), None);
    assert_eq!(sniff(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"), None);
    assert_eq!(sniff(b""), None);
}

#[test]
fn text_is_whole_utf8_without_controls() {
    assert_eq!(
        sniff("Damp \u{1f9a0} in the bedroom since March.\r\n\tÂ£40 a week\n".as_bytes()),
        Some("text/plain")
    );
    assert_eq!(sniff(b"a NUL \0 inside"), None);
    assert_eq!(sniff(b"not \xff UTF-8"), None);
    assert_eq!(sniff(b"escape \x1b[31m"), None);
    assert_eq!(sniff("\u{feff}with a byte order mark".as_bytes()), Some("text/plain"));
}

#[test]
fn a_wrong_file_is_given_up_early_and_a_right_one_never() {
    let mut program = Sniffer::default();
    program.look(&[b"\x7fELF\x02\x01\x01\0".as_slice(), &[0; 600]].concat());
    assert!(program.hopeless());
    let mut text = Sniffer::default();
    for _ in 0..600 {
        text.look("é".as_bytes().split_at(1).0);
        text.look("é".as_bytes().split_at(1).1);
        assert!(!text.hopeless());
    }
}
