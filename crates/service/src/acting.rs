//! Case actions: what participants do on a case. Each case action is one event in one transaction. The participant's rights
//! are checked inside that transaction, so that a right withdrawn at the same moment is already gone.

mod files;

use serde::{Deserialize, Serialize};
use time::Date;

use crate::{
    ServiceError, Services, cases,
    error::from_record_error,
    idempotency::IdempotencyKey,
    open_case::{Before, By, Once, OpenCase},
    people,
    sessions::Session,
};
use complaint::{
    FieldError,
    act::{Act, Promises, Refused},
    authority::Scope,
    case_file::CaseFile,
    event::EventBody,
};

pub use files::add_file;

/// Why a case action was refused.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// The case does not exist, or the caller has no access to it.
    #[error("no such case")]
    NotFound,
    /// The caller may see the case but not do this.
    #[error("their authority does not go that far")]
    NotAllowed,
    /// The case state does not allow this action, or it is too late.
    #[error("not possible as the case stands")]
    NotNow,
    /// The input is invalid.
    #[error("what was written will not do")]
    Wrong(Vec<FieldError>),
    /// The idempotency key was used before with a different request.
    #[error("this idempotency key was used with another request")]
    KeyReused,
    #[error(transparent)]
    Service(#[from] ServiceError),
}

from_record_error!(ActError);

impl From<Refused> for ActError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NotNow => Self::NotNow,
            Refused::Wrong(errors) => Self::Wrong(errors),
        }
    }
}

/// A recorded case action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Acted {
    /// The position of the action in this participant's timeline, counted from 1. Only entries that the participant may see
    /// are counted.
    pub n: u32,
}

/// What a case action is decided from: the current state of the locked case.
pub(crate) struct Standpoint<'a> {
    pub file: &'a CaseFile,
    /// Today in Europe/London.
    pub today: Date,
}

/// Performs a case action for a participant.
///
/// With an idempotency key, a repeated request gets the first answer and changes nothing.
pub async fn perform(
    services: &Services,
    session: &Session,
    reference: &str,
    what: &Act,
    key: Option<&IdempotencyKey>,
) -> Result<Acted, ActError> {
    let request = serde_json::to_vec(what).map_err(ServiceError::internal)?;
    let once = key.map(|key| (key, request.as_slice()));
    let promises = promises(services);
    let decide = |at: &Standpoint<'_>| Ok(what.decide(at.file, at.today, &promises)?);
    act(services, session, reference, what.kind().scope(), once, what.files(), decide).await
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
    session: &Session,
    reference: &str,
    scope: Scope,
    once: Option<(&IdempotencyKey, &[u8])>,
    files: &[String],
    decide: impl Fn(&Standpoint<'_>) -> Result<EventBody, ActError> + Sync,
) -> Result<Acted, ActError> {
    // Retried once: another request may store an answer for the idempotency key between the lookup and the write.
    match attempt(services, session, reference, scope, once, files, &decide).await {
        Err(ActError::Service(ServiceError::Duplicate(_))) => attempt(services, session, reference, scope, once, files, &decide).await,
        done => done,
    }
}

async fn attempt(
    services: &Services,
    session: &Session,
    reference: &str,
    scope: Scope,
    once: Option<(&IdempotencyKey, &[u8])>,
    files: &[String],
    decide: &(impl Fn(&Standpoint<'_>) -> Result<EventBody, ActError> + Sync),
) -> Result<Acted, ActError> {
    let viewer = people::viewer(services, session, reference).await?.ok_or(ActError::NotFound)?;
    let mut case = OpenCase::hold(services, viewer.reference()).await?.ok_or(ActError::NotFound)?;
    // Checked again: the case is locked only from here on.
    let person = case.file.person(viewer.person.number).cloned().ok_or(ActError::NotFound)?;
    if !person.has_access(case.today) {
        return Err(ActError::NotFound);
    }
    if !person.may(scope, case.today) {
        return Err(ActError::NotAllowed);
    }
    let once = once.map(|(key, request)| {
        let scope = format!("case:{}:{}", case.case.id, person.number);
        Once::new(scope, key, &[viewer.reference().as_bytes(), request])
    });
    match case.answered(once.as_ref()).await? {
        Before::Nothing => {}
        Before::Reused => return Err(ActError::KeyReused),
        Before::Answer(acted) => {
            // Concurrent transactions share one flush to disk, and the first request may not be flushed yet: commit before
            // answering.
            case.commit().await?;
            return Ok(acted);
        }
    }
    let decided = decide(&Standpoint {
        file: &case.file,
        today: case.today,
    });
    let missing = files::check(services, &case, person.number, files).await?;
    let event = match decided {
        Err(ActError::Wrong(mut errors)) => {
            errors.extend(missing);
            return Err(ActError::Wrong(errors));
        }
        Ok(_) if !missing.is_empty() => return Err(ActError::Wrong(missing)),
        decided => decided?,
    };
    let by = By {
        role: person.role,
        name: Some(person.name.clone()),
    };
    case.acts(person.number, session);
    case.append(services, &by, &event).await?;
    let acted = Acted {
        n: cases::shown(&case, person.number)?,
    };
    case.keep(services, once.as_ref(), &acted).await?;
    case.commit().await?;
    Ok(acted)
}
