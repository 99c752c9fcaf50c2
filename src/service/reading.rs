//! Opening a file, or its preview: for the case's own people, and for the organisation. Never before a scanner has found nothing
//! in it, unless whoever runs the server has decided that nothing is scanned.

pub mod preview;

use std::ops::Range;

use bytes::Bytes;
use futures::stream::BoxStream;
use uuid::Uuid;

use super::{
    ServiceError, Services,
    desk::{self, Caller},
    drafts,
    error::from_record_error,
    people,
    sessions::Session,
    token::DraftToken,
};
use crate::complaint::fields::reference::Reference;
use crate::evidence::{ReceiveError, Scanner, serve::safe_name};
use crate::record::{
    cases,
    uploads::{self, Model as Upload, State},
};

/// A file that may be opened.
#[derive(Clone, Debug)]
pub struct Readable {
    /// One of our own list, found from the content; `application/octet-stream` when in doubt.
    pub media_type: &'static str,
    /// What to save it as: what it was called, with an ending that fits what it is.
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
    /// No such file, or not this caller's: which of the two is not told.
    #[error("no such file")]
    NotFound,
    /// It is still coming in, or waits to be scanned.
    #[error("the file is not checked yet")]
    NotChecked,
    /// Something was found in it.
    #[error("the file is refused")]
    Refused,
    #[error(transparent)]
    Service(#[from] ServiceError),
}

from_record_error!(ReadError);

/// A piece of a file, or what broke it off.
pub type Pieces = BoxStream<'static, Result<Bytes, ReceiveError>>;

/// A file of a draft, for whoever holds the draft. Once the complaint is sent it takes a sign-in.
///
/// # Errors
/// [`ReadError`].
pub async fn for_holder(services: &Services, token: &DraftToken, file: Uuid) -> Result<Readable, ReadError> {
    open(services, of_holder(services, token, file).await?)
}

/// A file of the case somebody is signed in to.
///
/// # Errors
/// [`ReadError`].
pub async fn for_session(services: &Services, session: &Session, file: Uuid) -> Result<Readable, ReadError> {
    open(services, of_session(services, session, file).await?)
}

/// A file of a case, for the organisation. That it was asked for is on the record before it is answered.
///
/// # Errors
/// [`ReadError`].
pub async fn for_desk(services: &Services, caller: &Caller, reference: &str, file: Uuid) -> Result<Readable, ReadError> {
    open(services, of_case(services, caller, reference, file, "file").await?)
}

async fn of_holder(services: &Services, token: &DraftToken, file: Uuid) -> Result<Option<Upload>, ReadError> {
    let Some(drafts::Held { draft, .. }) = drafts::find(services, token).await? else {
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
    let viewer = people::viewer_of(services, session, case_id).await?;
    Ok(viewer.filter(|viewer| viewer.sees_file(file)).map(|_| upload))
}

/// The file of a case. That `what` of it was asked for is on the record when this returns.
async fn of_case(services: &Services, caller: &Caller, reference: &str, file: Uuid, what: &str) -> Result<Option<Upload>, ReadError> {
    let db = &services.store().read;
    let case = match Reference::parse(reference) {
        Some(reference) => cases::find_by_reference(db, reference.as_str()).await?,
        None => None,
    };
    let upload = uploads::lookup(db, file).await?;
    let upload = upload.filter(|u| u.case_id.is_some() && u.case_id == case.as_ref().map(|c| c.id));
    let action = upload.as_ref().map_or_else(|| what.to_owned(), |u| format!("{what} {}", u.id));
    desk::note(services, caller, &action, case.as_ref().map(|c| c.reference.as_str())).await?;
    Ok(upload)
}

/// Whether a file in this state may be opened.
pub(super) fn is_readable(scanner: &Scanner, state: State) -> bool {
    state == State::Clean || (state == State::Scanning && scanner.is_off())
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
    /// A part of it, in constant memory. The stream ends in an error when not all of the part could be read.
    ///
    /// # Errors
    /// [`ServiceError::Unavailable`] when storage does not have it, or not as it was received.
    pub async fn part(&self, services: &Services, part: Range<u64>) -> Result<Pieces, ServiceError> {
        let opened = services.files().part(&self.storage_key, self.bytes, part).await;
        opened.map_err(ServiceError::storage)
    }
}
