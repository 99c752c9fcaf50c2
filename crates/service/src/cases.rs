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
use crate::files::unfinished;
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
use contract::{CaseLine, CaseView, FilesProgress, Timeline, TimelineEntry};
use record::{
    RecordError,
    uploads::{self, Model as Upload, Owner},
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

/// Counts the cases of this session's people, including those on which they have no rights today. The session has access to one
/// at least.
pub async fn count(services: &Services, session: &Session) -> Result<usize, ServiceError> {
    if session.mailbox.is_none() {
        return Ok(1);
    }
    Ok(viewer::people_of_session(services, session).await?.len())
}

/// Returns a case as this viewer sees it, and records like [`record_reading`] that they have read it.
pub async fn view(services: &Services, viewer: &Viewer) -> Result<CaseView, ServiceError> {
    record_reading(services, viewer).await?;
    let files = uploads::list(&services.store().read, Owner::Case(viewer.case.id)).await?;
    view_with(services, viewer, files)
}

/// Records that the viewer has read the case now, if they could not be notified of an event.
pub async fn record_reading(services: &Services, viewer: &Viewer) -> Result<(), ServiceError> {
    if notifications::uninformed::is_uninformed(&viewer.file, &viewer.events, viewer.person.number)?
        && let Err(error) = notifications::uninformed::record_read(services, viewer).await
    {
        // The desk's task stays open; the participant gets to read the case nevertheless.
        tracing::warn!(%error, "could not record that a participant has read the case");
    }
    Ok(())
}

/// What the page of a case shows of it.
#[derive(Clone, Debug)]
pub struct CaseDetails {
    pub case: CaseView,
    /// All entries.
    pub timeline: Timeline,
    /// The progress of files that were still arriving when the complaint was sent.
    pub arriving: FilesProgress,
}

/// Returns all that the page of a case shows to this viewer. Records no reading.
pub async fn details(services: &Services, viewer: &Viewer) -> Result<CaseDetails, ServiceError> {
    let mut files = uploads::list_all(&services.store().read, Owner::Case(viewer.case.id)).await?;
    files.sort_by_key(|file| file.id);
    let arriving = unfinished::progress(viewer, &files)?;
    files.retain(Upload::is_complete);
    Ok(CaseDetails {
        timeline: whole_timeline(services, viewer, &files)?,
        case: view_with(services, viewer, files)?,
        arriving,
    })
}

fn view_with(services: &Services, viewer: &Viewer, files: Vec<Upload>) -> Result<CaseView, ServiceError> {
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
fn whole_timeline(services: &Services, viewer: &Viewer, files: &[Upload]) -> Result<Timeline, ServiceError> {
    Ok(Timeline {
        entries: entries(services, viewer, files, 0, usize::MAX)?,
        next_cursor: None,
    })
}

/// Returns up to `limit` of the viewer's timeline entries, starting after entry number `after`.
fn entries(services: &Services, viewer: &Viewer, files: &[Upload], after: u32, limit: usize) -> Result<Vec<TimelineEntry>, ServiceError> {
    let files = files.iter().filter(|upload| viewer.sees_file(upload.id)).cloned();
    let files: Vec<_> = files.map(|upload| file_view::file(services, upload)).collect();
    let mut entries = Vec::new();
    for (n, event) in (1..).zip(views::shown_events(viewer)?) {
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
    let files = uploads::list(&services.store().read, Owner::Case(viewer.case.id)).await?;
    let mut entries = entries(services, viewer, &files, after, limit + 1)?;
    let more = entries.len() > limit;
    entries.truncate(limit);
    let next_cursor = entries.last().filter(|_| more).map(|last| last.n.to_string());
    Ok(Timeline { entries, next_cursor })
}
