//! What people on a case do there. Each act is an event, and one transaction; whether somebody may do it is looked up inside that
//! transaction, so that a right that ends at the same moment counts.

mod files;

use serde::{Deserialize, Serialize};
use time::Date;

use super::{
    ServiceError, Services, cases,
    error::from_record_error,
    idempotency::IdempotencyKey,
    open_case::{Before, By, Once, OpenCase},
    people,
    sessions::Session,
};
use crate::complaint::{
    FieldError,
    act::{Act, Promises, Refused},
    authority::Scope,
    case_file::CaseFile,
    event::EventBody,
};

pub use files::add_file;

/// Why an act was refused.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// No such case, or not theirs.
    #[error("no such case")]
    NotFound,
    /// They may see the case, and not do this.
    #[error("their authority does not go that far")]
    NotAllowed,
    /// The case is not where this can be done, or it is too late.
    #[error("not possible as the case stands")]
    NotNow,
    /// What was written will not do.
    #[error("what was written will not do")]
    Wrong(Vec<FieldError>),
    /// The idempotency key was used before with another request.
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

/// An act that is on the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Acted {
    /// Its place among what this person is shown of the case, from 1.
    pub n: u32,
}

/// What an act is decided from: the case as it stands, held.
pub(super) struct Standpoint<'a> {
    pub file: &'a CaseFile,
    /// Today in Europe/London.
    pub today: Date,
}

/// Does what somebody on a case asks for. With a key, the same request again is answered as before and changes nothing.
///
/// # Errors
/// [`ActError`].
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

/// What the organisation promises.
pub(super) fn promises(services: &Services) -> Promises<'_> {
    let settings = services.settings();
    Promises {
        holidays: services.holidays(),
        next_word: &settings.next_word_working_days,
        withdrawal_days: settings.withdrawal_days,
    }
}

/// Does one act: `decide` says what happens, from the case as it stands in the transaction. With a key, the same request again is
/// answered as before and changes nothing; the key comes with all that tells one request from another. `files` are those it names.
async fn act(
    services: &Services,
    session: &Session,
    reference: &str,
    scope: Scope,
    once: Option<(&IdempotencyKey, &[u8])>,
    files: &[String],
    decide: impl Fn(&Standpoint<'_>) -> Result<EventBody, ActError> + Sync,
) -> Result<Acted, ActError> {
    // Twice: the key may be answered by another request between our look and our write.
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
    // Looked at again: it is only now that nobody else changes the case.
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
            // The first request may share our flush to disk: no answer before that.
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
