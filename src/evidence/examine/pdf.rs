//! Whether a PDF opens, and without a password.
//!
//! Text may have the first line of a PDF in it, and a PDF may have lines before its first. To tell, the file is read as PDF, which is
//! done in a process of its own with little memory and time.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use super::{blocking, unreadable};
use crate::evidence::confined::{Confined, Task};
use crate::evidence::{ReceiveError, types};

/// The longest answer, in bytes.
const ANSWER: u64 = 64;

/// Where readers look for the first line, in bytes.
const HEAD: u64 = 1024;

const FIRST: &[u8] = b"%PDF-";

/// The media type of a file that has the first line of a PDF: that of a PDF when a reader opens it, or else `text_type`. `asker` is
/// the one the file came from, see [`Confined::run_for`].
pub(super) async fn look(
    file: File,
    text_type: Option<&'static str>,
    confined: &Confined,
    asker: &[u8],
) -> Result<&'static str, ReceiveError> {
    let (file, begins_so) = blocking(file, |mut file| {
        let mut head = Vec::new();
        file.by_ref().take(HEAD).read_to_end(&mut head).map_err(unreadable)?;
        file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        let begins = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head).trim_ascii_start();
        Ok((file, begins.starts_with(FIRST)))
    })
    .await?;
    let answer = confined.run_for(asker, &Task::Pdf, file, ANSWER).await;
    match answer.as_deref().map(std::str::from_utf8) {
        Ok(Ok(OPEN)) => Ok(types::PDF),
        Ok(Ok(PROTECTED)) => Err(ReceiveError::Protected),
        Ok(_) => text_type.ok_or(if begins_so {
            ReceiveError::Damaged
        } else {
            ReceiveError::UnsupportedType
        }),
        Err(e) => {
            tracing::warn!(error = %e, "could not tell whether a PDF opens");
            // What cannot be told is taken: refusing a letter that may well open would be worse. A text that mentions PDF is text.
            Ok(text_type.filter(|_| !begins_so).unwrap_or(types::PDF))
        }
    }
}

/// A PDF from its first line on: the places in it are counted from there.
pub(in crate::evidence) fn without_lines_before(mut bytes: Vec<u8>) -> Vec<u8> {
    let head = &bytes[..bytes.len().min(1024)];
    if let Some(start) = memchr::memmem::find(head, FIRST).filter(|start| *start > 0) {
        bytes.drain(..start);
    }
    bytes
}

/// The answer of the process for a PDF that needs a password.
pub(in crate::evidence) const PROTECTED: &str = "protected";
/// Its answer for one that opens.
pub(in crate::evidence) const OPEN: &str = "open";
/// Its answer for a file that is no PDF, or one without a page.
pub(in crate::evidence) const BROKEN: &str = "broken";
