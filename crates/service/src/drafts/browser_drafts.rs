//! The drafts that one browser holds: how they are listed, and what a representative may copy between them.

use crate::drafts::find;
use crate::stored;
use crate::{ServiceError, Services, access::token::DraftToken, london::moment};
use complaint::questionnaire::questions::RoleKind;
use complaint::{Answers, CheckedAnswer, StepId};
use contract::browser_drafts::{DraftLine, OwnDetails};
use record::RecordError;

/// Describes a draft for its browser's list of drafts. `None` if the token opens none.
pub async fn describe(services: &Services, token: &DraftToken) -> Result<Option<DraftLine>, ServiceError> {
    let Some(held) = find(services, token).await? else {
        return Ok(None);
    };
    let is_sent = held.draft.case_id.is_some();
    // What another device has sent is not shown here.
    let answers = if is_sent && !held.has_sent() {
        Answers::default()
    } else {
        stored::answers(&held.draft.answers)?
    };
    let given = |step, field| Some(answers.text(step, field).to_owned()).filter(|text| !text.is_empty());
    let landlord = given(StepId::Landlord, "name");
    Ok(Some(DraftLine {
        begun: moment(held.draft.created_at),
        for_whom: given(StepId::ResidentName, "full_name"),
        town: given(StepId::HomeAddress, "town").filter(|_| landlord.is_none()),
        landlord,
        is_sent,
    }))
}

/// Returns a representative's own details from the last saved of these drafts. They contain nothing about a tenant.
pub async fn own_details(services: &Services, tokens: &[DraftToken]) -> Result<Option<OwnDetails>, ServiceError> {
    let mut latest = None;
    for token in tokens {
        let Some(held) = find(services, token).await? else { continue };
        if held.draft.case_id.is_some() && !held.has_sent() {
            continue;
        }
        let answers = stored::answers(&held.draft.answers)?;
        let at = held.draft.saved_at.time();
        if latest.as_ref().is_none_or(|(before, _)| *before < at)
            && let Some(own) = own_of(&answers)
        {
            latest = Some((at, own));
        }
    }
    Ok(latest.map(|(_, own)| own))
}

/// Extracts the representative's own details: name, organisation, email and phone. The contact question is always about the
/// person who fills in the form.
fn own_of(answers: &Answers) -> Option<OwnDetails> {
    let given = |step, field| answers.text(step, field).to_owned();
    let own = OwnDetails {
        name: given(StepId::Representative, "full_name"),
        organisation: given(StepId::Representative, "organisation"),
        email: given(StepId::Contact, "email"),
        phone: given(StepId::Contact, "phone"),
    };
    (answers.role_kind() == Some(RoleKind::Representative) && !own.name.is_empty()).then_some(own)
}

/// Saves the first answers of a draft that was created for them.
pub async fn begin_with(services: &Services, token: &DraftToken, first: Vec<CheckedAnswer>) -> Result<(), ServiceError> {
    for answer in first {
        let saved = crate::drafts::save_step(services, token, answer, None).await;
        saved.map_err(|error| match error {
            crate::drafts::SaveError::Service(failure) => failure,
            other => RecordError::corrupt(format!("the first answers of a new draft were not saved: {other}")).into(),
        })?;
    }
    Ok(())
}
