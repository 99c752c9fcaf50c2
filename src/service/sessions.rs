//! Signing in to follow a case.

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{ServiceError, Services, token::Token};
use crate::complaint::fields::{access_code::AccessCode, reference::Reference};
use crate::record::{cases, sessions};

/// A session just opened. The token is shown this once.
#[derive(Clone, Debug)]
pub struct NewSession {
    pub token: Token,
    /// The case it opens, in the reference's one spelling.
    pub reference: String,
    pub expires_at: OffsetDateTime,
}

/// Somebody signed in. It opens one case.
#[derive(Clone, Copy, Debug)]
pub struct Session {
    pub(super) case_id: Uuid,
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
    let case = cases::find_by_reference(&services.store().read, &reference).await?;
    let hash = case.as_ref().map(|c| c.access_code_hash.clone());
    let right = services.0.hashing.verify(code.as_ref(), hash).await?;
    let Some(case) = case.filter(|_| right) else { return Ok(None) };

    let token = Token::draw(services.entropy());
    let now = services.now();
    let expires_at = now + Duration::minutes(i64::from(services.settings().session_minutes));
    let session = sessions::Model {
        id: services.new_id(),
        token_hash: token.hash(),
        case_id: case.id,
        created_at: now.into(),
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

/// The session of a token as the cookie or header has it. `None` when there is none or it has ended.
///
/// # Errors
/// [`ServiceError`].
pub async fn session(services: &Services, token: &str) -> Result<Option<Session>, ServiceError> {
    let Some(token) = Token::parse(token) else { return Ok(None) };
    let found = sessions::find_by_token(&services.store().read, &token.hash()).await?;
    let live = found.filter(|s| s.expires_at > services.instant());
    Ok(live.map(|s| Session {
        case_id: s.case_id,
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
