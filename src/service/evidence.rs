//! Files of a draft and of a case: those of a draft in one go here, all with breaks in [`resumable`].

pub mod arriving;
pub mod check;
pub mod resumable;

mod describe;
mod holder;
mod previews;
mod register;

use std::net::IpAddr;

use bytes::Bytes;
use futures::Stream;
use uuid::Uuid;

use super::{ServiceError, Services, drafts, error::from_record_error, people, scanning, token::DraftToken, views};
use crate::complaint::{
    FieldError,
    authority::Scope,
    case_file::SENDER,
    form::Choice,
    view::{FileView, Purpose},
};
use crate::evidence::{NewFile, ReceiveError};
use crate::record::{
    cases,
    uploads::{self, Model as Upload, Owner, State, unsent::Source},
};

pub use describe::{describe, send_without_place};
pub use holder::Holder;
pub use previews::{Previews, make_previews};
pub(super) use register::{CaseRegister, Who};

/// The draft a file belongs to, or was sent with, among those the tokens name. `None` when it is none of them. Whether a token opens its draft is
/// found out where the file is used.
///
/// # Errors
/// [`ServiceError`].
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

/// A file about to arrive.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// The name it came with.
    pub filename: String,
    pub purpose: Purpose,
    /// Its size in bytes, when the sender says so.
    pub declared_len: Option<u64>,
}

/// A file about to arrive for an unsent complaint, and the address it comes from, when that is known: the files of one address may
/// take only so much.
#[derive(Clone, Debug)]
pub struct Arriving {
    file: Incoming,
    from: Option<IpAddr>,
}

impl Incoming {
    /// The same from an address.
    #[must_use]
    pub fn sent_from(self, address: IpAddr) -> Arriving {
        Arriving {
            file: self,
            from: Some(address),
        }
    }
}

impl From<Incoming> for Arriving {
    fn from(file: Incoming) -> Self {
        Self { file, from: None }
    }
}

impl Arriving {
    fn of(self, services: &Services, draft: Uuid) -> NewFile {
        NewFile {
            source: self.from.map(|address| source(services, address)),
            ..self.file.of(Owner::Draft(draft))
        }
    }
}

/// The fingerprints of an address and of the networks it is in.
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

/// Why a file was not taken or not removed. Sizes are in bytes.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// No such draft, or no such file in it.
    #[error("no such draft or file")]
    NotFound,
    /// The complaint was sent; its files do not change.
    #[error("already sent")]
    AlreadySent { reference: String },
    #[error("the file is empty")]
    Empty,
    #[error("the file is larger than {limit} bytes")]
    TooLarge { limit: u64 },
    #[error("files of this type are not accepted")]
    UnsupportedType,
    /// The name promises a type that is accepted, and the content is something else that is not.
    #[error("the content is not what the name says")]
    Mislabelled,
    #[error("the file is password protected")]
    Protected,
    #[error("the file has macros in it")]
    Macros,
    /// It cannot be opened: cut off, or broken.
    #[error("the file is damaged")]
    Damaged,
    #[error("there are {limit} files already")]
    TooManyFiles { limit: u64 },
    /// All files together would be more than this.
    #[error("the files together would be larger than {limit} bytes")]
    Full { limit: u64 },
    /// The sender stopped half-way or sent another length than announced.
    #[error("the file did not arrive whole")]
    Interrupted,
    /// The upload was given up: nobody went on with it for too long, or what was stored of it is lost.
    #[error("the upload was given up")]
    GivenUp,
    /// The part does not begin where the upload stands.
    #[error("the upload stands at {offset}")]
    WrongOffset { offset: u64 },
    #[error("the file is longer than announced")]
    LongerThanAnnounced,
    /// The part does not add up to what its sender says. Nothing of it was kept.
    #[error("the part arrived damaged")]
    WrongChecksum,
    /// The connection broke; what came before was kept.
    #[error("the part did not arrive whole")]
    BrokenOff,
    #[error("another request goes on with the upload")]
    TakenOver,
    /// Another request is at the upload and does not stop in time.
    #[error("another request is at the upload")]
    Busy,
    /// The disk is full, or unsent complaints take all that they may. What came before was kept.
    #[error("there is no room to store the file")]
    NoRoom,
    /// What was said of it will not do.
    #[error("what was said of the file will not do")]
    Wrong(Vec<FieldError>),
    /// No copy of it can be made without the place.
    #[error("the place cannot be taken out of this file")]
    PlaceStays,
    #[error(transparent)]
    Service(#[from] ServiceError),
}

from_record_error!(FileError);

impl From<ReceiveError> for FileError {
    fn from(e: ReceiveError) -> Self {
        match e {
            ReceiveError::Empty => Self::Empty,
            ReceiveError::TooLarge { limit } => Self::TooLarge { limit },
            ReceiveError::UnsupportedType => Self::UnsupportedType,
            ReceiveError::Mislabelled => Self::Mislabelled,
            ReceiveError::Protected => Self::Protected,
            ReceiveError::Macros => Self::Macros,
            ReceiveError::Damaged => Self::Damaged,
            ReceiveError::TooManyFiles { limit } => Self::TooManyFiles { limit },
            ReceiveError::CaseFull { limit } => Self::Full { limit },
            ReceiveError::Interrupted => Self::Interrupted,
            ReceiveError::NotFound | ReceiveError::NotAllowed => Self::NotFound,
            ReceiveError::Expired | ReceiveError::Lost => Self::GivenUp,
            ReceiveError::WrongOffset { offset } => Self::WrongOffset { offset },
            ReceiveError::LongerThanAnnounced => Self::LongerThanAnnounced,
            ReceiveError::WrongChecksum => Self::WrongChecksum,
            ReceiveError::BrokenOff => Self::BrokenOff,
            ReceiveError::TakenOver => Self::TakenOver,
            ReceiveError::Busy => Self::Busy,
            ReceiveError::NoRoom => Self::NoRoom,
            ReceiveError::Storage(e) => Self::Service(ServiceError::Unavailable(e)),
            ReceiveError::Case(e) => Self::Service(ServiceError::Internal(e)),
            ReceiveError::Record(e) => Self::Service(e.into()),
        }
    }
}

/// Takes a file in and gives it to the draft. When this returns it is on disk and on the record.
///
/// # Errors
/// [`FileError`]; then nothing of the file is kept.
pub async fn add_file<E>(
    services: &Services,
    token: &DraftToken,
    file: impl Into<Arriving>,
    stream: impl Stream<Item = Result<Bytes, E>> + Send,
) -> Result<FileView, FileError>
where
    E: std::error::Error + Send + Sync,
{
    let draft = open(services, token).await?;
    let upload = services.receiver().receive(stream, file.into().of(services, draft)).await?;
    scanning::wake(services);
    Ok(views::file(services, upload))
}

impl Incoming {
    pub(super) fn of(self, owner: Owner) -> NewFile {
        NewFile {
            filename: self.filename,
            purpose: self.purpose.code().to_owned(),
            owner,
            declared_len: self.declared_len,
            source: None,
        }
    }
}

/// Removes one of the draft's files for good, also one that is still on its way. Once the complaint is sent only what is on its
/// way can be taken back, and its case says so.
///
/// # Errors
/// [`FileError`].
pub async fn remove_file(services: &Services, holder: impl Into<Holder>, file: Uuid) -> Result<(), FileError> {
    let holder = holder.into();
    let (upload, who) = own(services, &holder, file, Some(Scope::Speak)).await?.ok_or(FileError::NotFound)?;
    if let Some(case_id) = upload.case_id {
        let register = CaseRegister::new(services, who);
        if upload.state == State::Receiving && services.resumable().withdraw(file, &register).await? {
            return Ok(());
        }
        let case = cases::lookup(&services.store().read, case_id).await?.ok_or(FileError::NotFound)?;
        return Err(FileError::AlreadySent { reference: case.reference });
    }
    let token = holder.draft.ok_or(FileError::NotFound)?;
    let draft = open(services, &token).await?;
    // Nobody may bring bytes for what is being removed.
    let _halted = services.resumable().halt(file).await?;
    let write = services.store().begin().await?;
    // Held, so that the file cannot be sent while it is being removed.
    let locked = drafts::lock(services, &write, &token).await?;
    let upload = uploads::lookup(&write.tx(), file).await?.filter(|u| u.draft_id == Some(draft));
    let (Some(_), Some(upload)) = (locked, upload) else {
        return Err(FileError::NotFound);
    };
    uploads::remove(&write, upload.id).await?;
    write.commit().await?;
    for key in upload.storage_keys() {
        services.files().remove(key).await?;
    }
    Ok(())
}

/// The draft's files that are all here, oldest first; `None` when the token opens no draft.
///
/// # Errors
/// [`ServiceError`].
pub async fn list(services: &Services, token: &DraftToken) -> Result<Option<Vec<FileView>>, ServiceError> {
    let Some(held) = drafts::find(services, token).await? else {
        return Ok(None);
    };
    let owner = match held.draft.case_id {
        // The case's files are for the device that sent it.
        Some(_) if !held.has_sent() => return Ok(None),
        Some(case_id) => Owner::Case(case_id),
        None => Owner::Draft(held.draft.id),
    };
    let mut files = uploads::list(&services.store().read, owner).await?;
    if let Owner::Case(case_id) = owner {
        // What came to the case since is for those who may see it.
        let Some(sender) = people::numbered(services, case_id, SENDER).await? else {
            return Ok(None);
        };
        files.retain(|upload| sender.sees_file(upload.id));
    }
    Ok(Some(files.into_iter().map(|upload| views::file(services, upload)).collect()))
}

/// What is known about one file, in any state; `None` when it is not the holder's.
///
/// # Errors
/// [`ServiceError`].
pub async fn lookup(services: &Services, holder: impl Into<Holder>, file: Uuid) -> Result<Option<FileView>, ServiceError> {
    let own = own(services, &holder.into(), file, None).await?;
    Ok(own.map(|(upload, _)| views::file(services, upload)))
}

/// The file, when it is the holder's, they see it and may do this with it today, and who they are on its case.
async fn own(services: &Services, holder: &Holder, file: Uuid, scope: Option<Scope>) -> Result<Option<(Upload, Who)>, ServiceError> {
    let held = match &holder.draft {
        Some(token) => drafts::find(services, token).await?,
        None => None,
    };
    if held.is_none() && holder.session.is_none() {
        return Ok(None);
    }
    let Some(upload) = uploads::lookup(&services.store().read, file).await? else {
        return Ok(None);
    };
    let of_draft = match held {
        Some(held) => is_held(services, &held, &upload).await?,
        None => false,
    };
    let Some(case_id) = upload.case_id else {
        return Ok(of_draft.then_some((upload, Who::Sender)));
    };
    let may = |viewer: &people::Viewer| viewer.sees_file(file) && scope.is_none_or(|scope| viewer.may(scope));
    if let Some(session) = &holder.session
        && let Some(viewer) = people::viewer_of(services, session, case_id).await?
        && may(&viewer)
    {
        let who = Who::Person(viewer.person.number, session.id);
        return Ok(Some((upload, who)));
    }
    // A token of what was a draft is worth what its sender may do on the case.
    let sender = if of_draft {
        people::numbered(services, case_id, SENDER).await?
    } else {
        None
    };
    Ok(sender.filter(may).map(|_| (upload, Who::Sender)))
}

/// Whether the device that holds a draft may speak for a file of it. Once the complaint is sent, a device that did not send it
/// may only go on with files that were on their way then, whose ids only the device that announced them and the sender know.
async fn is_held(services: &Services, held: &drafts::Held, upload: &Upload) -> Result<bool, ServiceError> {
    if upload.draft_id == Some(held.draft.id) {
        return Ok(true);
    }
    let Some(case_id) = upload.case_id.filter(|id| held.draft.case_id == Some(*id)) else {
        return Ok(false);
    };
    if held.has_sent() || upload.state == State::Receiving {
        return Ok(true);
    }
    let case = cases::lookup(&services.store().read, case_id).await?;
    Ok(case.is_some_and(|case| upload.received_at > case.submitted_at))
}

/// The id of the open, unsent draft.
async fn open(services: &Services, token: &DraftToken) -> Result<Uuid, FileError> {
    let drafts::Held { draft, .. } = drafts::find(services, token).await?.ok_or(FileError::NotFound)?;
    match draft.case_id {
        None => Ok(draft.id),
        Some(case_id) => {
            let case = cases::lookup(&services.store().read, case_id).await?.ok_or(FileError::NotFound)?;
            Err(FileError::AlreadySent { reference: case.reference })
        }
    }
}
