//! Office files of today: a ZIP with a list of what is in it.
//!
//! The list of entries is walked without keeping it; an entry is unpacked only when it is one of three short texts that say
//! what the whole is, and then up to [`TEXT`] bytes. So neither many entries nor an entry that unpacks to terabytes matters.

use std::fs::File;
use std::io::Read;

use rawzip::{CompressionMethod, FileReader, RECOMMENDED_BUFFER_SIZE, ZipArchive, ZipArchiveEntryWayfinder};

use crate::evidence::{ReceiveError, types};

/// More entries than any letter or sheet has.
const ENTRIES: usize = 20_000;

/// How much of a text is unpacked at most, in bytes.
const TEXT: u64 = 1024 * 1024;

/// What the list of entries says.
#[derive(Default)]
struct Contents {
    /// `[Content_Types].xml`: what an office file of Microsoft's kind is (ECMA-376 part 2).
    types: Option<Text>,
    /// `mimetype`: what an `OpenDocument` file is.
    mimetype: Option<Text>,
    /// `META-INF/manifest.xml`, which tells of encryption in `OpenDocument` files.
    manifest: Option<Text>,
    macros: bool,
    encrypted: bool,
}

type Text = (ZipArchiveEntryWayfinder, CompressionMethod);

/// The media type of the document in a ZIP.
pub(super) fn look(file: File) -> Result<&'static str, ReceiveError> {
    let mut buffer = vec![0; RECOMMENDED_BUFFER_SIZE];
    let archive = ZipArchive::from_file(file, &mut buffer).map_err(|_| ReceiveError::Damaged)?;
    let contents = Contents::read(&archive, &mut buffer)?;
    let text = |found: Option<Text>| found.map_or(Ok(Vec::new()), |text| unpack(&archive, text));
    let says = |text: &[u8], what: &str| memchr::memmem::find(text, what.as_bytes()).is_some();
    if let Some(mimetype) = contents.mimetype {
        // "…text-master" and "…text-template" are other kinds.
        if unpack(&archive, mimetype)?.trim_ascii_end() != types::ODT.as_bytes() {
            return Err(ReceiveError::UnsupportedType);
        }
        if contents.encrypted || says(&text(contents.manifest)?, "encryption-data") {
            return Err(ReceiveError::Protected);
        }
        return if contents.macros {
            Err(ReceiveError::Macros)
        } else {
            Ok(types::ODT)
        };
    }
    if contents.types.is_none() {
        // A folder of photos, a program: no document, whether it is packed with a password or not.
        return Err(ReceiveError::UnsupportedType);
    }
    if contents.encrypted {
        return Err(ReceiveError::Protected);
    }
    let list = text(contents.types)?;
    let office = ["wordprocessingml", "spreadsheetml", "ms-word.", "ms-excel."]
        .iter()
        .any(|kind| says(&list, kind));
    if office && (contents.macros || says(&list, "macroEnabled") || says(&list, "vbaProject") || says(&list, "macrosheet")) {
        return Err(ReceiveError::Macros);
    }
    if says(&list, "wordprocessingml.document.main+xml") {
        Ok(types::DOCX)
    } else if says(&list, "spreadsheetml.sheet.main+xml") {
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
            let name = path.as_ref();
            let text = || Some((entry.wayfinder(), entry.compression_method()));
            match name {
                b"[Content_Types].xml" => contents.types = text(),
                b"mimetype" => contents.mimetype = text(),
                b"META-INF/manifest.xml" => contents.manifest = text(),
                _ => {}
            }
            contents.encrypted |= entry.flags().is_encrypted() || name == b"encrypted-package";
            contents.macros |= is_macro(name) && !entry.is_dir();
        }
        Ok(contents)
    }
}

/// Where macros are: Microsoft's Visual Basic project and sheets of the older macro language, those of `LibreOffice`.
fn is_macro(name: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    let microsoft = name.ends_with(b"vbaproject.bin") || memchr::memmem::find(&name, b"/macrosheets/").is_some();
    microsoft || name.starts_with(b"basic/") || name.starts_with(b"scripts/")
}

/// The beginning of a packed text.
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

    use super::*;

    fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.seek(SeekFrom::Start(0)).unwrap();
        file
    }

    #[test]
    fn a_list_that_unpacks_to_sixty_megabytes_is_read_at_its_beginning_only() {
        let bomb = include_bytes!("../../../tests/samples/bomb.docx");
        let mut buffer = vec![0; RECOMMENDED_BUFFER_SIZE];
        let archive = ZipArchive::from_file(file(bomb), &mut buffer).unwrap();
        let contents = Contents::read(&archive, &mut buffer).unwrap();
        let list = unpack(&archive, contents.types.unwrap()).unwrap();
        assert_eq!(list.len() as u64, TEXT);
        assert_eq!(look(file(bomb)).unwrap(), types::DOCX);
    }

    #[test]
    fn more_entries_than_a_letter_has_are_not_walked() {
        let mut out = Vec::new();
        let mut zip = rawzip::ZipArchiveWriter::new(&mut out);
        for n in 0..=ENTRIES {
            zip.new_dir(format!("{n}/")).create().unwrap();
        }
        zip.finish().unwrap();
        assert!(matches!(look(file(&out)), Err(ReceiveError::UnsupportedType)));
    }

    #[test]
    fn one_cut_off_is_damaged() {
        let letter = include_bytes!("../../../tests/samples/plain.docx");
        assert!(matches!(look(file(&letter[..letter.len() / 2])), Err(ReceiveError::Damaged)));
    }
}
