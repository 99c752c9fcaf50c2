//! Files that were still arriving when their complaint was sent.

use crate::token::DraftToken;
use crate::{
    ServiceError, Services, drafts,
    people::{self, Viewer},
    views,
};
use complaint::case_file::SENDER;
use complaint::event::{EventBody, WITHDRAWN};
use contract::{Arriving, Coming};
use record::uploads::{self, Model as Upload, Owner, State};

/// Returns the progress of the files of the complaint that was sent from a draft.
///
/// `None` on a device that did not send it, once its receipt is no longer shown, or if the sender has no access any more.
pub async fn of_sent(services: &Services, token: &DraftToken) -> Result<Option<Arriving>, ServiceError> {
    let Some(case_id) = drafts::sent_case(services, token).await? else {
        return Ok(None);
    };
    // Files that came to the case later are only for those who may see them.
    match people::numbered(services, case_id, SENDER).await? {
        Some(viewer) => Ok(Some(for_viewer(services, &viewer).await?)),
        None => Ok(None),
    }
}

/// Returns the progress of those files of a case that this viewer may see.
pub async fn for_viewer(services: &Services, viewer: &Viewer) -> Result<Arriving, ServiceError> {
    let (db, case) = (&services.store().read, &viewer.case);
    let mut files = uploads::list_all(db, Owner::Case(case.id)).await?;
    files.retain(|upload| viewer.sees_file(upload.id));
    files.sort_by_key(|file| file.id);
    let (coming, here): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| file.state == State::Receiving);
    let mut missing = Vec::new();
    for event in &viewer.events {
        if let EventBody::FileNotReceived { file, filename, reason } = views::body(event)?
            && reason != WITHDRAWN
            && viewer.file.shows_file(&file, &viewer.person, viewer.today)
        {
            missing.push(filename);
        }
    }
    Ok(Arriving {
        here: here.len() as u64,
        coming: coming.into_iter().map(coming_in).collect(),
        missing,
    })
}

fn coming_in(upload: Upload) -> Coming {
    Coming {
        id: upload.id.to_string(),
        filename: upload.filename,
    }
}
