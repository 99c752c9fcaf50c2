//! Files of a complaint that was sent while some of them were still on their way.

use crate::record::{
    RecordError,
    cases::{self, Model as Case},
    uploads::{self, Owner, State},
};
use crate::service::sessions::Session;
use crate::service::token::DraftToken;
use crate::service::{ServiceError, Services, drafts};

/// How many files there are, and how many of them are here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arriving {
    pub here: usize,
    /// With those that are announced and not given up.
    pub all: usize,
}

/// Those of the complaint that was sent from a draft; `None` when nothing was sent or its receipt is not shown any more.
///
/// # Errors
/// [`ServiceError`].
pub async fn of_sent(services: &Services, token: &DraftToken) -> Result<Option<Arriving>, ServiceError> {
    let Some(case_id) = drafts::find(services, token).await?.and_then(|draft| draft.case_id) else {
        return Ok(None);
    };
    let case = cases::lookup(&services.store().read, case_id)
        .await?
        .ok_or_else(|| RecordError::corrupt("a draft sent to no case"))?;
    Ok(Some(count(services, &case).await?))
}

/// Those of the case of a session.
///
/// # Errors
/// [`ServiceError`].
pub async fn of_session(services: &Services, session: &Session) -> Result<Option<Arriving>, ServiceError> {
    match cases::lookup(&services.store().read, session.case_id).await? {
        Some(case) => Ok(Some(count(services, &case).await?)),
        None => Ok(None),
    }
}

async fn count(services: &Services, case: &Case) -> Result<Arriving, ServiceError> {
    let db = &services.store().read;
    let mut all = uploads::list_all(db, Owner::Case(case.id)).await?;
    // Those announced before it was sent stay the draft's until they are here.
    all.extend(uploads::list_all(db, Owner::Draft(case.draft_id)).await?);
    Ok(Arriving {
        here: all.iter().filter(|file| file.state != State::Receiving).count(),
        all: all.len(),
    })
}
