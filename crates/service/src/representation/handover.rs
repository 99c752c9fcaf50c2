//! Handing a case over to another representative by a code.

use crate::stored;
use time::Duration;

use crate::representation::{
    ConsentError, NewCode, actor_of,
    authority::{self, Grant},
    basis_of, consent_requests, draw_code, fingerprint, is_tenant, lock_as_person, read_rights,
};
use crate::{
    Services,
    access::{codes, viewer::Viewer},
    idempotency::IdempotencyKey,
    open_case::OpenCase,
};
use complaint::{
    FieldError,
    case::{
        event::{ActorRole, EventBody},
        person_number::PersonNumber,
        representation::{Basis, Connection, PeopleWithDocument, ProofKind, Rights, Scope, Wait, rule, waiting_for},
        state::{Authority, CaseProjection},
    },
    fields::{access_code::AccessCode, return_code::ResumeCode, text},
};
use contract::people::JoinedCase;
use record::{
    RecordError, cases,
    consents::{self, Kind},
    entropy::bytes,
    events, people,
};

/// Makes a hand-over code for a new representative. The caller's previous hand-over code ends.
///
/// A tenant chooses the rights to hand over; a representative hands over the rights they have.
pub async fn make_code(services: &Services, viewer: &Viewer, chosen: Rights) -> Result<NewCode, ConsentError> {
    let (case, me) = lock_as_person(services, viewer).await?;
    let rights = match &me.authority {
        Authority::Own if is_tenant(&me) && rule(case.file.tenant_state(), Basis::Permission).is_some() => chosen.checked(case.today)?,
        Authority::Given(own) if me.has_scope(Scope::Speak, case.today) => own.clone(),
        _ => return Err(ConsentError::NotAllowed),
    };
    let code = draw_code(services);
    let expires_at = services.now() + Duration::hours(i64::from(services.settings().return_code_hours));
    consents::remove_unused(&case.write, case.case.id, me.number.into()).await?;
    let row = consent_requests::consent_row(
        services,
        &case,
        Kind::Handover,
        me.number,
        code.as_str().as_bytes(),
        &rights,
        false,
        expires_at,
    );
    consents::add(&case.write, row).await?;
    case.commit().await?;
    Ok(NewCode { code, expires_at })
}

/// The minimum length of an idempotency key that counts as random: 128 bits in base64, or a UUID.
const MIN_RANDOM_KEY_LENGTH: usize = 22;

/// Adds the holder of a hand-over code to the case.
///
/// If the tenant made the code, the new representative has authority at once. Otherwise the tenant is asked first, and the
/// new representative sees nothing until the tenant agrees.
///
/// With the same code and idempotency key, the same answer is returned for a short time. An attacker who guesses the
/// idempotency key would get that answer too, so an idempotency key shorter than 22 characters is ignored.
pub async fn join(
    services: &Services,
    code: &ResumeCode,
    name: &str,
    connection: Option<Connection>,
    key: Option<&IdempotencyKey>,
) -> Result<JoinedCase, ConsentError> {
    let name = text::line(name);
    let mut wrong = Vec::new();
    if name.is_empty() {
        wrong.push(FieldError::new("full_name", "your_name_missing"));
    } else if text::length(&name) > text::LINE_MAX {
        wrong.push(FieldError::new("full_name", "text_too_long").with("max", text::LINE_MAX));
    }
    if connection.is_none() {
        wrong.push(FieldError::new("connection", "connection_missing"));
    }
    let Some(connection) = connection.filter(|_| wrong.is_empty()) else {
        return Err(ConsentError::Wrong(wrong));
    };
    let hash = fingerprint(services, code.as_str().as_bytes());
    let row = consents::find_by_token(&services.store().read, &hash).await?;
    let row = row.filter(|row| row.kind == Kind::Handover).ok_or(ConsentError::NotFound)?;
    let access = match key.filter(|key| key.as_str().len() >= MIN_RANDOM_KEY_LENGTH) {
        Some(key) => codes::derive_join_code(&services.0.secret, code, key),
        None => AccessCode::from_bits(bytes(services.entropy())),
    };
    if row.decided_at.is_some() {
        return repeat_answer(services, &row, &access).await;
    }
    if row.expires_at <= services.instant() {
        return Err(ConsentError::NotFound);
    }
    let access_hash = services
        .0
        .hashing
        .hash(&access, codes::salt(&services.0.secret, row.case_id))
        .await?;
    let case = cases::lookup(&services.store().read, row.case_id).await?;
    let case = case.ok_or_else(|| RecordError::corrupt("the case of a hand-over code is missing"))?;
    let mut case = OpenCase::lock(services, &case.reference).await?.ok_or(ConsentError::NotFound)?;
    // Read again: only from here on the lock keeps other requests from using the code.
    let still = consents::find_by_token(&case.write.tx(), &hash)
        .await?
        .filter(|row| row.decided_at.is_none());
    let Some(row) = still else {
        // The form was posted twice at once, and the other request was first. It may not be flushed to disk yet: commit
        // before answering.
        case.commit().await?;
        let row = consents::find_by_token(&services.store().read, &hash).await?;
        return repeat_answer(services, &row.ok_or(ConsentError::NotFound)?, &access).await;
    };
    let maker = stored::participant(&case.file, row.person).cloned();
    let maker = maker.filter(|maker| maker.has_access(case.today)).ok_or(ConsentError::NotFound)?;
    // The tenant may no longer be able to give what they handed over.
    let closed = !rule(case.file.tenant_state(), connection.basis()).is_some_and(|rule| rule.allows(ProofKind::Tenant));
    if is_tenant(&maker) && closed {
        return Err(ConsentError::NotFound);
    }
    let number = case.file.next_number();
    let new = people::Model {
        id: services.new_id(),
        case_id: case.case.id,
        number: number.into(),
        access_code_hash: Some(access_hash),
        mailbox: None,
        mailbox_confirmed_at: None,
        language: None,
        created_at: services.instant(),
        ended_at: None,
    };
    people::add(&case.write, new).await?;
    let event = EventBody::PersonJoined {
        person: number,
        role: ActorRole::Representative,
        name,
        basis: Some(connection.basis()),
    };
    case.append(services, &actor_of(&maker), &event).await?;
    consents::decide(&case.write, row.id, services.instant(), "joined", Some(number.into())).await?;
    let person = crate::representation::representative(&case, number)?;
    let rights = read_rights(&row);
    let waits = !is_tenant(&maker);
    if waits && !consent_requests::can_ask(&case.file, &person) {
        // The desk asks the new representative for a document, which the authority table makes a task of the desk.
    } else if waits {
        let answers = consent_requests::answers(&case)?;
        let own = case.file.tenant().and_then(|tenant| tenant.contact.email.clone());
        let to = own.as_deref().or_else(|| consent_requests::asked_at(&answers));
        consent_requests::ask(services, &mut case, &actor_of(&maker), &person, &rights, to).await?;
    } else {
        let given = Grant {
            basis: basis_of(&person),
            by: ProofKind::Tenant,
            rights,
            own_device: false,
        };
        authority::give(services, &mut case, &actor_of(&maker), &person, given).await?;
    }
    let joined = JoinedCase {
        reference: case.case.reference.clone(),
        access_code: access.as_str().to_owned(),
        waits,
        wait: wait_of(&case.file, number),
    };
    case.commit().await?;
    services.outbox().wake();
    Ok(joined)
}

/// Repeats the answer of an earlier [`join`] for the same code and idempotency key. The access code derived from them must
/// match.
async fn repeat_answer(services: &Services, row: &consents::Model, access: &AccessCode) -> Result<JoinedCase, ConsentError> {
    let hours = Duration::hours(i64::from(services.settings().receipt_hours));
    let recent = row.decided_at.is_some_and(|at| services.now() < at.time() + hours);
    let joined = row.joined.filter(|_| recent).ok_or(ConsentError::NotFound)?;
    let db = &services.store().read;
    let there = people::list(db, row.case_id).await?;
    let person = there
        .into_iter()
        .find(|person| person.number == joined && person.ended_at.is_none());
    let person = person.ok_or(ConsentError::NotFound)?;
    if !services.0.hashing.verify(Some(access), person.access_code_hash).await? {
        return Err(ConsentError::NotFound);
    }
    let case = cases::lookup(db, row.case_id).await?;
    let case = case.ok_or_else(|| RecordError::corrupt("the case of a hand-over code is missing"))?;
    let events = events::list(db, case.id, 0, u64::from(u32::MAX), &[]).await?;
    let file = stored::case_file(&case, &events)?;
    let on_case = stored::participant(&file, joined);
    Ok(JoinedCase {
        reference: case.reference,
        access_code: access.as_str().to_owned(),
        waits: on_case.is_some_and(|person| matches!(person.authority, Authority::Claimed(_))),
        wait: on_case.and_then(|person| wait_of(&file, person.number)),
    })
}

/// Returns what the claim of a new representative waits for. They cannot upload a document to a case that they do not see.
fn wait_of(file: &CaseProjection, number: PersonNumber) -> Option<Wait> {
    let person = file.person(number)?;
    waiting_for(file, person, &PeopleWithDocument::default()).map(|waiting| waiting.wait)
}
