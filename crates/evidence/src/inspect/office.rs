//! Office documents in a ZIP container: document type, password and macros.
//!
//! The directory of entries is walked without being kept. Only three short texts that describe the document are unpacked, up to
//! [`TEXT`] bytes each. So neither millions of entries nor a zip bomb does harm.

use std::fs::File;
use std::io::Read;

use quick_xml::XmlVersion;
use quick_xml::events::Event;
use quick_xml::reader::Reader;
use rawzip::{CompressionMethod, FileReader, RECOMMENDED_BUFFER_SIZE, ZipArchive, ZipArchiveEntryWayfinder};

use crate::{ReceiveError, types};

/// Maximum number of entries: more than any letter or spreadsheet has.
const ENTRIES: usize = 20_000;

/// Maximum number of bytes unpacked per text.
const TEXT: u64 = 1024 * 1024;

/// Maximum number of parts whose extension does not rule out a macro: more than any real file has.
const PERHAPS: usize = 64;

/// What the directory of entries contains.
#[derive(Default)]
struct Contents {
    /// `[Content_Types].xml`: the types of a Microsoft Office file's parts (ECMA-376 part 2).
    types: Option<Text>,
    /// `mimetype`: the type of an `OpenDocument` file.
    mimetype: Option<Text>,
    /// `META-INF/manifest.xml`: repeats the type, and says whether an `OpenDocument` file is encrypted.
    manifest: Option<Text>,
    /// Whether there are Microsoft macros, or `OpenDocument` macros. Folders of the same name mean nothing in the other format.
    microsoft_macros: bool,
    document_macros: bool,
    /// Parts that are macros if the list of types says so, whatever they are called.
    binaries: Vec<String>,
    encrypted: bool,
}

type Text = (ZipArchiveEntryWayfinder, CompressionMethod);

/// Returns the media type of the document in a ZIP.
pub(crate) fn document_type(file: File) -> Result<&'static str, ReceiveError> {
    let mut buffer = vec![0; RECOMMENDED_BUFFER_SIZE];
    let archive = ZipArchive::from_file(file, &mut buffer).map_err(|_| ReceiveError::Damaged)?;
    let contents = Contents::read(&archive, &mut buffer)?;
    let text = |found: Option<Text>| found.map_or(Ok(Vec::new()), |text| unpack(&archive, text));
    let says = |text: &[u8], what: &str| memchr::memmem::find(text, what.as_bytes()).is_some();
    if contents.types.is_none() {
        let manifest = text(contents.manifest)?;
        let kind = match contents.mimetype {
            Some(mimetype) => unpack(&archive, mimetype)?,
            // Some programs write no `mimetype`.
            None => root_type(&manifest),
        };
        // "…text-master" and "…text-template" are other types. A ZIP without a type is a folder of photos or a program, for
        // example.
        if kind.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&kind).trim_ascii() != types::ODT.as_bytes() {
            return Err(ReceiveError::UnsupportedType);
        }
        if contents.encrypted || says(&manifest, "encryption-data") {
            return Err(ReceiveError::Protected);
        }
        return if contents.document_macros {
            Err(ReceiveError::Macros)
        } else {
            Ok(types::ODT)
        };
    }
    if contents.encrypted {
        return Err(ReceiveError::Protected);
    }
    let list = Types::read(&text(contents.types)?);
    let is_office = list.any(|kind| {
        ["wordprocessingml", "spreadsheetml", "ms-word.", "ms-excel."]
            .iter()
            .any(|part| kind.contains(part))
    });
    // A macro type that no part has, or that only stands for an extension, is no macro: some programs always write it.
    let named = list.parts.iter().any(|(_, kind)| is_macro_type(kind));
    let by_ending = contents.binaries.iter().any(|part| list.of(part).is_some_and(is_macro_type));
    if is_office && (contents.microsoft_macros || named || by_ending) {
        return Err(ReceiveError::Macros);
    }
    if list.any(|kind| kind.contains("wordprocessingml.document.main+xml")) {
        Ok(types::DOCX)
    } else if list.any(|kind| kind.contains("spreadsheetml.sheet.main+xml")) {
        Ok(types::XLSX)
    } else {
        Err(ReceiveError::UnsupportedType)
    }
}

impl Contents {
    fn read(archive: &ZipArchive<FileReader>, buffer: &mut [u8]) -> Result<Self, ReceiveError> {
        let mut contents = Self::default();
        let mut entries = archive.entries(buffer);
        let mut count = 0;
        while let Some(entry) = entries.next_entry().map_err(|_| ReceiveError::Damaged)? {
            count += 1;
            if count > ENTRIES {
                return Err(ReceiveError::UnsupportedType);
            }
            let path = entry.file_path();
            // Some Windows programs write backslashes between folders, and a slash before the first.
            let name = String::from_utf8_lossy(path.as_ref()).replace('\\', "/");
            let name = name.trim_start_matches('/');
            let text = || Some((entry.wayfinder(), entry.compression_method()));
            if name.eq_ignore_ascii_case("[Content_Types].xml") {
                contents.types = text();
            }
            match name {
                "mimetype" => contents.mimetype = text(),
                "META-INF/manifest.xml" => contents.manifest = text(),
                _ => {}
            }
            contents.encrypted |= entry.flags().is_encrypted() || name == "encrypted-package";
            if entry.is_dir() || name.ends_with('/') {
                continue;
            }
            let lower = name.to_ascii_lowercase();
            contents.microsoft_macros |= lower.ends_with("vbaproject.bin") || lower.contains("/macrosheets/");
            contents.document_macros |= is_document_macro(name);
            if !has_harmless_ending(&lower) {
                if contents.binaries.len() == PERHAPS {
                    return Err(ReceiveError::UnsupportedType);
                }
                contents.binaries.push(lower);
            }
        }
        Ok(contents)
    }
}

/// Whether a part has one of the extensions that every office file has many of, and no macro has.
fn has_harmless_ending(name: &str) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    [
        "xml", "rels", "png", "jpg", "jpeg", "gif", "emf", "wmf", "tif", "tiff", "svg", "vml", "odttf", "fntdata",
    ]
    .contains(&ending)
}

/// Whether a part is a macro of `LibreOffice`. The lists of libraries exist even when the libraries are empty.
fn is_document_macro(name: &str) -> bool {
    let list = ["script-lc.xml", "script-lb.xml", "dialog-lc.xml", "dialog-lb.xml"];
    let file = name.rsplit_once('/').map_or(name, |(_, file)| file);
    name.starts_with("Scripts/") || (name.starts_with("Basic/") && !list.contains(&file))
}

/// Whether a content type is that of a macro, or of a document with macros.
fn is_macro_type(kind: &str) -> bool {
    let kind = kind.to_ascii_lowercase();
    ["macroenabled", "vbaproject", "macrosheet"].iter().any(|part| kind.contains(part))
}

/// The content types in `[Content_Types].xml`.
#[derive(Default)]
struct Types {
    /// Types of individual parts, by lower-case name.
    parts: Vec<(String, String)>,
    /// Types of all other parts, by extension.
    endings: Vec<(String, String)>,
}

impl Types {
    /// Parses the list up to the first syntax error.
    fn read(text: &[u8]) -> Self {
        let mut list = Self::default();
        each_element(text, |element, attribute| {
            let entry = |name: &str| {
                Some((
                    attribute(name)?.trim_start_matches('/').to_ascii_lowercase(),
                    attribute("ContentType")?,
                ))
            };
            match element {
                b"Override" => list.parts.extend(entry("PartName")),
                b"Default" => list.endings.extend(entry("Extension")),
                _ => {}
            }
        });
        list
    }

    /// Returns the type of a part, given its lower-case name.
    fn of(&self, part: &str) -> Option<&str> {
        let named = self.parts.iter().find(|(name, _)| name == part);
        let by_ending = || {
            let (_, ending) = part.rsplit_once('.')?;
            self.endings.iter().find(|(known, _)| known == ending)
        };
        named.or_else(by_ending).map(|(_, kind)| kind.as_str())
    }

    fn any(&self, is_it: impl Fn(&str) -> bool) -> bool {
        self.parts.iter().chain(&self.endings).any(|(_, kind)| is_it(kind))
    }
}

/// Returns the media type that an `OpenDocument` manifest declares for the whole document.
fn root_type(manifest: &[u8]) -> Vec<u8> {
    let mut found = Vec::new();
    each_element(manifest, |element, attribute| {
        if element == b"file-entry" && attribute("full-path").as_deref() == Some("/") {
            found = attribute("media-type").unwrap_or_default().into_bytes();
        }
    });
    found
}

/// Visits the elements of an XML text up to the first syntax error, ignoring namespace prefixes.
fn each_element(text: &[u8], mut see: impl FnMut(&[u8], &dyn Fn(&str) -> Option<String>)) {
    let text = crate::inspect::narrow(text);
    let mut reader = Reader::from_reader(&*text);
    while let Ok(event) = reader.read_event() {
        let element = match &event {
            Event::Eof => break,
            Event::Start(element) | Event::Empty(element) => element,
            _ => continue,
        };
        let attribute = |wanted: &str| {
            let mut attributes = element.attributes().flatten();
            let found = attributes.find(|attribute| attribute.key.local_name().as_ref() == wanted.as_bytes())?;
            found
                .normalized_value(XmlVersion::Implicit1_0)
                .ok()
                .map(|value| value.trim().to_owned())
        };
        see(element.local_name().as_ref(), &attribute);
    }
}

/// Unpacks the beginning of an entry.
fn unpack(archive: &ZipArchive<FileReader>, (at, method): Text) -> Result<Vec<u8>, ReceiveError> {
    let entry = archive.get_entry(at).map_err(|_| ReceiveError::Damaged)?;
    let mut text = Vec::new();
    let read = match method {
        CompressionMethod::STORE => entry.reader().take(TEXT).read_to_end(&mut text),
        CompressionMethod::DEFLATE => flate2::read::DeflateDecoder::new(entry.reader()).take(TEXT).read_to_end(&mut text),
        _ => return Err(ReceiveError::UnsupportedType),
    };
    read.map_err(|_| ReceiveError::Damaged)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, SeekFrom, Write};

    use rstest::rstest;

    use super::*;

    fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.seek(SeekFrom::Start(0)).unwrap();
        file
    }

    #[test]
    fn a_list_that_unpacks_to_sixty_megabytes_is_read_at_its_beginning_only() {
        let bomb = include_bytes!("../../../../tests/samples/bomb.docx");
        let mut buffer = vec![0; RECOMMENDED_BUFFER_SIZE];
        let archive = ZipArchive::from_file(file(bomb), &mut buffer).unwrap();
        let contents = Contents::read(&archive, &mut buffer).unwrap();
        let list = unpack(&archive, contents.types.unwrap()).unwrap();
        assert_eq!(list.len() as u64, TEXT);
        assert_eq!(document_type(file(bomb)).unwrap(), types::DOCX);
    }

    /// An office file with these parts, packed as by a program that writes a stream.
    fn packed(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut zip = rawzip::ZipArchiveWriter::new(&mut out);
        for (name, content) in parts {
            let (mut entry, config) = zip.new_file(*name).start().unwrap();
            let mut writer = config.wrap(&mut entry);
            writer.write_all(content.as_bytes()).unwrap();
            let (_, sum) = writer.finish().unwrap();
            entry.finish(sum).unwrap();
        }
        zip.finish().unwrap();
        out
    }

    const SHEET: &str = r#"<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>"#;
    const LETTER: &str = r#"<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>"#;
    const BINARY: &str = r#"<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>"#;
    const VBA: &str = r#"<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>"#;
    const PRINTER: &str = r#"<Override PartName="/xl/printer.bin" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.printerSettings"/>"#;

    #[rstest]
    #[case::mentions_macros(&[SHEET, BINARY], &[], types::XLSX)]
    #[case::mentions_macros_and_has_a_part_of_another_type(&[SHEET, VBA, PRINTER], &["xl/printer.bin"], types::XLSX)]
    #[case::mentions_macros_in_a_remark(&[LETTER, "<!-- vbaProject macroEnabled -->"], &[], types::DOCX)]
    #[case::folders_that_mean_something_elsewhere(&[LETTER, VBA], &["scripts/a.js", "basic/b.xml", "Scripts/c.py"], types::DOCX)]
    #[case::in_small_letters(&[LETTER], &["word/macrosheets.xml"], types::DOCX)]
    fn what_only_mentions_macros_is_taken(#[case] list: &[&str], #[case] parts: &[&str], #[case] expected: &str) {
        assert_eq!(document_type(file(&office(list, parts))).unwrap(), expected);
    }

    #[rstest]
    #[case::project(&[LETTER], &["word/vbaProject.bin"])]
    #[case::project_in_capitals(&[LETTER], &["WORD/VBAPROJECT.BIN"])]
    #[case::project_with_signs_of_windows(&[LETTER], &["word\\vbaProject.bin"])]
    #[case::project_under_another_name(&[LETTER, VBA], &["word/picture.bin"])]
    #[case::project_under_another_ending(&[LETTER, r#"<Default Extension="dat" ContentType="application/vnd.ms-office.vbaProject"/>"#], &["word/a.dat"])]
    #[case::named(&[LETTER, r#"<Override PartName="/word/a.xml" ContentType="application/vnd.ms-office.vbaProject"/>"#], &["word/a.xml"])]
    #[case::named_with_a_prefix(&[LETTER, r#"<t:Override PartName="/word/a.xml" ContentType="application/vnd.ms-office.vbaproject"/>"#], &["word/a.xml"])]
    #[case::sheet_of_macros(&[SHEET], &["xl/macrosheets/sheet1.xml"])]
    #[case::sheet_of_macros_with_signs_of_windows(&[SHEET], &["xl\\macrosheets\\sheet1.xml"])]
    #[case::says_so(&[LETTER, r#"<Override PartName="/word/b.xml" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>"#], &[])]
    fn what_has_macros_is_refused(#[case] list: &[&str], #[case] parts: &[&str]) {
        assert!(matches!(document_type(file(&office(list, parts))), Err(ReceiveError::Macros)));
    }

    fn office(list: &[&str], parts: &[&str]) -> Vec<u8> {
        let list = format!(r#"<?xml version="1.0"?><Types xmlns:t="t">{}</Types>"#, list.concat());
        let mut all = vec![("[Content_Types].xml", list.as_str()), ("_rels/.rels", "<x/>")];
        all.extend(parts.iter().map(|part| (*part, "x")));
        packed(&all)
    }

    #[rstest]
    #[case::plain(&[("mimetype", types::ODT)], true)]
    #[case::with_a_line_end(&[("mimetype", "application/vnd.oasis.opendocument.text\r\n")], true)]
    #[case::by_its_manifest(&[("META-INF/manifest.xml", r#"<m:manifest><m:file-entry m:full-path="/" m:media-type="application/vnd.oasis.opendocument.text"/></m:manifest>"#)], true)]
    #[case::with_empty_libraries(&[("mimetype", types::ODT), ("Basic/script-lc.xml", "x"), ("Basic/Standard/script-lb.xml", "x")], true)]
    #[case::with_macros(&[("mimetype", types::ODT), ("Basic/Standard/Module1.xml", "x")], false)]
    #[case::with_scripts(&[("mimetype", types::ODT), ("Scripts/python/a.py", "x")], false)]
    #[case::sheet(&[("mimetype", "application/vnd.oasis.opendocument.spreadsheet")], false)]
    #[case::photos(&[("a.jpg", "x")], false)]
    fn a_text_of_open_document_is_taken_without_macros(#[case] parts: &[(&str, &str)], #[case] is_taken: bool) {
        assert_eq!(document_type(file(&packed(parts))).is_ok(), is_taken);
    }

    #[test]
    fn bytes_before_and_behind_a_letter_do_not_matter() {
        let letter = office(&[LETTER], &[]);
        for (before, behind) in [
            (&b"\xef\xbb\xbf"[..], &b""[..]),
            (b"\r\n\r\n", b""),
            (b"", b"\0\0\0\0"),
            (b" ", b"\r\n"),
        ] {
            let whole = [before, &letter, behind].concat();
            assert_eq!(document_type(file(&whole)).unwrap(), types::DOCX, "{before:?} {behind:?}");
        }
    }

    #[test]
    fn more_entries_than_a_letter_has_are_not_walked() {
        let mut out = Vec::new();
        let mut zip = rawzip::ZipArchiveWriter::new(&mut out);
        for n in 0..=ENTRIES {
            zip.new_dir(format!("{n}/")).create().unwrap();
        }
        zip.finish().unwrap();
        assert!(matches!(document_type(file(&out)), Err(ReceiveError::UnsupportedType)));
    }

    #[test]
    fn one_cut_off_is_damaged() {
        let letter = include_bytes!("../../../../tests/samples/plain.docx");
        assert!(matches!(
            document_type(file(&letter[..letter.len() / 2])),
            Err(ReceiveError::Damaged)
        ));
    }
}
