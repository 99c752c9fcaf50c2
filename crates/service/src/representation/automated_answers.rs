//! Detecting consent that a program may have given: mail programs open links, and some press the buttons they find.

use crate::stored;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use time::{Duration, OffsetDateTime};

use crate::representation::{
    AnsweringBrowser, ConsentError, actor_of, fingerprint,
    request::{Decision, decide, lock_request, tenant},
};
use crate::{ServiceError, Services, access::token::Token, london};
use complaint::{FieldError, case::event::EventBody};
use record::{
    Instant,
    consents::{self, Model},
    encryption::SealingKey,
    outbox::{State, case_messages as messages},
};

/// How long after its delivery an email may still be searched by programs.
pub const MIN_AFTER_DELIVERY: Duration = Duration::seconds(20);

/// The least time that a person takes to read the page of a consent request.
pub const MIN_ON_PAGE: Duration = Duration::seconds(5);

/// Returns the sealed time at which the consent page was opened. The page posts it back with the answer.
pub fn seal_opening_time(services: &Services, token: &Token) -> String {
    let now = Instant::from(services.now()).micros().to_be_bytes();
    URL_SAFE_NO_PAD.encode(sealing(services, token).seal(services.entropy(), PAGE, &now))
}

/// The context that the sealed time is bound to.
const PAGE: &[u8] = b"page of a request";

fn sealing(services: &Services, token: &Token) -> SealingKey {
    SealingKey::derive(services.0.secret.bytes(), "looked at a request", token.bytes())
}

/// Returns when the page was opened. `None` if `looked` was not made for this request.
fn opening_time(services: &Services, token: &Token, looked: &str) -> Option<OffsetDateTime> {
    let micros = sealing(services, token).open(PAGE, &URL_SAFE_NO_PAD.decode(looked).ok()?)?;
    Some(Instant::from_micros(i64::from_be_bytes(micros.try_into().ok()?)).time())
}

/// Records the answer from a consent page, unless a program may have given it.
///
/// An answer that a program may have given is returned as [`ConsentError::Wrong`]: the doubt is recorded on the case, and
/// the page asks again.
pub async fn decide_on_page(
    services: &Services,
    token: &Token,
    decision: Decision,
    device: &AnsweringBrowser,
    looked: &str,
) -> Result<(), ConsentError> {
    let row = consents::find_by_token(&services.store().read, &fingerprint(services, token.bytes())).await?;
    let now = services.now();
    if let Some(row) = row.filter(|row| row.decided_at.is_none() && row.expires_at > services.instant()) {
        // Validation errors are reported first.
        if let Decision::Agree(chosen) = &decision {
            chosen.clone().checked(london::date(services.now()))?;
        }
        let read = opening_time(services, token, looked).is_some_and(|since| now - since >= MIN_ON_PAGE);
        if !read || just_delivered(services, &row).await? {
            record_doubt(services, &row).await?;
            return Err(ConsentError::Wrong(vec![FieldError::new("answer", "consent_answer_too_quick")]));
        }
    }
    decide(services, token, decision, device).await
}

/// Returns whether the email with the link still waits to be sent or arrived a moment ago.
async fn just_delivered(services: &Services, row: &Model) -> Result<bool, ServiceError> {
    let mails = messages::list_consent_emails(&services.store().read, row.case_id, &[row.id]).await?;
    Ok(mails.iter().any(|mail| match mail.state {
        State::Waiting => true,
        State::Delivered => mail.ended_at.is_some_and(|at| services.now() - at.time() < MIN_AFTER_DELIVERY),
        State::GivenUp => false,
    }))
}

/// Records on the case that an answer was not accepted, once per consent request. A program may press a button all day.
async fn record_doubt(services: &Services, row: &Model) -> Result<(), ConsentError> {
    let Some((mut case, person)) = lock_request(services, row).await? else {
        return Err(ConsentError::NotFound);
    };
    let number = person.number;
    let mut is_noted = false;
    for event in &case.events {
        match stored::body(event)? {
            EventBody::AuthorityAnswerDoubted { person } if person == number => is_noted = true,
            EventBody::AuthorityAsked { person, .. } if person == number => is_noted = false,
            _ => {}
        }
    }
    if !is_noted {
        let by = actor_of(&tenant(&case)?);
        case.append(services, &by, &EventBody::AuthorityAnswerDoubted { person: number })
            .await?;
    }
    Ok(case.commit().await?)
}
