//! Opening the preview of a picture. Without a preview the result is [`ReadError::NotFound`], whatever the reason.

use crate::file_view::shown_preview;
use uuid::Uuid;

use crate::files::download::{ReadError, Readable, of_case, of_holder, of_session};
use crate::{
    Services,
    access::caller::Caller,
    access::{sessions::Session, token::DraftToken},
};
use evidence::{serve::safe_name, types::JPEG};
use record::uploads::Model as Upload;

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

fn open(services: &Services, upload: Option<Upload>) -> Result<Readable, ReadError> {
    let upload = upload.ok_or(ReadError::NotFound)?;
    let preview = shown_preview(services.scanner(), &upload).ok_or(ReadError::NotFound)?;
    let (media_type, name) = safe_name(&upload.filename, JPEG);
    Ok(Readable {
        media_type,
        name,
        bytes: preview.bytes,
        sha256: preview.sha256,
        storage_key: preview.storage_key,
    })
}
