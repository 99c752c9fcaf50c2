//! Files that were still arriving when their complaint was sent.

use crate::access::token::DraftToken;
use crate::stored;
use crate::{
    ServiceError, Services,
    access::viewer::{self, Viewer},
    drafts,
};
use complaint::case::event::{EventBody, UPLOAD_CANCELLED};
use complaint::case::person_number::SENDER;
use contract::{FilesProgress, PendingFile};
use record::uploads::{self, Model as Upload, Owner};

/// Returns the progress of the files of the complaint that was sent from a draft.
///
/// `None` on a device that did not send it, once its receipt is no longer shown, or if the sender has no access any more.
pub async fn of_sent(services: &Services, token: &DraftToken) -> Result<Option<FilesProgress>, ServiceError> {
    let Some(case_id) = drafts::sent_case(services, token).await? else {
        return Ok(None);
    };
    // Files that came to the case later are only for those who may see them.
    match viewer::viewer_by_number(services, case_id, SENDER).await? {
        Some(viewer) => Ok(Some(for_viewer(services, &viewer).await?)),
        None => Ok(None),
    }
}

/// Returns the progress of those files of a case that this viewer may see.
pub async fn for_viewer(services: &Services, viewer: &Viewer) -> Result<FilesProgress, ServiceError> {
    let mut files = uploads::list_all(&services.store().read, Owner::Case(viewer.case.id)).await?;
    files.sort_by_key(|file| file.id);
    progress(viewer, &files)
}

/// Returns the progress of those of a case's files that this viewer may see.
pub(crate) fn progress(viewer: &Viewer, files: &[Upload]) -> Result<FilesProgress, ServiceError> {
    let files = files.iter().filter(|upload| viewer.sees_file(upload.id));
    let (here, coming): (Vec<_>, Vec<_>) = files.partition(|file| file.is_complete());
    let mut missing = Vec::new();
    for event in &viewer.events {
        if let EventBody::FileNotReceived { file, filename, reason } = stored::body(event)?
            && reason != UPLOAD_CANCELLED
            && viewer.file.shows_file(&file, &viewer.person, viewer.today)
        {
            missing.push(filename);
        }
    }
    Ok(FilesProgress {
        here: here.len() as u64,
        coming: coming.into_iter().map(coming_in).collect(),
        missing,
    })
}

fn coming_in(upload: &Upload) -> PendingFile {
    PendingFile {
        id: upload.id.to_string(),
        filename: upload.filename.clone(),
    }
}
