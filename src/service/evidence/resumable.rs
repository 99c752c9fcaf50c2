//! Files that come with breaks.

use std::sync::Arc;

use bytes::Bytes;
use futures::Stream;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Arriving, CaseRegister, FileError, Holder, Incoming, open, own};
use crate::complaint::{act::ActKind, authority::Scope, view::FileView};
use crate::evidence::resumable::{Part, Progress};
use crate::record::uploads::Owner;
use crate::service::token::DraftToken;
use crate::service::{Services, people, scanning, sessions::Session, views};

/// Where an upload stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub file: FileView,
    /// Bytes that are safely stored, from the beginning.
    pub offset: u64,
    /// The whole length in bytes.
    pub length: u64,
    /// What the sender said about it, as they wrote it. `None` when that is not known any more.
    pub metadata: Option<String>,
    /// When it is given up unless more of it comes. `None` when it is all here.
    pub expires_at: Option<OffsetDateTime>,
}

impl Standing {
    fn of(services: &Services, progress: Progress) -> Self {
        Self {
            file: views::file(services, progress.upload),
            offset: progress.offset,
            length: progress.length,
            metadata: progress.metadata,
            expires_at: progress.expires_at,
        }
    }
}

/// What became of a part.
#[derive(Debug)]
pub struct Appended<S> {
    pub result: Result<Standing, FileError>,
    /// The name the file came with; empty when there is no such upload.
    pub filename: String,
    /// What was not read of the stream.
    pub rest: Option<S>,
}

/// Announces a file to the draft: `file.declared_len` bytes are to come. `metadata` is kept as the sender wrote it.
///
/// # Errors
/// [`FileError`]; then there is no such upload.
pub async fn announce(services: &Services, token: &DraftToken, file: impl Into<Arriving>, metadata: String) -> Result<Standing, FileError> {
    let draft = open(services, token).await?;
    let announced = services.resumable().create(&file.into().of(services, draft), metadata).await?;
    Ok(Standing::of(services, announced))
}

/// The same to a case that was sent, by somebody who may speak on it.
///
/// # Errors
/// [`FileError`]; [`FileError::NotFound`] also when it is not for them to do.
pub async fn announce_to_case(
    services: &Services,
    session: &Session,
    reference: &str,
    file: Incoming,
    metadata: String,
) -> Result<Standing, FileError> {
    let viewer = people::viewer(services, session, reference).await?;
    let viewer = viewer
        .filter(|viewer| viewer.may(ActKind::Files.scope()))
        .ok_or(FileError::NotFound)?;
    let new = file.of(Owner::Case(viewer.case.id));
    let announced = services.resumable().create(&new, metadata).await?;
    Ok(Standing::of(services, announced))
}

/// Where an upload stands. A request that is still bringing bytes is asked to stop first.
///
/// # Errors
/// [`FileError`].
pub async fn standing(services: &Services, holder: impl Into<Holder>, upload: Uuid) -> Result<Standing, FileError> {
    own(services, &holder.into(), upload, Some(Scope::Speak))
        .await?
        .ok_or(FileError::NotFound)?;
    let progress = services.resumable().offset(upload).await?;
    Ok(Standing::of(services, progress))
}

/// Takes the next bytes of an upload. The last of them makes it a file of the draft, or of the case: then the case says so. It goes on when the caller is dropped, until the stream ends.
///
/// # Errors
/// In [`Appended::result`].
pub async fn append<S, E>(services: &Services, holder: impl Into<Holder>, part: Part, stream: S) -> Appended<S>
where
    S: Stream<Item = Result<Bytes, E>> + Send + Unpin + 'static,
    E: Send + 'static,
{
    let refused = |error: FileError, stream| Appended {
        result: Err(error),
        filename: String::new(),
        rest: Some(stream),
    };
    let (upload, who) = match own(services, &holder.into(), part.upload, Some(Scope::Speak)).await {
        Ok(Some(own)) => own,
        Ok(None) => return refused(FileError::NotFound, stream),
        Err(e) => return refused(e.into(), stream),
    };
    let appended = {
        // Whether they still may is looked up once more with the last byte.
        let register = Arc::new(CaseRegister::new(services, who));
        services.resumable().append(part, stream, register).await
    };
    if appended.result.as_ref().is_ok_and(|progress| progress.expires_at.is_none()) {
        scanning::wake(services);
    }
    let result = appended.result.map(|progress| Standing::of(services, progress));
    Appended {
        result: result.map_err(FileError::from),
        filename: upload.filename,
        rest: appended.rest,
    }
}
