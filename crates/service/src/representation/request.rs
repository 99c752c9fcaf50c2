//! The consent request as the tenant sees it through the link, and the tenant's answer.

use crate::stored;
use time::Duration;

use crate::representation::{
    AnsweringBrowser, ConsentError,
    authority::{self, Grant},
    basis_of, consent_requests, derive_phone_code, fingerprint, limit_rights,
};
use crate::{
    ServiceError, Services,
    access::{codes, sessions, token::Token, viewer::people_of_session},
    london,
    open_case::{EventActor, OpenCase},
};
use complaint::{
    case::{
        contact_plan::ContactPlan,
        event::{ActorRole, EventBody},
        representation::{ProofKind, Rights, TenantState},
        state::{Authority, Participant},
    },
    fields::form::choices,
};
use contract::people::{CaseAccess, ConsentRequest};
use record::{
    RecordError, cases,
    consents::{self, Kind, Model},
    events,
    people::{self, Model as Row},
};

choices! {
    /// The outcome of a consent request.
    Outcome {
        Agreed = "agreed",
        Refused = "refused",
        /// The tenant continues the complaint themselves.
        TakenOver = "taken_over",
    }
}

/// The state of the request behind a consent link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestState {
    /// The request waits for an answer.
    Open(ConsentRequest),
    /// The request was answered. A tenant who agreed or took over can get access of their own for a short time.
    Answered { outcome: Outcome, may_come_in: bool },
}

/// The tenant's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    Agree(Rights),
    Refuse,
    TakeOver,
}

/// Returns the request behind a link without using it up. `None` if the link is unknown or has ended.
pub async fn read_request(services: &Services, token: &Token) -> Result<Option<RequestState>, ServiceError> {
    let Some(row) = consents::find_by_token(&services.store().read, &fingerprint(services, token.bytes())).await? else {
        return Ok(None);
    };
    let db = &services.store().read;
    let case = cases::lookup(db, row.case_id).await?;
    let case = case.ok_or_else(|| RecordError::corrupt("the case of a consent request is missing"))?;
    let events = events::list(db, case.id, 0, u64::from(u32::MAX), &[]).await?;
    let file = stored::case_file(&case, &events)?;
    let tenant = file.tenant().ok_or_else(|| ServiceError::internal("a case has no tenant"))?;
    if let Some(outcome) = stored_outcome(&row) {
        let may_come_in = can_come_in(services, &row, outcome) && !tenant.has_joined && file.tenant_state() != TenantState::Died;
        return Ok(Some(RequestState::Answered { outcome, may_come_in }));
    }
    let person = stored::participant(&file, row.person);
    // A link stops working if the authority table no longer allows consent by link.
    let Some(person) = person.filter(|person| row.kind == Kind::Link && file.allows(person, ProofKind::Link)) else {
        return Ok(None);
    };
    let (Authority::Claimed(asked), true) = (&person.authority, row.expires_at > services.instant()) else {
        return Ok(None);
    };
    Ok(Some(RequestState::Open(ConsentRequest {
        name: person.name.clone(),
        organisation: consent_requests::organisation_of(person, &stored::answers(&case.answers)?).map(ToOwned::to_owned),
        basis: person.basis,
        tenant: tenant.name.clone(),
        scopes: asked.scopes.clone(),
        until: asked.until,
        answer_by: london::moment(row.expires_at),
        code: derive_phone_code(services, token).as_str().to_owned(),
    })))
}

/// Records the tenant's answer. Each request takes one answer.
pub async fn decide(services: &Services, token: &Token, decision: Decision, device: &AnsweringBrowser) -> Result<(), ConsentError> {
    let hash = fingerprint(services, token.bytes());
    let row = consents::find_by_token(&services.store().read, &hash)
        .await?
        .ok_or(ConsentError::NotFound)?;
    // Before the case is locked: reading the session may record its use, and that write would wait for the lock.
    let signed_in = signed_in(services, device).await?;
    let (mut case, _) = lock_request(services, &row).await?.ok_or(ConsentError::NotFound)?;
    // Read again: only from here on the lock keeps other requests from answering.
    let row = consents::find_by_token(&case.write.tx(), &hash)
        .await?
        .ok_or(ConsentError::NotFound)?;
    if row.decided_at.is_some() {
        return Err(ConsentError::Decided);
    }
    let number = stored::person_number(row.person)?;
    let person = crate::representation::representative(&case, number)?;
    let Authority::Claimed(asked) = &person.authority else {
        return Err(ConsentError::NotFound);
    };
    if row.kind != Kind::Link || row.expires_at <= services.instant() || !case.file.allows(&person, ProofKind::Link) {
        return Err(ConsentError::NotFound);
    }
    let own_device = row.own_contact || is_own_device(&case, device, &signed_in);
    let tenant = tenant(&case)?;
    let by = crate::representation::actor_of(&tenant);
    // The outcome is stored first: ending authority deletes all undecided requests about that person.
    let outcome = match &decision {
        Decision::Agree(_) => Outcome::Agreed,
        Decision::Refuse => Outcome::Refused,
        Decision::TakeOver => Outcome::TakenOver,
    };
    let note = code_of(outcome, own_device);
    consents::decide(&case.write, row.id, services.instant(), note, None).await?;
    match decision {
        Decision::Agree(chosen) => {
            let chosen = chosen.checked(case.today)?;
            let rights = limit_rights(&chosen, asked);
            let rights = rights.checked(case.today)?;
            let given = Grant {
                basis: basis_of(&person),
                by: ProofKind::Link,
                rights,
                own_device,
            };
            authority::give(services, &mut case, &by, &person, given).await?;
        }
        Decision::Refuse => {
            authority::end(services, &mut case, &by, &person, Some("refused")).await?;
        }
        Decision::TakeOver => {
            authority::take_over(services, &mut case, &by).await?;
            own_contact(services, &mut case, &by, &tenant).await?;
        }
    }
    case.commit().await?;
    Ok(())
}

/// Gives the tenant who has just answered access of their own. For a short time, a repeated call returns the same access
/// code.
pub async fn grant_access(services: &Services, token: &Token) -> Result<CaseAccess, ConsentError> {
    let hash = fingerprint(services, token.bytes());
    let row = consents::find_by_token(&services.store().read, &hash)
        .await?
        .ok_or(ConsentError::NotFound)?;
    let allowed = stored_outcome(&row).is_some_and(|outcome| can_come_in(services, &row, outcome));
    if !allowed {
        return Err(ConsentError::NotFound);
    }
    // The slow hash is computed before the transaction, so that no other writer waits for it.
    let code = codes::derive_access_code(&services.0.secret, token, row.case_id);
    let code_hash = services.0.hashing.hash(&code, codes::salt(&services.0.secret, row.case_id)).await?;
    let (mut case, _) = lock_request(services, &row).await?.ok_or(ConsentError::NotFound)?;
    if case.file.tenant_state() == TenantState::Died {
        return Err(ConsentError::NotFound);
    }
    let tenant = tenant(&case)?;
    let way_in = CaseAccess {
        reference: case.case.reference.clone(),
        access_code: code.as_str().to_owned(),
    };
    let there = people::list(&case.write.tx(), case.case.id).await?;
    if let Some(there) = there.into_iter().find(|there| there.number == i32::from(tenant.number)) {
        // Called again: the same access code, if it still is theirs. The first call may not be flushed to disk yet: commit
        // before answering.
        case.commit().await?;
        let same = services.0.hashing.verify(Some(&code), there.access_code_hash).await?;
        return if same { Ok(way_in) } else { Err(ConsentError::Decided) };
    }
    let new = people::Model {
        id: services.new_id(),
        case_id: case.case.id,
        number: tenant.number.into(),
        access_code_hash: Some(code_hash),
        mailbox: None,
        mailbox_confirmed_at: None,
        language: None,
        created_at: services.instant(),
        ended_at: None,
    };
    people::add(&case.write, new).await?;
    let joined = EventBody::PersonJoined {
        person: tenant.number,
        role: ActorRole::Resident,
        name: tenant.name.clone(),
        basis: None,
    };
    case.append(services, &crate::representation::actor_of(&tenant), &joined).await?;
    case.commit().await?;
    Ok(way_in)
}

/// Locks the case of a request and returns it with the representative whom the request is about.
pub(crate) async fn lock_request(services: &Services, row: &Model) -> Result<Option<(OpenCase, Participant)>, ServiceError> {
    let case = cases::lookup(&services.store().read, row.case_id).await?;
    let case = case.ok_or_else(|| RecordError::corrupt("the case of a consent request is missing"))?;
    let Some(case) = OpenCase::lock(services, &case.reference).await? else {
        return Ok(None);
    };
    let person = stored::participant(&case.file, row.person).cloned();
    Ok(person.filter(|_| row.kind == Kind::Link).map(|person| (case, person)))
}

pub(crate) fn tenant(case: &OpenCase) -> Result<Participant, ServiceError> {
    let tenant = case.file.tenant().cloned();
    tenant.ok_or_else(|| ServiceError::internal("a case has no tenant"))
}

/// Records the address in the complaint as the tenant's contact, without calling it safe. Only the tenant can say whether it
/// is safe.
async fn own_contact(services: &Services, case: &mut OpenCase, by: &EventActor, tenant: &Participant) -> Result<(), ServiceError> {
    let answers = consent_requests::answers(case)?;
    if let Some(address) = consent_requests::asked_at(&answers)
        && tenant.contact == ContactPlan::default()
    {
        let event = EventBody::ContactChanged {
            person: tenant.number,
            contact: ContactPlan {
                email: Some(address.to_owned()),
                ..ContactPlan::default()
            },
        };
        case.append(services, by, &event).await?;
    }
    Ok(())
}

/// Returns the people of the session in the browser that answers.
async fn signed_in(services: &Services, device: &AnsweringBrowser) -> Result<Vec<Row>, ServiceError> {
    let session = match &device.session {
        Some(token) => sessions::session(services, token).await?,
        None => None,
    };
    Ok(match session {
        Some(session) => people_of_session(services, &session).await?,
        None => Vec::new(),
    })
}

/// Returns whether the browser that answers seems to be a representative's. It then holds the draft of the complaint or a
/// representative's session.
fn is_own_device(case: &OpenCase, device: &AnsweringBrowser, signed_in: &[Row]) -> bool {
    let acts = |row: &Row| {
        let person = stored::participant(&case.file, row.number);
        row.case_id == case.case.id && person.is_some_and(|person| person.role == ActorRole::Representative)
    };
    let has_draft = device.drafts.iter().any(|draft| draft.id == case.case.draft_id);
    has_draft || signed_in.iter().any(acts)
}

/// Returns the stored code of an outcome. It marks what seems to be the representative's own device, where no access is
/// offered.
fn code_of(outcome: Outcome, own_device: bool) -> &'static str {
    match (outcome, own_device) {
        (Outcome::Agreed, false) => "agreed",
        (Outcome::Agreed, true) => "agreed_own_device",
        (Outcome::Refused, _) => "refused",
        (Outcome::TakenOver, false) => "taken_over",
        (Outcome::TakenOver, true) => "taken_over_own_device",
    }
}

fn stored_outcome(row: &Model) -> Option<Outcome> {
    match row.outcome.as_deref()? {
        "agreed" | "agreed_own_device" => Some(Outcome::Agreed),
        "taken_over" | "taken_over_own_device" => Some(Outcome::TakenOver),
        _ => Some(Outcome::Refused),
    }
}

fn can_come_in(services: &Services, row: &Model, outcome: Outcome) -> bool {
    let hours = Duration::hours(i64::from(services.settings().receipt_hours));
    let recent = row.decided_at.is_some_and(|at| services.now() < at.time() + hours);
    let own_device = row.outcome.as_deref().is_some_and(|code| code.ends_with("own_device"));
    recent && outcome != Outcome::Refused && !own_device
}
