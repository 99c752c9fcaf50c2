//! Following a case: what its own people see. Every function answers `None` for a case that is not the session's, the
//! same as for one that does not exist.

use super::{
    ServiceError, Services, clock, consent, hearing,
    open_case::OpenCase,
    people::{self, Viewer},
    sessions::Session,
    views,
};
use crate::complaint::{
    case_file::SENDER,
    clock::{Clock, ClockInput},
    view::{CaseLine, CaseView, Timeline, TimelineEntry},
};
use crate::record::{
    RecordError,
    uploads::{self, Owner},
};

/// Entries of a timeline that come at once, at most and unless fewer are asked for.
pub const TIMELINE_PAGE: u64 = 50;

/// The cases this session may see.
///
/// # Errors
/// [`ServiceError`].
pub async fn list(services: &Services, session: &Session) -> Result<Vec<CaseLine>, ServiceError> {
    let mut lines = Vec::new();
    for row in people::of_session(services, session).await? {
        let Some(viewer) = people::viewer_of(services, session, row.case_id).await? else {
            continue;
        };
        let files = uploads::list(&services.store().read, Owner::Case(viewer.case.id)).await?;
        let papers = consent::papers_of(&viewer.file, &files);
        let next = views::next(&viewer.file, &papers, Some(viewer.person.number), viewer.today);
        let mut line = views::case_line(&viewer.case, &viewer.person, next.who_acts, viewer.file.is_late(viewer.today))?;
        // When it last moved, as far as the person is concerned.
        for event in viewer.events.iter().rev() {
            if views::is_shown_to(event, &viewer.file, &viewer.person, viewer.today)? {
                line.updated_at = event.at.rfc3339();
                break;
            }
        }
        lines.push(line);
    }
    Ok(lines)
}

/// How many cases the people of this session are on, whether or not they may do something there today.
///
/// # Errors
/// [`ServiceError`].
pub async fn count(services: &Services, session: &Session) -> Result<usize, ServiceError> {
    Ok(people::of_session(services, session).await?.len())
}

/// A case as its own people see it.
///
/// # Errors
/// [`ServiceError`].
pub async fn view(services: &Services, session: &Session, reference: &str) -> Result<Option<CaseView>, ServiceError> {
    match people::viewer(services, session, reference).await? {
        Some(viewer) => Ok(Some(view_for(services, &viewer).await?)),
        None => Ok(None),
    }
}

/// The case as this person sees it.
///
/// # Errors
/// [`ServiceError`].
pub async fn view_for(services: &Services, viewer: &Viewer) -> Result<CaseView, ServiceError> {
    if hearing::told::is_open(&viewer.file, &viewer.events, viewer.person.number)?
        && let Err(error) = hearing::told::by_reading(services, viewer).await
    {
        // The task stays open; the person reads the case all the same.
        tracing::warn!(%error, "that a person has read the case could not be noted");
    }
    let files = uploads::list(&services.store().read, Owner::Case(viewer.case.id)).await?;
    let mut view = views::case(services, viewer, files)?;
    let own = viewer.file.unreached.iter().filter(|(person, _)| *person == viewer.person.number);
    view.unreached = own.map(|(_, way)| way.clone()).collect();
    Ok(view)
}

/// All that happened as this person sees it, oldest first.
///
/// # Errors
/// [`ServiceError`].
pub async fn whole_timeline(services: &Services, viewer: &Viewer) -> Result<Timeline, ServiceError> {
    Ok(Timeline {
        entries: entries(services, viewer, 0, usize::MAX).await?,
        next_cursor: None,
    })
}

/// What somebody is shown of what happened: as many as `limit`, after so many.
async fn entries(services: &Services, viewer: &Viewer, after: u32, limit: usize) -> Result<Vec<TimelineEntry>, ServiceError> {
    let files = uploads::list(&services.store().read, Owner::Case(viewer.case.id)).await?;
    let files = files.into_iter().filter(|upload| viewer.sees_file(upload.id));
    let files: Vec<_> = files.map(|upload| views::file(services, upload)).collect();
    let mut entries = Vec::new();
    let mut n = 0;
    for event in &viewer.events {
        if !views::is_shown_to(event, &viewer.file, &viewer.person, viewer.today)? {
            continue;
        }
        n += 1;
        if n > after && entries.len() < limit {
            entries.push(views::timeline_entry(n, event, &files)?);
        }
    }
    Ok(entries)
}

/// How much of what happened so far a person is shown; in the transaction of an act, with it.
pub(super) fn shown(case: &OpenCase, person: u8) -> Result<u32, RecordError> {
    let person = case
        .file
        .person(person)
        .ok_or_else(|| RecordError::corrupt("an act of no person"))?;
    let mut shown = 0;
    for event in &case.events {
        shown += u32::from(views::is_shown_to(event, &case.file, person, case.today)?);
    }
    Ok(shown)
}

/// What the complaint clock says about the complaint as it was sent; `None` for a person who does not see that.
///
/// # Errors
/// [`ServiceError`].
pub fn clock(services: &Services, viewer: &Viewer) -> Result<Option<Clock>, ServiceError> {
    if viewer.person.number != SENDER && !viewer.person.sees_all(viewer.today) {
        return Ok(None);
    }
    let answers = views::answers(&viewer.case.answers)?;
    Ok(Some(clock::clock(services, &ClockInput::from(&answers))))
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
    let Some(viewer) = people::viewer(services, session, reference).await? else {
        return Ok(None);
    };
    let after = cursor.and_then(|c| c.parse().ok()).unwrap_or(0);
    let limit = limit.unwrap_or(TIMELINE_PAGE).clamp(1, TIMELINE_PAGE);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    // One more than asked for tells whether there are more.
    let mut entries = entries(services, &viewer, after, limit + 1).await?;
    let more = entries.len() > limit;
    entries.truncate(limit);
    let next_cursor = entries.last().filter(|_| more).map(|last| last.n.to_string());
    Ok(Some(Timeline { entries, next_cursor }))
}
