//! Opening the preview of a picture. Without a preview the result is [`ReadError::NotFound`], whatever the reason.

use uuid::Uuid;

use crate::reading::{ReadError, Readable, is_readable, of_case, of_holder, of_session};
use crate::{Services, desk::Caller, sessions::Session, token::DraftToken};
use evidence::{Scanner, serve::safe_name, types::JPEG};
use record::uploads::{Model as Upload, Preview};

/// Opens the preview of a picture of a draft, for the holder of the draft.
pub async fn for_holder(services: &Services, token: &DraftToken, file: Uuid) -> Result<Readable, ReadError> {
    open(services, of_holder(services, token, file).await?)
}

/// Opens the preview of a picture of a case, for a signed-in participant.
pub async fn for_session(services: &Services, session: &Session, file: Uuid) -> Result<Readable, ReadError> {
    open(services, of_session(services, session, file).await?)
}

/// Opens the preview of a picture of a case, for the desk. The call is recorded before it is answered.
pub async fn for_desk(services: &Services, caller: &Caller, reference: &str, file: Uuid) -> Result<Readable, ReadError> {
    open(services, of_case(services, caller, reference, file, "preview").await?)
}

/// Returns the preview if it may be shown. Its file must be one that may be opened: what is harmful in a picture may also be
/// in a preview made from it.
pub(crate) fn shown(scanner: &Scanner, upload: &Upload) -> Option<Preview> {
    is_readable(scanner, upload.state).then(|| upload.preview()).flatten()
}

fn open(services: &Services, upload: Option<Upload>) -> Result<Readable, ReadError> {
    let upload = upload.ok_or(ReadError::NotFound)?;
    let preview = shown(services.scanner(), &upload).ok_or(ReadError::NotFound)?;
    let (media_type, name) = safe_name(&upload.filename, JPEG);
    Ok(Readable {
        media_type,
        name,
        bytes: preview.bytes,
        sha256: preview.sha256,
        storage_key: preview.storage_key,
    })
}
