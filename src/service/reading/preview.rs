//! Opening the preview of a picture. Where there is none, whatever the reason, there is nothing.

use uuid::Uuid;

use super::{ReadError, Readable, is_readable, of_case, of_holder, of_session};
use crate::evidence::{Scanner, serve::safe_name, types::JPEG};
use crate::record::uploads::{Model as Upload, Preview};
use crate::service::{Services, desk::Caller, sessions::Session, token::DraftToken};

/// The preview of a picture of a draft, for whoever holds the draft.
///
/// # Errors
/// [`ReadError::NotFound`], also when the picture has no preview; [`ReadError::Service`].
pub async fn for_holder(services: &Services, token: &DraftToken, file: Uuid) -> Result<Readable, ReadError> {
    open(services, of_holder(services, token, file).await?)
}

/// The preview of a picture of the case somebody is signed in to.
///
/// # Errors
/// [`ReadError::NotFound`], also when the picture has no preview; [`ReadError::Service`].
pub async fn for_session(services: &Services, session: &Session, file: Uuid) -> Result<Readable, ReadError> {
    open(services, of_session(services, session, file).await?)
}

/// The preview of a picture of a case, for the organisation. That it was asked for is on the record before it is answered.
///
/// # Errors
/// [`ReadError::NotFound`], also when the picture has no preview; [`ReadError::Service`].
pub async fn for_desk(services: &Services, caller: &Caller, reference: &str, file: Uuid) -> Result<Readable, ReadError> {
    open(services, of_case(services, caller, reference, file, "preview").await?)
}

/// The preview that may be shown. Its file has to be one that may be opened: what was found in a picture is found in what is
/// drawn from it, as far as anybody knows.
pub(in crate::service) fn shown(scanner: &Scanner, upload: &Upload) -> Option<Preview> {
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
