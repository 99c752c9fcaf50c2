//! Answers that people add after sending.

use crate::{
    ServiceError, Services,
    access::viewer::Viewer,
    cases::actions::{ActionContext, CaseActionError, RecordedAction, act},
    idempotency::IdempotencyKey,
    stored,
};
use complaint::{Fields, QuestionRef, case::actions::CaseActionKind};

/// Adds an answer to a question under "Add more if you want to", checked by the rules of the question.
///
/// With an idempotency key, a repeated request gets the first answer and changes nothing.
pub async fn add_answer(
    services: &Services,
    viewer: &Viewer,
    place: QuestionRef,
    fields: &Fields,
    key: Option<&IdempotencyKey>,
) -> Result<RecordedAction, CaseActionError> {
    let kind = CaseActionKind::AddMore;
    let request = serde_json::to_vec(&(kind, place.code(), fields)).map_err(ServiceError::internal)?;
    let once = key.map(|key| (key, request.as_slice()));
    // The answers as they were sent never change, so those that the viewer was loaded with are current.
    let sent = stored::answers(&viewer.case.answers)?;
    let decide = |at: &ActionContext<'_>| {
        let person = at.file.person(viewer.person.number).ok_or(CaseActionError::NotFound)?;
        if !person.may_add_answer(place.step, at.today) {
            return Err(CaseActionError::NotAllowed);
        }
        Ok(at.file.add_answer(&sent, person, place, fields, at.today)?)
    };
    act(services, viewer, kind.scope(), once, &[], decide).await
}
