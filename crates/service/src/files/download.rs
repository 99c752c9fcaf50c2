//! Opening a file or its preview, for participants and for the desk. No file opens before the scanner has found nothing in
//! it, unless the operator has turned scanning off.

pub mod preview;

use crate::file_view::is_readable;
use std::ops::Range;

use bytes::Bytes;
use futures::stream::BoxStream;
use uuid::Uuid;

use crate::{
    ServiceError, Services,
    access::caller::{self, Caller},
    access::{sessions::Session, token::DraftToken, viewer},
    drafts,
    error::from_record_error,
};
use complaint::fields::reference::Reference;
use evidence::{ReceiveError, serve::safe_name};
use record::{
    cases,
    uploads::{self, Model as Upload, State},
};

/// A file that may be opened.
#[derive(Clone, Debug)]
pub struct Readable {
    /// A type from our own list, detected from the content; `application/octet-stream` in doubt.
    pub media_type: &'static str,
    /// The name to save it under: its original name, with an extension that fits the content.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// SHA-256 in lower-case hex.
    pub sha256: String,
    storage_key: String,
}

/// Why a file was not opened.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file does not exist, or the caller has no access to it. The caller does not learn which.
    #[error("no such file")]
    NotFound,
    /// The file is still arriving, or waits to be scanned.
    #[error("the file is not checked yet")]
    NotChecked,
    /// The file was refused, by the scanner or by the desk.
    #[error("the file is refused")]
    Refused,
    #[error(transparent)]
    Service(#[from] ServiceError),
}

from_record_error!(ReadError);

/// The bytes of a file in pieces, or the error that ended them.
pub type Pieces = BoxStream<'static, Result<Bytes, ReceiveError>>;

/// Opens a file of a draft for the holder of the draft. After sending, a session is required.
pub async fn for_holder(services: &Services, token: &DraftToken, file: Uuid) -> Result<Readable, ReadError> {
    open(services, of_holder(services, token, file).await?)
}

/// Opens a file of a case for a signed-in participant.
pub async fn for_session(services: &Services, session: &Session, file: Uuid) -> Result<Readable, ReadError> {
    open(services, of_session(services, session, file).await?)
}

/// Opens a file of a case for the desk. The call is recorded before it is answered.
pub async fn for_desk(services: &Services, caller: &Caller, reference: &str, file: Uuid) -> Result<Readable, ReadError> {
    open(services, of_case(services, caller, reference, file, "file").await?)
}

async fn of_holder(services: &Services, token: &DraftToken, file: Uuid) -> Result<Option<Upload>, ReadError> {
    let Some(drafts::OpenDraft { draft, .. }) = drafts::find(services, token).await? else {
        return Ok(None);
    };
    let upload = uploads::lookup(&services.store().read, file).await?;
    Ok(upload.filter(|u| u.case_id.is_none() && u.draft_id == Some(draft.id)))
}

async fn of_session(services: &Services, session: &Session, file: Uuid) -> Result<Option<Upload>, ReadError> {
    let Some(upload) = uploads::lookup(&services.store().read, file).await? else {
        return Ok(None);
    };
    let Some(case_id) = upload.case_id else { return Ok(None) };
    let viewer = viewer::viewer_of(services, session, case_id).await?;
    Ok(viewer.filter(|viewer| viewer.sees_file(file)).map(|_| upload))
}

/// Returns a file of a case, after recording the desk call as one for `what` of the file.
async fn of_case(services: &Services, caller: &Caller, reference: &str, file: Uuid, what: &str) -> Result<Option<Upload>, ReadError> {
    let db = &services.store().read;
    let case = match Reference::parse(reference) {
        Some(reference) => cases::find_by_reference(db, reference.as_str()).await?,
        None => None,
    };
    let upload = uploads::lookup(db, file).await?;
    let upload = upload.filter(|u| u.case_id.is_some() && u.case_id == case.as_ref().map(|c| c.id));
    let action = upload.as_ref().map_or_else(|| what.to_owned(), |u| format!("{what} {}", u.id));
    caller::note(services, caller, &action, case.as_ref().map(|c| c.reference.as_str())).await?;
    Ok(upload)
}

fn open(services: &Services, upload: Option<Upload>) -> Result<Readable, ReadError> {
    let upload = upload.ok_or(ReadError::NotFound)?;
    match upload.state {
        state if is_readable(services.scanner(), state) => {}
        State::Refused => return Err(ReadError::Refused),
        _ => return Err(ReadError::NotChecked),
    }
    let (media_type, name) = safe_name(&upload.filename, &upload.media_type);
    Ok(Readable {
        media_type,
        name,
        bytes: upload.bytes.unsigned_abs(),
        sha256: upload.sha256.unwrap_or_default(),
        storage_key: upload.storage_key,
    })
}

impl Readable {
    /// Streams a part of the file in constant memory. The stream ends with an error if the part could not be read
    /// completely.
    ///
    /// Returns [`ServiceError::Unavailable`] if the storage lacks the file or contains it with another size.
    pub async fn part(&self, services: &Services, part: Range<u64>) -> Result<Pieces, ServiceError> {
        let opened = services.files().part(&self.storage_key, self.bytes, part).await;
        opened.map_err(ServiceError::storage)
    }
}
