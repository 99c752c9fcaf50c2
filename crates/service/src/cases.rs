//! Cases: reading a case as its participants see it. The submodules send complaints, take case actions, change contact plans
//! and serve the desk. What a participant sees or does on one case starts from the [`Viewer`] that was loaded for the request.

pub mod actions;
pub mod complaint_clock;
pub mod contact;
pub mod desk;
pub mod equality;
pub mod news;
pub mod submission;
pub(crate) mod views;
use crate::file_view;
use crate::stored;
use crate::{
    ServiceError, Services,
    access::{
        sessions::Session,
        viewer::{self, Viewer},
    },
    notifications,
    open_case::OpenCase,
    representation,
};
use complaint::{
    case::person_number::PersonNumber,
    clock::{Clock, ClockInput},
};
use contract::{CaseLine, CaseView, Timeline, TimelineEntry};
use record::{
    RecordError,
    uploads::{self, Owner},
};

/// The maximum and the default number of timeline entries in one page.
pub const TIMELINE_PAGE: u64 = 50;

/// Lists the cases that this session may see.
pub async fn list(services: &Services, session: &Session) -> Result<Vec<CaseLine>, ServiceError> {
    let mut lines = Vec::new();
    for row in viewer::people_of_session(services, session).await? {
        let Some(viewer) = viewer::viewer_of(services, session, row.case_id).await? else {
            continue;
        };
        let files = uploads::list(&services.store().read, Owner::Case(viewer.case.id)).await?;
        let papers = representation::people_with_documents(&viewer.file, &files);
        let next = views::present_next_step(&viewer.file, &papers, Some(viewer.person.number), viewer.today);
        let mut line = views::case_line(&viewer.case, &viewer.person, next.who_acts, viewer.file.is_late(viewer.today))?;
        // The last change that this participant may see.
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

/// Counts the cases of this session's people, including those on which they have no rights today.
pub async fn count(services: &Services, session: &Session) -> Result<usize, ServiceError> {
    Ok(viewer::people_of_session(services, session).await?.len())
}

/// Returns a case as this viewer sees it.
///
/// If the viewer could not be notified of an event, this also records that they have read the case now.
pub async fn view(services: &Services, viewer: &Viewer) -> Result<CaseView, ServiceError> {
    if notifications::uninformed::is_uninformed(&viewer.file, &viewer.events, viewer.person.number)?
        && let Err(error) = notifications::uninformed::record_read(services, viewer).await
    {
        // The desk's task stays open; the participant gets to read the case nevertheless.
        tracing::warn!(%error, "could not record that a participant has read the case");
    }
    unrecorded_view(services, viewer).await
}

/// Returns the same as [`view`] without recording anything: the viewer does not read the case now.
pub async fn unrecorded_view(services: &Services, viewer: &Viewer) -> Result<CaseView, ServiceError> {
    let files = uploads::list(&services.store().read, Owner::Case(viewer.case.id)).await?;
    let mut view = views::case(services, viewer, files)?;
    let own = viewer
        .file
        .failed_contact_methods
        .iter()
        .filter(|(person, _)| *person == viewer.person.number);
    view.unreached = own.map(|(_, way)| way.clone()).collect();
    Ok(view)
}

/// Returns all timeline entries that this viewer may see, oldest first, in one page.
pub async fn whole_timeline(services: &Services, viewer: &Viewer) -> Result<Timeline, ServiceError> {
    Ok(Timeline {
        entries: entries(services, viewer, 0, usize::MAX).await?,
        next_cursor: None,
    })
}

/// Returns up to `limit` of the viewer's timeline entries, starting after entry number `after`.
async fn entries(services: &Services, viewer: &Viewer, after: u32, limit: usize) -> Result<Vec<TimelineEntry>, ServiceError> {
    let files = uploads::list(&services.store().read, Owner::Case(viewer.case.id)).await?;
    let files = files.into_iter().filter(|upload| viewer.sees_file(upload.id));
    let files: Vec<_> = files.map(|upload| file_view::file(services, upload)).collect();
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

/// Counts the events that a person may see. Called in the transaction of a case action, after its event was appended.
pub(crate) fn shown(case: &OpenCase, person: PersonNumber) -> Result<u32, RecordError> {
    let person = case
        .file
        .person(person)
        .ok_or_else(|| RecordError::corrupt("an action by a person who is not on the case"))?;
    let mut shown = 0;
    for event in &case.events {
        shown += u32::from(views::is_shown_to(event, &case.file, person, case.today)?);
    }
    Ok(shown)
}

/// Returns the complaint clock for the complaint as it was sent and added to. `None` if the viewer may not see the complaint.
pub fn clock(services: &Services, viewer: &Viewer) -> Result<Option<Clock>, ServiceError> {
    if !viewer.person.sees_answers(viewer.today) {
        return Ok(None);
    }
    let sent = stored::answers(&viewer.case.answers)?;
    let answers = viewer.file.answers_in_force(&sent, &viewer.person, viewer.today);
    Ok(Some(complaint_clock::clock(services, &ClockInput::from(&answers))))
}

/// Returns one page of the timeline, oldest entry first.
///
/// `cursor` is the `next_cursor` of the previous page; an invalid cursor starts at the beginning.
pub async fn timeline(services: &Services, viewer: &Viewer, cursor: Option<&str>, limit: Option<u64>) -> Result<Timeline, ServiceError> {
    let after = cursor.and_then(|c| c.parse().ok()).unwrap_or(0);
    let limit = limit.unwrap_or(TIMELINE_PAGE).clamp(1, TIMELINE_PAGE);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    // One entry more than requested shows whether there is another page.
    let mut entries = entries(services, viewer, after, limit + 1).await?;
    let more = entries.len() > limit;
    entries.truncate(limit);
    let next_cursor = entries.last().filter(|_| more).map(|last| last.n.to_string());
    Ok(Timeline { entries, next_cursor })
}
