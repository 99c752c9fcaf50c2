use proptest::prelude::*;
use rstest::rstest;

use crate::sniff::*;
use crate::types::*;

macro_rules! sample {
    ($name:literal) => {
        include_bytes!(concat!("../../../../tests/samples/", $name)).as_slice()
    };
}

fn cut(bytes: &[u8], at: &[usize]) -> Option<&'static str> {
    let mut sniffer = Sniffer::default();
    let mut ends: Vec<usize> = at.iter().map(|at| at % (bytes.len() + 1)).collect();
    ends.push(bytes.len());
    ends.sort_unstable();
    let mut from = 0;
    for to in ends {
        sniffer.look(&bytes[from..to]);
        from = to;
    }
    sniffer.media_type()
}

/// The result must not depend on how the bytes are split. An accepted file must never look hopeless on the way.
fn sniff(bytes: &[u8]) -> Option<&'static str> {
    let whole = cut(bytes, &[]);
    for size in [1, 3, 7, 64, 4096] {
        let mut sniffer = Sniffer::default();
        for piece in bytes.chunks(size) {
            sniffer.look(piece);
            assert!(whole.is_none() || !sniffer.hopeless(), "the sniffer gave up, cut by {size}");
        }
        assert_eq!(sniffer.media_type(), whole, "cut by {size}");
    }
    whole
}

#[rstest]
#[case::pdf(sample!("plain.pdf"), PDF)]
#[case::pdf_with_password(sample!("password.pdf"), PDF)]
#[case::pdf_after_a_mark(b"\xef\xbb\xbf\n%PDF-1.4\n%\xe2\xe3\xcf\xd3", PDF)]
#[case::jpeg(sample!("plain.jpg"), JPEG)]
#[case::png(sample!("place.png"), PNG)]
#[case::gif(sample!("plain.gif"), GIF)]
#[case::webp(sample!("place.webp"), WEBP)]
#[case::heic(sample!("place.heic"), HEIC)]
#[case::heif(b"\0\0\0\x18ftypmif1\0\0\0\0mif1miaf", HEIF)]
#[case::rtf(b"{\\rtf1\\ansi hello}", RTF)]
#[case::docx(sample!("plain.docx"), ZIP)]
#[case::odt(sample!("plain.odt"), ZIP)]
#[case::docx_with_password(sample!("password.docx"), COMPOUND)]
#[case::mp3_with_a_title(sample!("id3.mp3"), MP3)]
#[case::mp3_from_its_first_sound(sample!("bare.mp3"), MP3)]
#[case::m4a(sample!("plain.m4a"), M4A)]
#[case::wav(sample!("plain.wav"), WAV)]
#[case::aac(sample!("plain.aac"), AAC)]
#[case::amr(b"#!AMR\n\x0c\x95\x13\x06\x31", AMR)]
#[case::amr_wide(b"#!AMR-WB\n\x24\x10", AMR)]
#[case::opus(sample!("opus.ogg"), OGG)]
#[case::vorbis(sample!("vorbis.ogg"), OGG)]
#[case::mp4(sample!("plain.mp4"), MP4)]
#[case::three_gp(sample!("plain.3gp"), THREE_GP)]
#[case::three_gp_of_android(b"\0\0\0\x18ftyp3gp4\0\0\0\0isom3gp4", THREE_GP)]
#[case::three_g2(sample!("plain.3g2"), THREE_G2)]
#[case::mp4_of_a_maker(b"\0\0\0\x1cftypXAVC\x01\0\x1f\xffXAVCmp42iso2", MP4)]
#[case::mov(sample!("plain.mov"), MOV)]
#[case::mov_without_a_brand(b"\0\0\0\x08wide\0\x12\x34\x56mdat\0\0\0\0", MOV)]
#[case::webm(sample!("plain.webm"), WEBM)]
fn what_is_accepted_is_known_by_content(#[case] bytes: &[u8], #[case] expected: &str) {
    assert_eq!(sniff(bytes), Some(expected));
}

#[rstest]
#[case::linux_program(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0")]
#[case::windows_program(b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0")]
#[case::script(b"#!/bin/sh\nrm -r ~\n")]
#[case::web_page(b"<!DOCTYPE html><script>alert(1)</script>")]
#[case::drawing_with_script(b"<?xml version=\"1.0\"?><svg onload=\"x\"/>")]
#[case::postscript(b"%!PS-Adobe-3.0\n(x) show\n")]
#[case::avif(b"\0\0\0\x18ftypavif\0\0\0\0mif1miaf")]
#[case::avif_behind_heif(b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif")]
#[case::ogg_with_flac(sample!("refused.ogg"))]
#[case::ogg_with_a_film(b"OggS\0\x02\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01\x2a\x80theora\x03\x02\x01")]
#[case::ogg_cut_off(b"OggS\0\x02\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0")]
#[case::flac(sample!("refused.flac"))]
#[case::matroska(sample!("refused.mkv"))]
#[case::avi(sample!("refused.avi"))]
#[case::archive(b"Rar!\x1a\x07\x01\0")]
#[case::nothing(b"")]
fn anything_else_is_refused(#[case] bytes: &[u8]) {
    assert_eq!(sniff(bytes), None);
}

#[rstest]
#[case::utf8("Damp \u{1f9a0} in the bedroom since March.\r\n\tÂ£40 a week\n".as_bytes(), Some(TEXT))]
#[case::with_a_mark("\u{feff}with a byte order mark".as_bytes(), Some(TEXT))]
#[case::windows(b"They owe me \xa340, caf\xe9 bill\r\n", Some(TEXT))]
#[case::wide_little(b"\xff\xfeH\0i\0,\0 \0\xa3\x004\0", Some(TEXT))]
#[case::wide_big(b"\xfe\xff\0H\0i\0\n", Some(TEXT))]
#[case::begins_like_a_bitmap(b"BMC Surveyors came on 4 May.\n", Some(TEXT))]
#[case::csv(b"date,paid,due\r\n2026-03-01,400.00,400.00\r\n", Some(CSV))]
#[case::csv_from_windows(b"when;paid\n1 May;\xa340\n8 May;\xa340\n", Some(CSV))]
#[case::wide_without_a_mark("Hello, it is damp \u{2013} again".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>().leak(), Some(TEXT))]
#[case::wide_big_without_a_mark("Hello, it is damp".encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>().leak(), Some(TEXT))]
#[case::wide_table("\u{feff}date\tpaid\tdue\r\n1 May\t400\t400\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>().leak(), Some(CSV))]
#[case::filled_up(b"Damp again.\r\n\0\0\0\0", Some(TEXT))]
#[case::of_an_old_system(b"Damp again.\r\n\x1a", Some(TEXT))]
#[case::line_breaks_of_a_word_processor(b"Damp\x0bagain", Some(TEXT))]
#[case::filled_up_in_the_middle(b"Damp\0\0again", None)]
#[case::nothing_but_filling(b"\0\0\0\0", None)]
#[case::wide_of_another_kind(b"A\0\x01\xd8\x34\x12\x77\x90", None)]
#[case::wide_signs_of_no_language(b"A\0\x77\x90\x34\x82\x77\x90\x34\x82", None)]
#[case::prose_about_pdf(b"The first line has to be %PDF-, he said.\n", Some(TEXT))]
#[case::web_page_with_a_pdf_in_it(b"<!-- %PDF-1.4 --><script>alert(1)</script>", None)]
#[case::script_with_a_pdf_in_it(b"#!/bin/sh\n# %PDF-1.4\n", None)]
#[case::mail_with_a_pdf_in_it(b"From: wren@example.org\nTo: help@example.org\nSubject: %PDF-1.4\n\n%PDF-1.4\n", Some(EML))]
#[case::mail(b"Return-Path: <wren@example.org>\r\nReceived: from a by b;\r\n Mon, 23 Nov 2026\r\nFrom: wren@example.org\r\nTo: help@example.org\r\nSubject: Leak\r\n\r\nStill wet\r\n", Some(EML))]
#[case::about_a_mail(b"From: the landlord\nWe never got an answer.\n", Some(TEXT))]
#[case::nul(b"a NUL \0 inside", None)]
#[case::control(b"escape \x1b[31m", None)]
#[case::neither_code(b"not \xff UTF-8 nor \x81 Windows", None)]
#[case::wide_with_control(b"\xff\xfeH\0\x01\0", None)]
fn text_is_told_from_bytes(#[case] bytes: &[u8], #[case] expected: Option<&str>) {
    assert_eq!(sniff(bytes), expected);
}

/// Forms in which mail programs save mails.
#[rstest]
#[case::plain("From: wren@example.org\nTo: help@example.org\nSubject: Leak\n\nStill wet\n")]
#[case::line_ends_of_windows("From: wren@example.org\r\nTo: help@example.org\r\nSubject: Leak\r\n\r\nStill wet\r\n")]
#[case::line_ends_of_old_macs("From: wren@example.org\rTo: help@example.org\rSubject: Leak\r\rStill wet\r")]
#[case::line_ends_twice("From: wren@example.org\r\r\nTo: help@example.org\r\r\nSubject: Leak\r\r\n\r\r\nStill wet\r\r\n")]
#[case::with_a_mark("\u{feff}From: wren@example.org\nTo: help@example.org\nSubject: Leak\n\nStill wet\n")]
#[case::after_blank_lines("\r\n\r\nFrom: wren@example.org\nTo: help@example.org\nSubject: Leak\n\nStill wet\n")]
#[case::of_a_mailbox("From - Mon Nov 23 2026\nX-Mozilla-Status: 0001\nX-Mozilla-Keys:\nSubject: Leak\n\nStill wet\n")]
#[case::of_an_old_mailbox("From wren@example.org Mon Nov 23 10:00:00 2026\nDate: Mon, 23 Nov 2026\nSubject: Leak\n\nStill wet\n")]
#[case::of_apple("1234      \nReceived: from a by b\nFrom: wren@example.org\n\nStill wet\n<?xml version=\"1.0\"?><plist/>\n")]
#[case::in_parts("Content-Type: multipart/mixed;\r\n boundary=\"x\"\r\n\r\n--x\r\n")]
#[case::version_first("MIME-Version: 1.0\nContent-Type: text/plain\n\nStill wet\n")]
#[case::draft("X-Unsent: 1\nTo: \nSubject: Leak\n\nStill wet\n")]
#[case::folded_at_once("Received:\n\tfrom a by b;\n Mon, 23 Nov 2026\nMessage-ID:\n <1@example.org>\n\nStill wet\n")]
#[case::names_with_strange_signs("X-Spam.Check/1: no\nX_Thing!: yes\nMessage-ID: <1@example.org>\nDate: today\n\nStill wet\n")]
#[case::blank_before_the_colon("From : wren@example.org\nTo : help@example.org\nSubject : Leak\n\nStill wet\n")]
#[case::body_of_bytes("From: wren@example.org\nTo: help@example.org\nSubject: Leak\n\n\0\x01\x02\x1b")]
fn a_mail_is_a_mail_however_it_was_saved(#[case] mail: &str) {
    assert_eq!(sniff(mail.as_bytes()), Some(EML));
    let wide: Vec<u8> = format!("\u{feff}{mail}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(sniff(&wide), Some(EML), "a mail saved by Windows");
}

#[test]
fn a_mail_with_a_long_way_behind_it_is_a_mail() {
    let hop = format!("ARC-Seal: {}\r\n", "x".repeat(900));
    let mail = format!(
        "{}Received: from a by b\r\nFrom: wren@example.org\r\n\r\nStill wet\r\n",
        hop.repeat(20)
    );
    assert_eq!(
        cut(mail.as_bytes(), &[]),
        Some(TEXT),
        "one kind of header line does not make a mail"
    );
    let mail = format!("Received: from a by b\r\n{mail}");
    assert_eq!(cut(mail.as_bytes(), &[]), Some(EML));
}

#[rstest]
#[case::about_a_mail("From: the landlord\nWe never got an answer.\n")]
#[case::notes("Date: 4 May\nTo: ring the council\n\nThey did not answer.\n")]
#[case::answer_of_a_program("Content-Type: text/html\n\nhello\n")]
#[case::for_robots("User-agent: *\nDisallow: /\n")]
#[case::facts("Name: Wren\nRoom: kitchen\nFrom: March\n")]
fn text_with_colons_is_text(#[case] text: &str) {
    assert_eq!(sniff(text.as_bytes()), Some(TEXT));
}

/// Scanners and mail programs put other lines before the first line of a PDF.
#[test]
fn a_pdf_after_other_lines_may_be_one_however_it_is_cut() {
    for before in [0, 1, 500, 512, 600, 1018] {
        let bytes = [vec![0x81; before], b"%PDF-1.4\n".to_vec(), vec![0x81; 3000]].concat();
        assert_eq!(sniff(&bytes), Some(PDF), "after {before}");
    }
    let too_far = [vec![0x81; 1019], b"%PDF-1.4\n".to_vec()].concat();
    assert_eq!(sniff(&too_far), None);
    let text = [&[b'x'; 2000][..], b"%PDF-1.4\n"].concat();
    assert_eq!(sniff(&text), Some(TEXT));
}

#[test]
fn a_wrong_file_is_given_up_early_and_a_right_one_never() {
    let mut program = Sniffer::default();
    program.look(&[b"\x7fELF\x02\x01\x01\0".as_slice(), &[0; 1100]].concat());
    assert!(program.hopeless());
    let mut text = Sniffer::default();
    for _ in 0..600 {
        text.look("é".as_bytes().split_at(1).0);
        text.look("é".as_bytes().split_at(1).1);
        assert!(!text.hopeless());
    }
}

#[test]
fn only_a_recording_may_be_larger() {
    for (bytes, expected) in [
        (sample!("plain.mp4"), true),
        (sample!("plain.jpg"), false),
        (sample!("plain.docx"), false),
    ] {
        let mut sniffer = Sniffer::default();
        sniffer.look(bytes);
        assert_eq!(sniffer.is_recording(), expected);
    }
}

proptest! {
    #[test]
    fn however_the_bytes_are_cut(bytes in prop::collection::vec(any::<u8>(), 0..2000), at in prop::collection::vec(any::<usize>(), 0..20)) {
        prop_assert_eq!(cut(&bytes, &at), cut(&bytes, &[]));
    }

    #[test]
    fn however_text_is_cut(text in "[ -~\n\r\t£é\u{1f9a0},;:]{0,400}", mark in any::<bool>(), at in prop::collection::vec(any::<usize>(), 0..20)) {
        let bytes = if mark { [b"\xff\xfe".to_vec(), text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat() } else { text.into_bytes() };
        prop_assert_eq!(cut(&bytes, &at), cut(&bytes, &[]));
    }
}
