//! Signing in to follow a case.

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{ServiceError, Services, token::Token};
use crate::complaint::fields::{access_code::AccessCode, reference::Reference};
use crate::record::{
    cases,
    people::{self, Model as Row},
    sessions,
};

/// A session just opened. The token is shown this once.
#[derive(Clone, Debug)]
pub struct NewSession {
    pub token: Token,
    /// The case it opens, in the reference's one spelling.
    pub reference: String,
    pub expires_at: OffsetDateTime,
}

/// Somebody signed in. Which cases that opens, and for what, is looked up for each request: [`super::people`].
#[derive(Clone, Debug)]
pub struct Session {
    pub(super) person_id: Uuid,
    /// Set for somebody who came in by their mail.
    pub(super) mailbox: Option<Vec<u8>>,
    pub expires_at: OffsetDateTime,
}

/// Opens a session for a reference and access code as they were typed. `None` when the two do not belong together;
/// whether there is such a reference can be told neither from the answer nor from the time it takes.
///
/// # Errors
/// [`ServiceError`].
pub async fn sign_in(services: &Services, reference: &str, access_code: &str) -> Result<Option<NewSession>, ServiceError> {
    let code = AccessCode::parse(access_code);
    // A reference that cannot be one is looked up all the same: no case has the empty one.
    let reference = Reference::parse(reference).map(|r| r.to_string()).unwrap_or_default();
    let db = &services.store().read;
    let case = cases::find_by_reference(db, &reference).await?;
    let people = match &case {
        Some(case) => people::list(db, case.id).await?,
        None => Vec::new(),
    };
    let with_code: Vec<Row> = people
        .into_iter()
        .filter(|row| row.ended_at.is_none() && row.access_code_hash.is_some())
        .collect();
    let Some(person) = whose(services, code.as_ref(), with_code).await? else {
        return Ok(None);
    };
    let Some(case) = case else { return Ok(None) };

    let token = Token::draw(services.entropy());
    let now = services.now();
    let expires_at = now + Duration::minutes(i64::from(services.settings().session_minutes));
    let session = sessions::Model {
        id: services.new_id(),
        token_hash: token.hash(),
        person_id: person.id,
        mailbox: None,
        remembered: false,
        device: None,
        created_at: now.into(),
        seen_at: now.into(),
        expires_at: expires_at.into(),
    };
    let write = services.store().begin().await?;
    sessions::remove_expired(&write, now.into()).await?;
    sessions::add(&write, session).await?;
    write.commit().await?;
    Ok(Some(NewSession {
        token,
        reference: case.reference,
        expires_at,
    }))
}

/// Whose code it is. All of them are looked at, and with none of them one hash is computed all the same; few cases have more than one.
async fn whose(services: &Services, code: Option<&AccessCode>, people: Vec<Row>) -> Result<Option<Row>, ServiceError> {
    if people.is_empty() {
        services.0.hashing.verify(code, None).await?;
    }
    let mut found = None;
    for row in people {
        if services.0.hashing.verify(code, row.access_code_hash.clone()).await? {
            found = Some(row);
        }
    }
    Ok(found)
}

/// The session of a token as the cookie or header has it. `None` when there is none or it has ended.
///
/// # Errors
/// [`ServiceError`].
pub async fn session(services: &Services, token: &str) -> Result<Option<Session>, ServiceError> {
    let Some(token) = Token::parse(token) else { return Ok(None) };
    let found = sessions::find_by_token(&services.store().read, &token.hash()).await?;
    let live = found.filter(|s| s.expires_at > services.instant());
    Ok(live.map(|s| Session {
        person_id: s.person_id,
        mailbox: s.mailbox,
        expires_at: s.expires_at.time(),
    }))
}

/// Ends a session. Nothing happens when there is none.
///
/// # Errors
/// [`ServiceError`].
pub async fn sign_out(services: &Services, token: &str) -> Result<(), ServiceError> {
    if let Some(token) = Token::parse(token) {
        let write = services.store().begin().await?;
        sessions::remove_by_token(&write, &token.hash()).await?;
        write.commit().await?;
    }
    Ok(())
}
