//! Answers that a program may have given: mail programs open links, and some press the buttons they find.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use time::{Duration, OffsetDateTime};

use super::{
    ConsentError, Device, by, fingerprint,
    request::{Decision, decide, find, tenant},
    rights,
};
use crate::complaint::{FieldError, event::EventBody};
use crate::record::{
    Instant,
    consents::{self, Model},
    events,
    outbox::{State, people as messages},
    sealed::Key,
};
use crate::service::{ServiceError, Services, london, token::Token, views};

/// For so long after its delivery an email is still being looked through by programs.
pub const SINCE_DELIVERY: Duration = Duration::seconds(20);

/// A person who reads the page of a request takes at least this long.
pub const ON_THE_PAGE: Duration = Duration::seconds(5);

/// Returns what the page of a request posts back, by which the server knows that the page was looked at, and since when.
#[must_use]
pub fn looked_at(services: &Services, token: &Token) -> String {
    let now = Instant::from(services.now()).micros().to_be_bytes();
    URL_SAFE_NO_PAD.encode(sealing(services, token).seal(services.entropy(), PAGE, &now))
}

/// Where the sealed time stands.
const PAGE: &[u8] = b"page of a request";

fn sealing(services: &Services, token: &Token) -> Key {
    Key::derived(services.0.secret.bytes(), "looked at a request", token.bytes())
}

/// Since when the page was open; `None` for what no page of this request has posted.
fn open_since(services: &Services, token: &Token, looked: &str) -> Option<OffsetDateTime> {
    let micros = sealing(services, token).open(PAGE, &URL_SAFE_NO_PAD.decode(looked).ok()?)?;
    Some(Instant::from_micros(i64::from_be_bytes(micros.try_into().ok()?)).time())
}

/// Puts the answer from a page on the record, unless a program may have given it: then the case says so, and the page asks again.
///
/// # Errors
/// [`ConsentError`]; [`ConsentError::Wrong`] also for an answer that is asked for again.
pub async fn decide_on_page(
    services: &Services,
    token: &Token,
    decision: Decision,
    device: &Device,
    looked: &str,
) -> Result<(), ConsentError> {
    let row = consents::find_by_token(&services.store().read, &fingerprint(services, token.bytes())).await?;
    let now = services.now();
    if let Some(row) = row.filter(|row| row.decided_at.is_none() && row.expires_at > services.instant()) {
        // What is wrong with the answer is said first.
        if let Decision::Agree(chosen) = &decision {
            rights(&chosen.scopes, chosen.until, london::date(services.now()))?;
        }
        let read = open_since(services, token, looked).is_some_and(|since| now - since >= ON_THE_PAGE);
        if !read || just_delivered(services, &row).await? {
            doubt(services, &row).await?;
            return Err(ConsentError::Wrong(vec![FieldError::new("answer", "consent_answer_too_quick")]));
        }
    }
    decide(services, token, decision, device).await
}

/// Whether the email with the link is on its way or arrived a moment ago.
async fn just_delivered(services: &Services, row: &Model) -> Result<bool, ServiceError> {
    let mails = messages::asking(&services.store().read, row.case_id, &[row.id]).await?;
    Ok(mails.iter().any(|mail| match mail.state {
        State::Waiting => true,
        State::Delivered => mail.ended_at.is_some_and(|at| services.now() - at.time() < SINCE_DELIVERY),
        State::GivenUp => false,
    }))
}

/// Notes on the case that an answer was not taken, once for each time the tenant is asked: a program may press a button all day.
async fn doubt(services: &Services, row: &Model) -> Result<(), ConsentError> {
    let Some((mut case, person)) = find(services, row).await? else {
        return Err(ConsentError::NotFound);
    };
    let number = person.number;
    let told = events::list(&case.write.tx(), case.case.id, 0, u64::from(u32::MAX), &[]).await?;
    let mut is_noted = false;
    for event in &told {
        match views::body(event)? {
            EventBody::AuthorityAnswerDoubted { person } if person == number => is_noted = true,
            EventBody::AuthorityAsked { person, .. } if person == number => is_noted = false,
            _ => {}
        }
    }
    if !is_noted {
        let by = by(&tenant(&case)?);
        case.append(services, &by, &EventBody::AuthorityAnswerDoubted { person: number })
            .await?;
    }
    Ok(case.commit().await?)
}
