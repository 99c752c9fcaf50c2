//! The desk's calls: listing, reading and moving cases. Every call is recorded with the caller's name before it is answered;
//! a call that cannot be recorded fails.

mod checks;
mod feed;
mod held;
mod new_code;
mod tasks;

use crate::file_view;
use crate::representation::claims;
use crate::stored;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::{
    ServiceError, Services,
    cases::{actions::promises, views},
    idempotency::IdempotencyKey,
    london, notifications,
    open_case::{EventActor, IdempotentRequest, OpenCase, PriorResult},
    representation,
};
use checks::check;
use complaint::{
    Actor, Status,
    case::{
        case_state::CaseState,
        event::{ActorRole, EventBody},
        recordable_event::RecordableEvent,
        state::CaseProjection,
    },
    fields::{form::Choice, iso_date, reference::Reference},
};
use contract::desk::{DeskCase, DeskCaseLine, DeskCases, DeskEvent};
pub use feed::{FEED_PAGE, feed};
pub(crate) use feed::{after_event, event_id, event_place};
use record::{
    Instant, RecordError,
    cases::{self, Cursor, Model as Case},
    desk_calls, events,
    uploads::{self, Owner},
};

use crate::access::caller::note;
pub use crate::access::caller::{Caller, DeskError};
pub use held::{FileDecision, HeldError, decide_file, decide_file_by_id};
pub use new_code::{NewCode, new_code};

/// The maximum and the default number of cases in one page.
pub const PAGE: u64 = 100;

/// The filter of [`list`].
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub status: Option<Status>,
    /// Only cases with an event at or after this instant.
    pub updated_since: Option<OffsetDateTime>,
    /// The `next_cursor` of the previous page.
    pub cursor: Option<String>,
    /// 1 to [`PAGE`].
    pub limit: Option<u64>,
}

/// Returns a page of cases, the least recently changed first. Fails only with [`DeskError::BadCursor`] or
/// [`DeskError::Service`].
pub async fn list(services: &Services, caller: &Caller, filter: Filter) -> Result<DeskCases, DeskError> {
    let after = filter
        .cursor
        .as_deref()
        .map(|c| read_cursor(c).ok_or(DeskError::BadCursor))
        .transpose()?;
    let limit = filter.limit.unwrap_or(PAGE).clamp(1, PAGE);
    let wanted = cases::Filter {
        status: filter.status.map(|s| s.code().to_owned()),
        updated_since: filter.updated_since.map(Into::into),
    };
    note(services, caller, "list", None).await?;
    let mut found = cases::list(&services.store().read, &wanted, after, limit + 1).await?;
    let more = found.len() as u64 > limit;
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next_cursor = found.last().filter(|_| more).map(write_cursor);
    let today = london::date(services.now());
    let mut cases = Vec::with_capacity(found.len());
    for case in &found {
        let mut line = line(case, today)?;
        // If participants are to act next, the events show whether any of them can.
        if line.who_acts == Actor::You {
            line.who_acts = who_acts(services, case, today).await?;
        }
        cases.push(line);
    }
    Ok(DeskCases { cases, next_cursor })
}

/// Returns the whole case. `None` if no case has this reference.
pub async fn case(services: &Services, caller: &Caller, reference: &str) -> Result<Option<DeskCase>, ServiceError> {
    let db = &services.store().read;
    let reference = Reference::parse(reference);
    let case = match &reference {
        Some(reference) => cases::find_by_reference(db, reference.as_str()).await?,
        None => None,
    };
    note(services, caller, "case", case.as_ref().map(|c| c.reference.as_str())).await?;
    let Some(case) = case else { return Ok(None) };
    let events = events::list(db, case.id, 0, u64::from(u32::MAX), &[]).await?;
    let files = uploads::list(db, Owner::Case(case.id)).await?;
    let told = stored::case_file(&case, &events)?;
    let standing = told.state;
    let answers = stored::answers(&case.answers)?;
    let today = services.today();
    let papers = representation::people_with_documents(&told, &files);
    Ok(Some(DeskCase {
        reference: case.reference,
        needs: views::needs(&told),
        risks: views::reported_risks(&answers),
        people: told.people.iter().map(|person| views::desk_person(person, today)).collect(),
        claims: claims::claims(&told, &papers, None),
        tasks: tasks::of(&told, &events, &files, today)?,
        status: standing.status,
        who_acts: views::present_next_step(&told, &papers, None, today).who_acts,
        due: standing.due,
        late: told.is_late(today),
        request: told.open_request().map(views::request),
        orders: views::orders(&told),
        decision: views::decision(&told),
        closed_reason: standing.reason,
        may_become: standing.status.may_become().to_vec(),
        submitted: london::moment(case.submitted_at),
        issues: views::all_issues(&answers, &told),
        answers,
        added_answers: told.newest_added_answers(None),
        files: files.into_iter().map(|upload| file_view::file(services, upload)).collect(),
        events: events.iter().map(stored::desk_event).collect::<Result<_, _>>()?,
        undelivered: notifications::undelivered(services, case.id).await?,
    }))
}

/// Adds an event to a case.
///
/// With an idempotency key, a repeated request gets the first answer and changes nothing.
pub async fn add_event(
    services: &Services,
    caller: &Caller,
    reference: &str,
    event: RecordableEvent,
    key: Option<&IdempotencyKey>,
) -> Result<DeskEvent, DeskError> {
    let event = check(event, services.today())?;
    let reference = Reference::parse(reference).ok_or(DeskError::NotFound)?;
    // Retried once: another request may store an answer for the idempotency key between the lookup and the write.
    match append(services, caller, &reference, &event, key).await {
        Err(DeskError::Service(ServiceError::Duplicate(_))) => append(services, caller, &reference, &event, key).await,
        done => done,
    }
}

async fn append(
    services: &Services,
    caller: &Caller,
    reference: &Reference,
    event: &EventBody,
    key: Option<&IdempotencyKey>,
) -> Result<DeskEvent, DeskError> {
    let body = serde_json::to_string(event).map_err(ServiceError::internal)?;
    let once = key.map(|key| {
        IdempotentRequest::new(
            format!("desk:{}", caller.name()),
            key,
            &[reference.as_str().as_bytes(), body.as_bytes()],
        )
    });
    let mut case = OpenCase::lock(services, reference.as_str()).await?.ok_or(DeskError::NotFound)?;
    match case.prior_result(once.as_ref()).await? {
        PriorResult::Nothing => {}
        PriorResult::Reused => return Err(DeskError::KeyReused),
        PriorResult::Answer(view) => {
            // Concurrent transactions share one flush to disk, and the first request may not be flushed yet: commit before
            // answering.
            case.commit().await?;
            return Ok(view);
        }
    }
    case.file
        .accepts(event, case.today)
        .map_err(|error| DeskError::Invalid(vec![error]))?;
    let event = &completed(services, event.clone(), &case.file, case.today);
    let from = case.file.state.status;
    // An undone withdrawal returns the case to its earlier status, whichever that was.
    let resumes = matches!(event, EventBody::WithdrawalUndone { .. });
    if let Some(to) = event.new_status().filter(|to| !resumes && !from.allows(*to)) {
        return Err(DeskError::NotAllowed { from, to });
    }
    let by = EventActor {
        role: ActorRole::Organisation,
        name: Some(caller.name().to_owned()),
    };
    let added = case.append(services, &by, event).await?;
    let view = stored::desk_event(&added)?;
    case.store_answer(services, once.as_ref(), &view).await?;
    desk_calls::add(&case.write, services.instant(), caller.name(), "event", Some(reference.as_str())).await?;
    case.commit().await?;
    Ok(view)
}

/// Fills in the fields of an event that follow from the case and the settings.
///
/// A new status without a due date gets the promised day of the next update, because an open case is never silent. An undone
/// withdrawal gets the status with which the case continues.
fn completed(services: &Services, event: EventBody, file: &CaseProjection, today: Date) -> EventBody {
    match event {
        EventBody::WithdrawalUndone { how, .. } => {
            let before = file.withdrawn.map(|(before, _)| file.state_when_resumed(before));
            let status = before.map_or(Status::Assessment, |before| before.status);
            EventBody::WithdrawalUndone {
                how,
                status,
                due: promises(services).keep_or_renew(before.and_then(|before| before.due), status, today),
            }
        }
        EventBody::StatusChanged {
            status,
            due: None,
            reason,
            message,
        } => EventBody::StatusChanged {
            status,
            due: promises(services).due_date(status, today),
            reason,
            message,
        },
        event => event,
    }
}

/// Lists the newest desk calls, newest first. The filters are one case, one caller, and the first day, in London time.
pub async fn calls(
    services: &Services,
    reference: Option<&str>,
    caller: Option<String>,
    since: Option<Date>,
    limit: u64,
) -> Result<Vec<desk_calls::Model>, ServiceError> {
    let filter = desk_calls::Filter {
        case_reference: reference.map(|typed| Reference::parse(typed).map_or_else(|| typed.to_owned(), |read| read.as_str().to_owned())),
        key_name: caller,
        since: since.map(|day| london::on_the_clock(day, 0).into()),
    };
    Ok(desk_calls::list(&services.store().read, &filter, limit).await?)
}

fn line(case: &Case, today: Date) -> Result<DeskCaseLine, RecordError> {
    let status = stored::status(&case.status)?;
    let due = case.due.as_deref().and_then(iso_date::parse);
    let standing = CaseState { status, due, reason: None };
    Ok(DeskCaseLine {
        reference: case.reference.clone(),
        status,
        who_acts: status.who_acts(),
        due,
        late: standing.is_late(today),
        submitted_at: case.submitted_at.rfc3339(),
        updated_at: case.updated_at.rfc3339(),
    })
}

/// Returns who acts next on a case, from its events and authority documents.
async fn who_acts(services: &Services, case: &Case, today: Date) -> Result<Actor, ServiceError> {
    let db = &services.store().read;
    let events = events::list(db, case.id, 0, u64::from(u32::MAX), &[]).await?;
    let files = uploads::list(db, Owner::Case(case.id)).await?;
    let file = stored::case_file(case, &events)?;
    let papers = representation::people_with_documents(&file, &files);
    Ok(views::present_next_step(&file, &papers, None, today).who_acts)
}

fn write_cursor(last: &Case) -> String {
    format!("{}_{}", last.updated_at.micros(), last.id.simple())
}

fn read_cursor(text: &str) -> Option<Cursor> {
    let (at, id) = text.split_once('_')?;
    Some((Instant::from_micros(at.parse().ok()?), Uuid::try_parse(id).ok()?))
}
