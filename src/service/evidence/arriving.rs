//! Files of a complaint that was sent while some of them were still on their way.

use crate::complaint::authority::Scope;
use crate::complaint::case_file::SENDER;
use crate::complaint::event::{EventBody, WITHDRAWN};
use crate::complaint::view::{Arriving, Coming};
use crate::record::{
    RecordError,
    cases::{self, Model as Case},
    events,
    uploads::{self, Model as Upload, Owner, State},
};
use crate::service::sessions::Session;
use crate::service::token::DraftToken;
use crate::service::{ServiceError, Services, drafts, people, views};

/// Those of the complaint that was sent from a draft; `None` for a device that did not send it, or
/// when its receipt is no longer shown.
///
/// # Errors
/// [`ServiceError`].
pub async fn of_sent(services: &Services, token: &DraftToken) -> Result<Option<Arriving>, ServiceError> {
    let Some(case_id) = drafts::sent_case(services, token).await? else {
        return Ok(None);
    };
    // What came to the case since is for those who may see it.
    if !people::may(services, case_id, SENDER, Scope::See).await? {
        return Ok(None);
    }
    let case = cases::lookup(&services.store().read, case_id)
        .await?
        .ok_or_else(|| RecordError::corrupt("a draft sent to no case"))?;
    Ok(Some(of_case(services, &case).await?))
}

/// Those of a case, for somebody signed in who may see it; `None` for all others.
///
/// # Errors
/// [`ServiceError`].
pub async fn of_session(services: &Services, session: &Session, reference: &str) -> Result<Option<Arriving>, ServiceError> {
    match people::viewer(services, session, reference).await? {
        Some(viewer) => Ok(Some(of_case(services, &viewer.case).await?)),
        None => Ok(None),
    }
}

async fn of_case(services: &Services, case: &Case) -> Result<Arriving, ServiceError> {
    let db = &services.store().read;
    let mut files = uploads::list_all(db, Owner::Case(case.id)).await?;
    files.sort_by_key(|file| file.id);
    let (coming, here): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| file.state == State::Receiving);
    let mut missing = Vec::new();
    for event in events::list(db, case.id, 0, u64::from(u32::MAX), &[]).await? {
        if let EventBody::FileNotReceived { filename, reason, .. } = views::body(&event)?
            && reason != WITHDRAWN
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
