//! What the desk records about authority: documents, consent by phone, and the end of authority.

use crate::stored;
use serde::{Deserialize, Serialize};
use time::{Date, Duration};
use validator::Validate;

use crate::representation::{
    NewCode,
    authority::{self, Grant},
    consent_requests, draw_code, fingerprint, limit_rights, read_rights,
};
use crate::{
    ServiceError, Services,
    access::caller::{Caller, DeskError},
    idempotency::IdempotencyKey,
    open_case::{EventActor, IdempotentRequest, OpenCase, PriorResult},
};
use complaint::{
    FieldError, StepId,
    case::{
        event::{ActorRole, EventBody},
        person_number::PersonNumber,
        representation::{Basis, ProofKind, Rights, Scope, normalise_scopes, rule},
        state::{Authority, Participant},
    },
    fields::{form::Choice, iso_date, reference::Reference, return_code::ResumeCode, text},
};
use contract::desk::DeskEvent;
use record::{
    RecordError,
    consents::{self, Kind, Model},
    desk_calls,
};

/// Authority that the organisation has established.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = Found)]
pub struct EstablishedAuthority {
    /// The person number of the representative.
    #[schema(value_type = u8, minimum = 1, maximum = 255)]
    pub person: PersonNumber,
    pub basis: Basis,
    /// How it was established: `paper` or `phone`.
    pub by: ProofKind,
    #[schema(min_items = 1)]
    #[validate(length(min = 1, code = "consent_scope_missing"))]
    pub scopes: Vec<Scope>,
    /// The last day of the authority. Leave it out for authority without an end.
    #[serde(with = "iso_date::option", default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub until: Option<Date>,
    /// With `phone`: the code of the consent request, as the tenant read it out.
    #[serde(default)]
    pub code: Option<String>,
}

/// Records that a representative has authority to represent the tenant.
pub async fn give(
    services: &Services,
    caller: &Caller,
    reference: &str,
    found: &EstablishedAuthority,
    key: Option<&IdempotencyKey>,
) -> Result<DeskEvent, DeskError> {
    let said = AuthorityRequest::Give(found);
    let (mut case, once) = match hold(services, caller, reference, key, &said).await? {
        LockedOrAnswered::Case(case, once) => (case, once),
        LockedOrAnswered::Answer(view) => return Ok(*view),
    };
    let person = representative(&case, found.person)?;
    let mut wrong = Vec::new();
    if found.until.is_some_and(|until| until < case.today) {
        wrong.push(FieldError::new("until", "consent_until_past"));
    }
    let mut rights = Rights {
        scopes: normalise_scopes(&found.scopes),
        until: found.until,
    };
    let mut own_device = false;
    match rule(case.file.tenant_state(), found.basis) {
        None => wrong.push(FieldError::new("basis", "authority_basis_closed")),
        _ if matches!(found.by, ProofKind::Link | ProofKind::Tenant) => wrong.push(FieldError::new("by", "event_type_not_allowed")),
        Some(rule) if !rule.allows(found.by) => wrong.push(FieldError::new("by", "authority_way_closed")),
        Some(_) if found.by == ProofKind::Phone => match spend(services, &case, &person, found.code.as_deref()).await? {
            Some(code) => {
                // The tenant agrees to what was asked, or to less.
                let asked = read_rights(&code);
                if !rights.scopes.iter().all(|scope| asked.scopes.contains(scope)) {
                    wrong.push(FieldError::new("scopes", "authority_scope_closed"));
                }
                rights = limit_rights(&rights, &asked);
                own_device = code.own_contact;
            }
            None => wrong.push(FieldError::new("code", "consent_code_unknown")),
        },
        Some(rule) if !rights.scopes.iter().all(|scope| rule.max_scopes.contains(scope)) => {
            wrong.push(FieldError::new("scopes", "authority_scope_closed"));
        }
        Some(_) => {}
    }
    if !wrong.is_empty() {
        return Err(DeskError::Invalid(wrong));
    }
    let given = Grant {
        basis: found.basis,
        by: found.by,
        rights,
        own_device,
    };
    let added = authority::give(services, &mut case, &of(caller), &person, given).await?;
    done(services, caller, case, once.as_ref(), stored::desk_event(&added)?).await
}

/// Records that a representative's authority has ended.
pub async fn end(
    services: &Services,
    caller: &Caller,
    reference: &str,
    person: PersonNumber,
    reason: &str,
    key: Option<&IdempotencyKey>,
) -> Result<DeskEvent, DeskError> {
    let reason = text::line(reason);
    let said = AuthorityRequest::End { person, reason: &reason };
    let (mut case, once) = match hold(services, caller, reference, key, &said).await? {
        LockedOrAnswered::Case(case, once) => (case, once),
        LockedOrAnswered::Answer(view) => return Ok(*view),
    };
    let person = representative(&case, person)?;
    let reason = Some(reason.as_str()).filter(|reason| !reason.is_empty());
    let added = authority::end(services, &mut case, &of(caller), &person, reason).await?;
    done(services, caller, case, once.as_ref(), stored::desk_event(&added)?).await
}

/// Makes a consent code that the desk gives to the tenant on the phone.
///
/// The previous code and any open link about the same representative end.
pub async fn make_code(services: &Services, caller: &Caller, reference: &str, person: PersonNumber) -> Result<NewCode, DeskError> {
    let reference = Reference::parse(reference).ok_or(DeskError::NotFound)?;
    let case = OpenCase::lock(services, reference.as_str()).await?.ok_or(DeskError::NotFound)?;
    let person = representative(&case, person)?;
    let Authority::Claimed(asked) = &person.authority else {
        return Err(DeskError::Invalid(vec![FieldError::new("person", "consent_not_waiting")]));
    };
    if !case.file.allows(&person, ProofKind::Phone) {
        return Err(DeskError::Invalid(vec![FieldError::new("person", "authority_way_closed")]));
    }
    let answers = consent_requests::answers(&case)?;
    let phone = answers.text(StepId::AskResident, "phone");
    let own = consent_requests::representative_contacts(&case.file).any(|contact| {
        contact
            .phone
            .as_deref()
            .is_some_and(|own| consent_requests::same_number(own, phone))
    });
    let code = draw_code(services);
    let expires_at = services.now() + Duration::hours(i64::from(services.settings().return_code_hours));
    consents::remove_unused(&case.write, case.case.id, person.number.into()).await?;
    let written = code.as_str().as_bytes();
    let row = consent_requests::consent_row(services, &case, Kind::Code, person.number, written, asked, own, expires_at);
    consents::add(&case.write, row).await?;
    desk_calls::add(
        &case.write,
        services.instant(),
        caller.name(),
        "consent code",
        Some(reference.as_str()),
    )
    .await?;
    case.commit().await?;
    Ok(NewCode { code, expires_at })
}

/// Uses up the consent code. Returns `None` if `typed` is not a valid code for this representative.
async fn spend(services: &Services, case: &OpenCase, person: &Participant, typed: Option<&str>) -> Result<Option<Model>, RecordError> {
    let Some(code) = typed.and_then(ResumeCode::parse) else {
        return Ok(None);
    };
    let hash = fingerprint(services, code.as_str().as_bytes());
    let row = consents::find_by_token(&case.write.tx(), &hash).await?.filter(|row| {
        row.kind == Kind::Code
            && row.case_id == case.case.id
            && row.person == i32::from(person.number)
            && row.decided_at.is_none()
            && row.expires_at > services.instant()
    });
    let Some(row) = row else { return Ok(None) };
    consents::decide(&case.write, row.id, services.instant(), "agreed", None).await?;
    Ok(Some(row))
}

/// A desk request about authority. Its JSON bytes identify the request for the idempotency key.
#[derive(Serialize)]
#[serde(tag = "act", rename_all = "snake_case")]
enum AuthorityRequest<'a> {
    Give(&'a EstablishedAuthority),
    End { person: PersonNumber, reason: &'a str },
}

/// The locked case, or the answer of an earlier request with the same idempotency key.
enum LockedOrAnswered<'a> {
    Case(OpenCase, Option<IdempotentRequest<'a>>),
    Answer(Box<DeskEvent>),
}

async fn hold<'a>(
    services: &Services,
    caller: &Caller,
    reference: &str,
    key: Option<&'a IdempotencyKey>,
    said: &AuthorityRequest<'_>,
) -> Result<LockedOrAnswered<'a>, DeskError> {
    let reference = Reference::parse(reference).ok_or(DeskError::NotFound)?;
    let said = serde_json::to_vec(said).map_err(ServiceError::internal)?;
    let once = key.map(|key| IdempotentRequest::new(format!("desk:{}", caller.name()), key, &[reference.as_str().as_bytes(), &said]));
    let case = OpenCase::lock(services, reference.as_str()).await?.ok_or(DeskError::NotFound)?;
    match case.prior_result(once.as_ref()).await? {
        PriorResult::Nothing => Ok(LockedOrAnswered::Case(case, once)),
        PriorResult::Reused => Err(DeskError::KeyReused),
        PriorResult::Answer(view) => {
            // Concurrent transactions share one flush to disk, and the first request may not be flushed yet: commit before
            // answering.
            case.commit().await?;
            Ok(LockedOrAnswered::Answer(Box::new(view)))
        }
    }
}

async fn done(
    services: &Services,
    caller: &Caller,
    case: OpenCase,
    once: Option<&IdempotentRequest<'_>>,
    view: DeskEvent,
) -> Result<DeskEvent, DeskError> {
    case.store_answer(services, once, &view).await?;
    let reference = case.case.reference.clone();
    desk_calls::add(&case.write, services.instant(), caller.name(), "event", Some(&reference)).await?;
    case.commit().await?;
    Ok(view)
}

fn representative(case: &OpenCase, number: PersonNumber) -> Result<Participant, DeskError> {
    let found = case.file.person(number).filter(|person| person.role == ActorRole::Representative);
    let missing = || DeskError::Invalid(vec![FieldError::new("person", "person_not_acting")]);
    found.cloned().ok_or_else(missing)
}

fn of(caller: &Caller) -> EventActor {
    EventActor {
        role: ActorRole::Organisation,
        name: Some(caller.name().to_owned()),
    }
}

/// Describes an `AuthorityGiven` event in one line for the command line. `None` for every other event.
pub fn line(event: &EventBody) -> Option<String> {
    match event {
        EventBody::AuthorityGiven {
            person,
            basis,
            by,
            own_device,
            ..
        } => {
            let flag = if *own_device {
                ", from the representative's own device or address"
            } else {
                ""
            };
            Some(format!("authority_given to {person}: {}, by {}{flag}", basis.code(), by.code()))
        }
        _ => None,
    }
}
