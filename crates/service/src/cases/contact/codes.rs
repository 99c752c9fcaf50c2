//! Codes that confirm a change of the contact plan. They share a table with sign-in codes, each under a fingerprint of its
//! own, so that none opens anything else.

use subtle::ConstantTimeEq;
use time::Duration;

use crate::{
    ServiceError, Services,
    access::email_codes::{MINUTES, digits_from_random, format_code, hash},
    cases::actions::CaseActionError,
};
use complaint::{FieldError, fields::one_time_code};
use notify::{MessageKind, NewCaseMessage};
use record::{
    encryption::SealingKey,
    entropy::bytes,
    outbox::case_messages::CONFIRM,
    people::Model as Row,
    sign_in_codes::{self, Model},
    store::Write,
};
use text::Language;

/// How many wrong codes may be typed before a code stops working. Only the participant can type one, so the limit locks no
/// one else out.
pub const TRIES: i32 = 5;

/// How many codes are sent to one participant within an hour.
pub const PER_PERSON: u64 = 6;
const WITHIN: Duration = Duration::hours(1);

/// Returns the fingerprint under which the codes of one change are stored.
fn place(services: &Services, person: &Row, change: i32) -> Vec<u8> {
    SealingKey::derive(services.0.secret.bytes(), "place of a contact code", person.id.as_bytes()).fingerprint(&change.to_be_bytes())
}

/// Returns the fingerprint by which all codes of one participant are counted, whichever contact method they were sent by.
fn counted_by(services: &Services, person: &Row) -> Vec<u8> {
    SealingKey::derive(services.0.secret.bytes(), "contact codes of a person", &[]).fingerprint(person.id.as_bytes())
}

/// Sends a code for a change. Returns false if the participant has already got [`PER_PERSON`] codes in the last hour.
pub(crate) async fn send(services: &Services, write: &Write, person: &Row, change: i32, language: Language) -> Result<bool, ServiceError> {
    let (now, id) = (services.now(), services.new_id());
    let mailbox = counted_by(services, person);
    if sign_in_codes::count_since(write, &mailbox, (now - WITHIN).into()).await? >= PER_PERSON {
        return Ok(false);
    }
    let code = digits_from_random(bytes::<8>(services.entropy()));
    let expires_at = now + Duration::minutes(MINUTES);
    let row = Model {
        id,
        place: place(services, person, change),
        mailbox,
        person_id: Some(person.id),
        code_hash: hash(services, id, &code),
        asked_from: None,
        within_limit: true,
        tries: 0,
        created_at: now.into(),
        expires_at: expires_at.into(),
        used_at: None,
    };
    sign_in_codes::add(write, row).await?;
    let notice = NewCaseMessage {
        channel: CONFIRM,
        case_id: Some(person.case_id),
        person_id: person.id,
        language,
        text: MessageKind::ConfirmCode { code: format_code(&code) },
        due_at: now,
        useless_from: expires_at,
    };
    services.outbox().add_notice(write, services.entropy(), now, notice).await?;
    Ok(true)
}

/// Returns whether a code is right, and uses it up. A wrong code counts as an attempt against every code that is still
/// valid.
pub(crate) async fn use_up(services: &Services, write: &Write, person: &Row, change: i32, typed: &str) -> Result<bool, ServiceError> {
    // Text without a complete code does not count as an attempt.
    let Some(typed) = one_time_code::find(typed) else {
        return Ok(false);
    };
    let codes = sign_in_codes::live(write, &place(services, person, change), services.instant(), PER_PERSON).await?;
    for code in codes.iter().filter(|code| code.tries < TRIES) {
        if hash(services, code.id, &typed).ct_eq(&code.code_hash).into() {
            sign_in_codes::use_up(write, code.id, services.instant()).await?;
            return Ok(true);
        }
        sign_in_codes::count_try(write, code.id).await?;
    }
    Ok(false)
}

/// Returns the same error for every code that does not work.
pub(crate) fn wrong() -> CaseActionError {
    CaseActionError::Invalid(vec![FieldError::new("code", "email_code_failed")])
}
