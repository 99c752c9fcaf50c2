//! Adding files to a case that was sent.

use bytes::Bytes;
use futures::Stream;

use crate::complaint::{act::ActKind, form::Choice, view::FileView};
use crate::evidence::{Bringer, NewFile};
use crate::record::uploads::Owner;
use crate::service::{
    Services,
    evidence::{FileError, Incoming},
    people, scanning,
    sessions::Session,
    views,
};

/// Takes a file in and gives it to the case. When this returns it is on disk and on the record, with the event that says so.
/// Whether the caller may is looked up before the bytes are read.
///
/// # Errors
/// [`FileError`]; [`FileError::NotFound`] also when it is not for them to do. Then nothing of the file is kept.
pub async fn add_file<E>(
    services: &Services,
    session: &Session,
    reference: &str,
    file: Incoming,
    stream: impl Stream<Item = Result<Bytes, E>> + Send,
) -> Result<FileView, FileError>
where
    E: std::error::Error + Send + Sync,
{
    let viewer = people::viewer(services, session, reference).await?;
    let viewer = viewer
        .filter(|viewer| viewer.may(ActKind::Files.scope()))
        .ok_or(FileError::NotFound)?;
    let new = NewFile {
        filename: file.filename,
        purpose: file.purpose.code().to_owned(),
        owner: Owner::Case(viewer.case.id),
        declared_len: file.declared_len,
    };
    let from = Bringer {
        role: viewer.person.role,
        name: viewer.person.name.clone(),
    };
    let upload = services.receiver().receive_from(stream, new, Some(&from)).await?;
    scanning::wake(services);
    Ok(views::file(services, upload))
}
