//! Uploads that arrive in several requests.

use crate::file_view;
use std::sync::Arc;

use bytes::Bytes;
use futures::Stream;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::files::{CaseFileEvents, FileError, FileTarget, Holder, Incoming, authorised_file};
use crate::{Services, files::scanning};
use complaint::case::representation::Scope;
use contract::FileView;
use evidence::resumable::{Part, Progress};

/// The progress of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadProgress {
    pub file: FileView,
    /// The number of bytes stored durably.
    pub offset: u64,
    /// The full length in bytes.
    pub length: u64,
    /// The client's metadata, unchanged. `None` once it is no longer stored.
    pub metadata: Option<String>,
    /// When the upload ends unless more bytes come. `None` if the file is complete.
    pub expires_at: Option<OffsetDateTime>,
}

impl UploadProgress {
    fn of(services: &Services, progress: Progress) -> Self {
        Self {
            file: file_view::file(services, progress.upload),
            offset: progress.offset,
            length: progress.length,
            metadata: progress.metadata,
            expires_at: progress.expires_at,
        }
    }
}

/// The result of [`append`].
#[derive(Debug)]
pub struct Appended<S> {
    pub result: Result<UploadProgress, FileError>,
    /// The file's name; empty if there is no such upload.
    pub filename: String,
    /// The unread rest of the stream.
    pub rest: Option<S>,
}

/// Announces a file of `file.declared_len` bytes to a draft or a case.
///
/// `metadata` is stored unchanged. After an error there is no upload.
pub async fn announce(
    services: &Services,
    to: impl Into<FileTarget<'_>>,
    file: Incoming,
    metadata: String,
) -> Result<UploadProgress, FileError> {
    let new = to.into().new_file(services, file).await?;
    let announced = services.resumable().create(&new, metadata).await?;
    Ok(UploadProgress::of(services, announced))
}

/// Returns the progress of an upload. A request that is still sending bytes is asked to stop first.
pub async fn progress(services: &Services, holder: impl Into<Holder>, upload: Uuid) -> Result<UploadProgress, FileError> {
    authorised_file(services, &holder.into(), upload, Some(Scope::Speak))
        .await?
        .ok_or(FileError::NotFound)?;
    let progress = services.resumable().offset(upload).await?;
    Ok(UploadProgress::of(services, progress))
}

/// Stores the next bytes of an upload. The last of them makes it a file of the draft or of the case, where an event records
/// it.
///
/// The work continues after the caller is dropped, until the stream ends. Errors are in [`Appended::result`].
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
    let (upload, who) = match authorised_file(services, &holder.into(), part.upload, Some(Scope::Speak)).await {
        Ok(Some(own)) => own,
        Ok(None) => return refused(FileError::NotFound, stream),
        Err(e) => return refused(e.into(), stream),
    };
    let appended = {
        // The right is checked once more with the last byte.
        let register = Arc::new(CaseFileEvents::new(services, who));
        services.resumable().append(part, stream, register).await
    };
    if appended.result.as_ref().is_ok_and(|progress| progress.expires_at.is_none()) {
        scanning::wake(services);
    }
    let result = appended.result.map(|progress| UploadProgress::of(services, progress));
    Appended {
        result: result.map_err(FileError::from),
        filename: upload.filename,
        rest: appended.rest,
    }
}
