//! Following a case: what its own people see. Every function answers `None` for a case that is not the session's, the
//! same as for one that does not exist.

use super::{ServiceError, Services, sessions::Session, views};
use crate::complaint::{
    fields::reference::Reference,
    view::{CaseLine, CaseView, Timeline},
};
use crate::record::{
    cases::{self, Model as Case},
    events,
    uploads::{self, Owner},
};

/// Entries of a timeline that come at once, at most and unless fewer are asked for.
pub const TIMELINE_PAGE: u64 = 50;

/// Kinds of event the case's own people do not see.
const INTERNAL: [&str; 1] = ["note"];

/// The cases this session may see.
///
/// # Errors
/// [`ServiceError`].
pub async fn list(services: &Services, session: &Session) -> Result<Vec<CaseLine>, ServiceError> {
    let db = &services.store().read;
    let Some(case) = cases::lookup(db, session.case_id).await? else {
        return Ok(Vec::new());
    };
    let mut line = views::case_line(&case)?;
    // When it last moved, as far as the person is concerned.
    let seen = events::list(db, case.id, 0, u64::from(u32::MAX), &INTERNAL).await?;
    if let Some(last) = seen.last() {
        line.updated_at = last.at.rfc3339();
    }
    Ok(vec![line])
}

/// A case as its own people see it.
///
/// # Errors
/// [`ServiceError`].
pub async fn view(services: &Services, session: &Session, reference: &str) -> Result<Option<CaseView>, ServiceError> {
    let Some(case) = own(services, session, reference).await? else {
        return Ok(None);
    };
    let db = &services.store().read;
    let events = events::list(db, case.id, 0, u64::from(u32::MAX), &INTERNAL).await?;
    let files = uploads::list(db, Owner::Case(case.id)).await?;
    Ok(Some(views::case(services, &case, &events, files)?))
}

/// What happened, oldest first. `cursor` is the page before's; one that is not ours starts at the beginning.
///
/// # Errors
/// [`ServiceError`].
pub async fn timeline(
    services: &Services,
    session: &Session,
    reference: &str,
    cursor: Option<&str>,
    limit: Option<u64>,
) -> Result<Option<Timeline>, ServiceError> {
    let Some(case) = own(services, session, reference).await? else {
        return Ok(None);
    };
    let after = cursor.and_then(|c| c.parse().ok()).unwrap_or(0);
    let limit = limit.unwrap_or(TIMELINE_PAGE).clamp(1, TIMELINE_PAGE);
    // One more than asked for tells whether there are more.
    let mut events = events::list(&services.store().read, case.id, after, limit + 1, &INTERNAL).await?;
    let more = events.len() as u64 > limit;
    events.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next_cursor = events.last().filter(|_| more).map(|last| last.n.to_string());
    let entries = events.iter().map(views::timeline_entry).collect::<Result<_, _>>()?;
    Ok(Some(Timeline { entries, next_cursor }))
}

async fn own(services: &Services, session: &Session, reference: &str) -> Result<Option<Case>, ServiceError> {
    let Some(reference) = Reference::parse(reference) else {
        return Ok(None);
    };
    let case = cases::lookup(&services.store().read, session.case_id).await?;
    Ok(case.filter(|c| c.reference == reference.as_str()))
}
