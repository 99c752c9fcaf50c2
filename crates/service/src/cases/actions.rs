//! Case actions: what participants do on a case. Each case action is one event in one transaction. The participant's rights
//! are checked inside that transaction, so that a right withdrawn at the same moment is already gone.

mod answers;

use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::{
    ServiceError, Services,
    access::viewer::Viewer,
    cases,
    error::from_record_error,
    idempotency::IdempotencyKey,
    open_case::{EventActor, IdempotentRequest, OpenCase, PriorResult},
};
use complaint::{
    FieldError,
    case::{
        actions::{CaseAction, CaseActionCheckError, Promises},
        event::EventBody,
        person_number::PersonNumber,
        representation::Scope,
        state::CaseProjection,
    },
};
use record::{
    RecordError,
    uploads::{self, State},
};

pub use answers::add_answer;

/// Why a case action was refused.
#[derive(Debug, thiserror::Error)]
pub enum CaseActionError {
    /// The case does not exist, or the caller has no access to it.
    #[error("no such case")]
    NotFound,
    /// The caller may see the case but not do this.
    #[error("the person's authority does not include this action")]
    NotAllowed,
    /// The case state does not allow this action, or it is too late.
    #[error("the state of the case does not permit this action")]
    NotNow,
    /// The input is invalid.
    #[error("the content of the action is invalid")]
    Invalid(Vec<FieldError>),
    /// The idempotency key was used before with a different request.
    #[error("this idempotency key was used with another request")]
    KeyReused,
    #[error(transparent)]
    Service(#[from] ServiceError),
}

from_record_error!(CaseActionError);

impl From<CaseActionCheckError> for CaseActionError {
    fn from(refused: CaseActionCheckError) -> Self {
        match refused {
            CaseActionCheckError::NotNow => Self::NotNow,
            CaseActionCheckError::Wrong(errors) => Self::Invalid(errors),
        }
    }
}

/// A recorded case action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = Acted)]
pub struct RecordedAction {
    /// The position of the action in this participant's timeline, counted from 1. Only entries that the participant may see
    /// are counted.
    pub n: u32,
}

/// What a case action is decided from: the current state of the locked case.
pub(crate) struct ActionContext<'a> {
    pub file: &'a CaseProjection,
    /// Today in Europe/London.
    pub today: Date,
}

/// Performs a case action for a participant.
///
/// With an idempotency key, a repeated request gets the first answer and changes nothing.
pub async fn perform(
    services: &Services,
    viewer: &Viewer,
    what: &CaseAction,
    key: Option<&IdempotencyKey>,
) -> Result<RecordedAction, CaseActionError> {
    let request = serde_json::to_vec(what).map_err(ServiceError::internal)?;
    let once = key.map(|key| (key, request.as_slice()));
    let promises = promises(services);
    let decide = |at: &ActionContext<'_>| Ok(what.decide(at.file, at.today, &promises)?);
    act(services, viewer, what.kind().scope(), once, what.files(), decide).await
}

/// Returns the time limits that the organisation promises in its settings.
pub(crate) fn promises(services: &Services) -> Promises<'_> {
    let settings = services.settings();
    Promises {
        holidays: services.holidays(),
        next_word: &settings.next_word_working_days,
        withdrawal_days: settings.withdrawal_days,
    }
}

/// Performs one case action. `decide` returns its event, given the state of the case inside the transaction.
///
/// `once` is the idempotency key with the bytes that identify the request: a repeated request gets the first answer and
/// changes nothing. `files` are the ids of the files that the action names.
async fn act(
    services: &Services,
    viewer: &Viewer,
    scope: Scope,
    once: Option<(&IdempotencyKey, &[u8])>,
    files: &[String],
    decide: impl Fn(&ActionContext<'_>) -> Result<EventBody, CaseActionError> + Sync,
) -> Result<RecordedAction, CaseActionError> {
    // Retried once: another request may store an answer for the idempotency key between the lookup and the write.
    match attempt(services, viewer, scope, once, files, &decide).await {
        Err(CaseActionError::Service(ServiceError::Duplicate(_))) => attempt(services, viewer, scope, once, files, &decide).await,
        done => done,
    }
}

async fn attempt(
    services: &Services,
    viewer: &Viewer,
    scope: Scope,
    once: Option<(&IdempotencyKey, &[u8])>,
    files: &[String],
    decide: &(impl Fn(&ActionContext<'_>) -> Result<EventBody, CaseActionError> + Sync),
) -> Result<RecordedAction, CaseActionError> {
    let found = OpenCase::lock_as(services, viewer).await?;
    let (mut case, person, _) = found.ok_or(CaseActionError::NotFound)?;
    if !person.has_scope(scope, case.today) {
        return Err(CaseActionError::NotAllowed);
    }
    let once = once.map(|(key, request)| {
        let scope = format!("case:{}:{}", case.case.id, person.number);
        IdempotentRequest::new(scope, key, &[viewer.reference().as_bytes(), request])
    });
    match case.prior_result(once.as_ref()).await? {
        PriorResult::Nothing => {}
        PriorResult::Reused => return Err(CaseActionError::KeyReused),
        PriorResult::Answer(acted) => {
            // Concurrent transactions share one flush to disk, and the first request may not be flushed yet: commit before
            // answering.
            case.commit().await?;
            return Ok(acted);
        }
    }
    let decided = decide(&ActionContext {
        file: &case.file,
        today: case.today,
    });
    let missing = check_files(services, &case, person.number, files).await?;
    let event = match decided {
        Err(CaseActionError::Invalid(mut errors)) => {
            errors.extend(missing);
            return Err(CaseActionError::Invalid(errors));
        }
        Ok(_) if !missing.is_empty() => return Err(CaseActionError::Invalid(missing)),
        decided => decided?,
    };
    let by = EventActor {
        role: person.role,
        name: Some(person.name.clone()),
    };
    case.set_actor(viewer);
    case.append(services, &by, &event).await?;
    let acted = RecordedAction {
        n: cases::shown(&case, person.number)?,
    };
    case.store_answer(services, once.as_ref(), &acted).await?;
    case.commit().await?;
    Ok(acted)
}

/// Checks the files that a case action names. Each must be complete, not refused, on this case, and uploaded by this person.
async fn check_files(services: &Services, case: &OpenCase, person: PersonNumber, files: &[String]) -> Result<Vec<FieldError>, RecordError> {
    let limit = services.settings().evidence.files;
    if files.len() as u64 > limit {
        return Ok(vec![FieldError::new("files", "act_files_too_many").with("max", limit)]);
    }
    let mut wrong = Vec::new();
    for (place, id) in files.iter().enumerate() {
        let error = |code| FieldError {
            pointer: format!("/files/{place}").into(),
            ..FieldError::new("files", code)
        };
        // An id has one spelling, the one that the server gave out, and may be named once.
        let known = Uuid::try_parse(id)
            .ok()
            .filter(|uuid| uuid.to_string() == *id && !files[..place].contains(id));
        let upload = match known {
            Some(id) => uploads::lookup(&case.write.tx(), id).await?,
            None => None,
        };
        let own = upload.filter(|upload| upload.case_id == Some(case.case.id) && case.file.file_sender(id) == Some(person));
        match own.map(|upload| upload.state) {
            Some(State::Scanning | State::Clean) => {}
            Some(State::Refused) => wrong.push(error("act_file_refused")),
            // An upload that is still arriving is not a file yet.
            Some(State::Receiving) | None => wrong.push(error("act_file_unknown")),
        }
    }
    Ok(wrong)
}
