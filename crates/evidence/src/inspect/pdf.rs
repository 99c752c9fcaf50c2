//! Checks whether a PDF opens, and without a password.
//!
//! A text may contain the first line of a PDF, and a PDF may have other lines before its first. To tell them apart, the file is
//! parsed as a PDF in a sandboxed process with little memory and time.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use crate::inspect::{blocking, unreadable};
use crate::sandbox::{Sandbox, Task};
use crate::{ReceiveError, types};

/// Maximum length of the answer, in bytes.
const ANSWER: u64 = 64;

/// How far into a file readers look for the first line, in bytes.
const HEAD: u64 = 1024;

const FIRST: &[u8] = b"%PDF-";

/// Returns the media type of a file that contains the first line of a PDF.
///
/// It is a PDF if it opens as one, otherwise `text_type`. `asker` is where the file came from, see [`Sandbox::run_for`].
pub(crate) async fn check_pdf(
    file: File,
    text_type: Option<&'static str>,
    confined: &Sandbox,
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
            tracing::warn!(error = %e, "could not check whether a PDF can be opened");
            // Without an answer the file is accepted: refusing a letter that may well open is worse. A text that mentions PDF is
            // text.
            Ok(text_type.filter(|_| !begins_so).unwrap_or(types::PDF))
        }
    }
}

/// Removes everything before the first line of a PDF: the byte offsets in the file count from there.
pub(crate) fn without_lines_before(mut bytes: Vec<u8>) -> Vec<u8> {
    let head = &bytes[..bytes.len().min(1024)];
    if let Some(start) = memchr::memmem::find(head, FIRST).filter(|start| *start > 0) {
        bytes.drain(..start);
    }
    bytes
}

/// The process's answer for a PDF that needs a password.
pub(crate) const PROTECTED: &str = "protected";
/// The process's answer for a PDF that opens.
pub(crate) const OPEN: &str = "open";
/// The process's answer for a file that is no PDF, or has no page.
pub(crate) const BROKEN: &str = "broken";
