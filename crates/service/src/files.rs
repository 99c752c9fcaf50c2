//! Files of drafts and cases. This module takes a file in one request; [`resumable`] takes it in several.

pub mod check;

mod describe;
pub mod download;
mod holder;
mod previews;
pub(crate) mod refusal;
mod register;
pub mod resumable;
pub mod scanning;
pub mod unfinished;

use crate::file_view;
use std::net::IpAddr;

use bytes::Bytes;
use futures::Stream;
use uuid::Uuid;

use crate::{
    ServiceError, Services,
    access::{
        token::DraftToken,
        viewer::{self, Viewer},
    },
    drafts,
    error::from_record_error,
    idempotency::IdempotencyKey,
    typed_text::DraftPage,
};
use complaint::{
    FieldError,
    case::{actions::CaseActionKind, person_number::SENDER, representation::Scope},
    fields::form::Choice,
    questionnaire::question::Purpose,
};
use contract::FileView;
use evidence::{CaseRecorder, NewFile, ReceiveError};
use record::{
    cases, typed_text,
    uploads::{self, Owner, State, unsent::Source},
};

pub use describe::{describe, remove_location_metadata};
pub use holder::Holder;
use holder::authorised_file;
pub use previews::{Previews, make_previews};
pub(crate) use register::{CaseFileEvents, Uploader};

/// Returns the draft that a file belongs to, or was sent with, if one of the tokens names that draft.
///
/// Whether a token opens its draft is not checked here, but where the file is used.
pub async fn draft_of_file(services: &Services, tokens: &[DraftToken], file: Uuid) -> Result<Option<Uuid>, ServiceError> {
    let db = &services.store().read;
    let Some(upload) = uploads::lookup(db, file).await? else {
        return Ok(None);
    };
    let draft = match (upload.draft_id, upload.case_id) {
        (None, Some(case)) => cases::lookup(db, case).await?.map(|case| case.draft_id),
        (draft, _) => draft,
    };
    Ok(draft.filter(|draft| tokens.iter().any(|token| token.id == *draft)))
}

/// A file about to be uploaded.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// The name that the uploader gave it.
    pub filename: String,
    pub purpose: Purpose,
    /// The size in bytes, if the client announces it.
    pub declared_len: Option<u64>,
}

/// The draft or case that a file is for.
#[derive(Clone, Copy, Debug)]
pub enum FileTarget<'a> {
    /// An unsent draft, with the network address that the file comes from, if known. The files of one address have a disk budget.
    Draft(&'a DraftToken, Option<IpAddr>),
    /// A submitted case, for a participant who may speak on it. A form's idempotency key makes it bring a file once, however often it is
    /// posted.
    Case(&'a Viewer, Option<&'a IdempotencyKey>),
}

impl<'a> From<&'a DraftToken> for FileTarget<'a> {
    fn from(token: &'a DraftToken) -> Self {
        Self::Draft(token, None)
    }
}

impl<'a> From<&'a Viewer> for FileTarget<'a> {
    fn from(viewer: &'a Viewer) -> Self {
        Self::Case(viewer, None)
    }
}

impl FileTarget<'_> {
    /// Returns the file as the target stores it. Fails if the sender may not add files to it.
    async fn new_file(self, services: &Services, file: Incoming) -> Result<NewFile, FileError> {
        let (owner, source) = match self {
            Self::Draft(token, from) => {
                let draft = unsent_draft_id(services, token).await?;
                (Owner::Draft(draft), from.map(|address| source(services, address)))
            }
            Self::Case(viewer, _) if viewer.may(CaseActionKind::Files.scope()) => (Owner::Case(viewer.case.id), None),
            Self::Case(..) => return Err(FileError::NotFound),
        };
        Ok(NewFile {
            filename: file.filename,
            purpose: file.purpose.code().to_owned(),
            owner,
            declared_len: file.declared_len,
            source,
        })
    }
}

/// Returns the fingerprints of an IPv4 address, or of the /64 and /48 networks of an IPv6 address.
fn source(services: &Services, address: IpAddr) -> Source {
    let fingerprint = |network: &[u8]| services.source_key().fingerprint(network);
    match address.to_canonical() {
        IpAddr::V4(address) => Source {
            near: fingerprint(&address.octets()),
            wide: None,
        },
        IpAddr::V6(address) => Source {
            near: fingerprint(&address.octets()[..8]),
            wide: Some(fingerprint(&address.octets()[..6])),
        },
    }
}

/// Why a file was not accepted or not removed.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The draft does not exist, or has no such file. Also for a person who may not add files.
    #[error("no such draft or file")]
    NotFound,
    /// The complaint was sent, and its files do not change.
    #[error("the complaint was sent already")]
    AlreadySent { reference: String },
    /// The file was refused, or did not arrive. Failures of the storage and the database are in [`FileError::Service`].
    #[error(transparent)]
    Receive(ReceiveError),
    /// The description of the file is invalid.
    #[error("the description of the file is invalid")]
    Invalid(Vec<FieldError>),
    /// No copy of the file can be made without location metadata.
    #[error("the location cannot be removed from this file")]
    LocationNotRemovable,
    #[error(transparent)]
    Service(#[from] ServiceError),
}

from_record_error!(FileError);

impl From<ReceiveError> for FileError {
    fn from(e: ReceiveError) -> Self {
        match e {
            ReceiveError::NotFound | ReceiveError::NotAllowed => Self::NotFound,
            failure @ (ReceiveError::Storage(_) | ReceiveError::Case(_) | ReceiveError::Record(_)) => Self::Service(failure.into()),
            refused => Self::Receive(refused),
        }
    }
}

/// Receives a file and adds it to a draft or a case.
///
/// On return the file is on disk and on the record, on a case together with its event. After an error nothing of it is stored. The
/// sender's right to add it to a case is checked before the bytes are read, and again with the last byte.
pub async fn add_file<E>(
    services: &Services,
    to: impl Into<FileTarget<'_>>,
    file: Incoming,
    stream: impl Stream<Item = Result<Bytes, E>> + Send,
) -> Result<FileView, FileError>
where
    E: std::error::Error + Send + Sync,
{
    let to = to.into();
    let new = to.new_file(services, file).await?;
    let register = match to {
        FileTarget::Draft(..) => None,
        FileTarget::Case(viewer, form) => {
            let who = Uploader::Person(Box::new(viewer.clone()));
            Some(CaseFileEvents::new(services, who).of_form(form))
        }
    };
    let register = register.as_ref().map(|register| register as &dyn CaseRecorder);
    let upload = services.receiver().receive(stream, new, register).await?;
    scanning::wake(services);
    Ok(file_view::file(services, upload))
}

/// Deletes one of the draft's files, even if it is still arriving.
///
/// After sending, only a file that is still arriving can be withdrawn, and an event on the case says so.
pub async fn remove_file(services: &Services, holder: impl Into<Holder>, file: Uuid) -> Result<(), FileError> {
    let holder = holder.into();
    let (upload, who) = authorised_file(services, &holder, file, Some(Scope::Speak))
        .await?
        .ok_or(FileError::NotFound)?;
    if let Some(case_id) = upload.case_id {
        let register = CaseFileEvents::new(services, who);
        if upload.state == State::Receiving && services.resumable().withdraw(file, &register).await? {
            return Ok(());
        }
        let case = cases::lookup(&services.store().read, case_id).await?.ok_or(FileError::NotFound)?;
        return Err(FileError::AlreadySent { reference: case.reference });
    }
    let token = holder.draft.ok_or(FileError::NotFound)?;
    let draft = unsent_draft_id(services, &token).await?;
    // Keeps other requests from sending bytes of the file while it is removed.
    let _halted = services.resumable().stop_writer(file).await?;
    let write = services.store().begin().await?;
    // Locked, so that the file cannot be sent while it is removed.
    let locked = drafts::lock(services, &write, &token).await?;
    let upload = uploads::lookup(&write.tx(), file).await?.filter(|u| u.draft_id == Some(draft));
    let (Some(_), Some(upload)) = (locked, upload) else {
        return Err(FileError::NotFound);
    };
    uploads::remove(&write, upload.id).await?;
    typed_text::remove_page(&write, typed_text::Holder::Draft(draft), &DraftPage::File(file).name()).await?;
    write.commit().await?;
    for key in upload.storage_keys() {
        // The file is off the record already: a retry would not find it.
        if let Err(error) = services.files().remove(key).await {
            tracing::warn!(%error, file = %upload.id, "the bytes of a removed file could not be deleted");
        }
    }
    Ok(())
}

/// Lists the complete files of the draft, oldest first. `None` if the token opens no draft, or another device sent it.
pub async fn list(services: &Services, token: &DraftToken) -> Result<Option<Vec<FileView>>, ServiceError> {
    let Some(held) = drafts::find(services, token).await? else {
        return Ok(None);
    };
    let owner = match held.draft.case_id {
        // The case's files are only for the device that sent the complaint.
        Some(_) if !held.has_sent() => return Ok(None),
        Some(case_id) => Owner::Case(case_id),
        None => Owner::Draft(held.draft.id),
    };
    let mut files = uploads::list(&services.store().read, owner).await?;
    if let Owner::Case(case_id) = owner {
        // Files that came to the case later are only for those who may see them.
        let Some(sender) = viewer::viewer_by_number(services, case_id, SENDER).await? else {
            return Ok(None);
        };
        files.retain(|upload| sender.sees_file(upload.id));
    }
    Ok(Some(files.into_iter().map(|upload| file_view::file(services, upload)).collect()))
}

/// Returns what is known about one file in any state. `None` if the holder has no access to it.
pub async fn lookup(services: &Services, holder: impl Into<Holder>, file: Uuid) -> Result<Option<FileView>, ServiceError> {
    let own = authorised_file(services, &holder.into(), file, None).await?;
    Ok(own.map(|(upload, _)| file_view::file(services, upload)))
}

/// Returns the id of a draft that is open and not sent.
async fn unsent_draft_id(services: &Services, token: &DraftToken) -> Result<Uuid, FileError> {
    let drafts::OpenDraft { draft, .. } = drafts::find(services, token).await?.ok_or(FileError::NotFound)?;
    match draft.case_id {
        None => Ok(draft.id),
        Some(case_id) => {
            let case = cases::lookup(&services.store().read, case_id).await?.ok_or(FileError::NotFound)?;
            Err(FileError::AlreadySent { reference: case.reference })
        }
    }
}
