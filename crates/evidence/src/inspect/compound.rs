//! Compound files ([MS-CFB]): a file system in a file.
//!
//! Old Word documents, mails saved from Outlook, and password-protected files of current office programs have this format.

use std::fs::File;
use std::io::{BufReader, Read};

use cfb::CompoundFile;

use crate::{ReceiveError, types};

/// Maximum number of entries searched: more than any mail or letter has.
const ENTRIES: usize = 20_000;

/// The bit in a Word document's header that says it is encrypted ([MS-DOC] 2.5.2, `fEncrypted`).
const ENCRYPTED: u16 = 0x0100;

/// Returns the media type of a compound file.
pub(crate) fn document_type(file: File) -> Result<&'static str, ReceiveError> {
    let mut file = CompoundFile::open(BufReader::new(file)).map_err(|_| ReceiveError::Damaged)?;
    if file.is_stream("/EncryptedPackage") {
        return Err(ReceiveError::Protected);
    }
    if file.is_stream("/__properties_version1.0") {
        return Ok(types::MSG);
    }
    if !file.is_stream("/WordDocument") {
        return Err(ReceiveError::UnsupportedType);
    }
    let mut first = [0; 12];
    let mut document = file.open_stream("/WordDocument").map_err(|_| ReceiveError::Damaged)?;
    document.read_exact(&mut first).map_err(|_| ReceiveError::Damaged)?;
    if u16::from_le_bytes([first[10], first[11]]) & ENCRYPTED != 0 {
        return Err(ReceiveError::Protected);
    }
    let names = ["macros", "vba", "_vba_project", "_vba_project_cur"];
    let is_macro = |name: &str| names.iter().any(|known| name.eq_ignore_ascii_case(known));
    if file.walk().take(ENTRIES).any(|entry| is_macro(entry.name())) {
        return Err(ReceiveError::Macros);
    }
    Ok(types::DOC)
}
