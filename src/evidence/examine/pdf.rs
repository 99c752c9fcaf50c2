//! Whether a PDF opens without a password.
//!
//! A PDF that is encrypted says so in plain text. Most of those open for anybody: they only ask programs not to print or copy.
//! To tell, the file has to be read as PDF, which is done in a process of its own with little memory and time.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use super::{blocking, unreadable};
use crate::evidence::ReceiveError;
use crate::evidence::confined::{Confined, Task};

/// What stands in the trailer of an encrypted PDF (ISO 32000-1, 7.5.5).
const MARK: &[u8] = b"/Encrypt";

/// How much is read at once, in bytes.
const PIECE: usize = 64 * 1024;

/// The longest answer, in bytes.
const ANSWER: u64 = 64;

/// Refuses a PDF that needs a password. `asker` is the one the file came from, see [`Confined::run_for`].
pub(super) async fn look(file: File, confined: &Confined, asker: &[u8]) -> Result<(), ReceiveError> {
    let (file, marked) = blocking(file, |mut file| {
        let marked = is_marked(&mut file).map_err(unreadable)?;
        file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        Ok((file, marked))
    })
    .await?;
    if !marked {
        return Ok(());
    }
    match confined.run_for(asker, &Task::PdfPassword, file, ANSWER).await {
        Ok(answer) if answer == PROTECTED.as_bytes() => Err(ReceiveError::Protected),
        Ok(_) => Ok(()),
        Err(e) => {
            // What cannot be told is taken: refusing a letter that may well open would be worse.
            tracing::warn!(error = %e, "could not tell whether a PDF has a password");
            Ok(())
        }
    }
}

fn is_marked(file: &mut File) -> std::io::Result<bool> {
    let mut buffer = vec![0; PIECE + MARK.len()];
    let mut kept = 0;
    loop {
        let read = file.read(&mut buffer[kept..])?;
        if read == 0 {
            return Ok(false);
        }
        let filled = kept + read;
        if memchr::memmem::find(&buffer[..filled], MARK).is_some() {
            return Ok(true);
        }
        // The mark may be cut in two.
        kept = filled.min(MARK.len() - 1);
        buffer.copy_within(filled - kept..filled, 0);
    }
}

/// The answer of the process for a PDF that needs a password.
pub(in crate::evidence) const PROTECTED: &str = "protected";
/// Its answer for every other.
pub(in crate::evidence) const OPEN: &str = "open";
