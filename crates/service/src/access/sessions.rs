//! Signing in to follow a case, and signing out.

pub mod devices;

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::{
    ServiceError, Services,
    access::{token::Token, viewer as people_on_case},
    counters::SignInWay,
};
use complaint::fields::{access_code::AccessCode, reference::Reference};
use contract::people::NoAccess;
use record::{
    RecordError, cases,
    people::{self, Model as Row},
    sessions,
    store::Write,
};
use text::Language;

/// How old the record of a session's last use may get before it is updated.
const SEEN_AGAIN: Duration = Duration::minutes(15);

/// A new session. The token is shown only once.
#[derive(Clone, Debug)]
pub struct NewSession {
    pub token: Token,
    /// The canonical reference of the case that it opens, or of the newest if it opens several.
    pub reference: String,
    /// Whether the session was asked for all cases of a mailbox, so that their list comes first.
    pub opens_all: bool,
    pub expires_at: OffsetDateTime,
}

/// The properties of the device on which a person signs in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// A short description of the device.
    pub name: Option<String>,
    /// Whether the session lasts for `remember_days` and not for `session_minutes`.
    pub remember: bool,
    /// The language of the pages. From now on messages to the person are written in it.
    pub language: Option<Language>,
}

/// A session of a signed-in person. Which cases it opens, and for what, is looked up for each request: [`crate::access::viewer`].
#[derive(Clone, Debug)]
pub struct Session {
    pub(crate) id: Uuid,
    pub(crate) person_id: Uuid,
    /// The fingerprint of the mailbox, for a session that was opened by an emailed code.
    pub(crate) mailbox: Option<Vec<u8>>,
    pub expires_at: OffsetDateTime,
}

/// Opens a session for a reference and an access code as they were typed. `None` if they do not belong together.
///
/// Neither the answer nor its duration reveals whether the reference exists.
pub async fn sign_in(services: &Services, reference: &str, access_code: &str) -> Result<Option<NewSession>, ServiceError> {
    Ok(match sign_in_on(services, reference, access_code, &Device::default()).await? {
        SignIn::Opened(session) => Some(session),
        SignIn::NoAccess(_) | SignIn::Failed => None,
    })
}

/// The result of signing in with a reference and an access code.
#[derive(Clone, Debug)]
pub enum SignIn {
    Opened(NewSession),
    /// The access code is right, but its holder's authority has ended. Only the holder of the code learns that.
    NoAccess(NoAccess),
    /// The reference and the access code do not belong together, or there is no such reference.
    Failed,
}

/// Opens a session like [`sign_in`], on a device of which something is known.
pub async fn sign_in_on(services: &Services, reference: &str, access_code: &str, device: &Device) -> Result<SignIn, ServiceError> {
    let outcome = try_signing_in(services, reference, access_code, device).await?;
    if matches!(outcome, SignIn::Failed) {
        services.counters().note_failed_sign_in(SignInWay::AccessCode);
    }
    Ok(outcome)
}

async fn try_signing_in(services: &Services, reference: &str, access_code: &str, device: &Device) -> Result<SignIn, ServiceError> {
    let code = AccessCode::parse(access_code);
    // An invalid reference is looked up too, as the empty one that no case has: the duration must not differ.
    let reference = Reference::parse(reference).map(|r| r.to_string()).unwrap_or_default();
    let db = &services.store().read;
    let case = cases::find_by_reference(db, &reference).await?;
    let people = match &case {
        Some(case) => people::list(db, case.id).await?,
        None => Vec::new(),
    };
    // This includes people whose authority has ended: all codes of a case take one computation, however many there are.
    let with_code: Vec<Row> = people.into_iter().filter(|row| row.access_code_hash.is_some()).collect();
    let Some(found) = whose(services, code.as_ref(), with_code).await? else {
        return Ok(SignIn::Failed);
    };
    let Some(case) = case else { return Ok(SignIn::Failed) };
    if found.ended_at.is_some() {
        let why = people_on_case::no_access_reason(services, &found).await?;
        return Ok(why.map_or(SignIn::Failed, SignIn::NoAccess));
    }

    let write = services.store().begin().await?;
    // Hashing takes a while, in which the access code may have been replaced.
    let now = people::lookup(&write.tx(), found.id).await?;
    let same = |row: &Row| row.ended_at.is_none() && row.access_code_hash == found.access_code_hash;
    let Some(person) = now.filter(same) else {
        return Ok(SignIn::Failed);
    };
    let session = begin(services, &write, &person, case.reference, None, device).await?;
    write.commit().await?;
    Ok(SignIn::Opened(session))
}

/// Begins a session for a person who has proved who they are. It is valid once `write` is committed.
pub(crate) async fn begin(
    services: &Services,
    write: &Write,
    person: &Row,
    reference: String,
    mailbox: Option<Vec<u8>>,
    device: &Device,
) -> Result<NewSession, RecordError> {
    let token = Token::draw(services.entropy());
    let now = services.now();
    let settings = services.settings();
    let lasts = if device.remember {
        Duration::days(settings.remember_days.into())
    } else {
        Duration::minutes(settings.session_minutes.into())
    };
    let opens_all = mailbox.is_some();
    let session = sessions::Model {
        id: services.new_id(),
        token_hash: token.hash(),
        person_id: person.id,
        mailbox,
        remembered: device.remember,
        device: device.name.clone(),
        created_at: now.into(),
        seen_at: now.into(),
        expires_at: (now + lasts).into(),
    };
    sessions::remove_expired(write, now.into()).await?;
    sessions::add(write, session).await?;
    if let Some(language) = device.language
        && person.language.as_deref() != Some(language.tag())
    {
        people::set_language(write, person.id, language.tag()).await?;
    }
    Ok(NewSession {
        token,
        reference,
        opens_all,
        expires_at: now + lasts,
    })
}

/// Returns the person whose access code this is.
async fn whose(services: &Services, code: Option<&AccessCode>, mut people: Vec<Row>) -> Result<Option<Row>, ServiceError> {
    let hashes = people.iter().filter_map(|row| row.access_code_hash.clone()).collect();
    let found = services.0.hashing.find(code, hashes).await?;
    Ok(found.place.map(|place| people.swap_remove(place)))
}

/// Returns the session with this token from the cookie or header. `None` if there is none or it has ended.
pub async fn session(services: &Services, token: &str) -> Result<Option<Session>, ServiceError> {
    let Some(token) = Token::parse(token) else { return Ok(None) };
    let found = sessions::find_by_token(&services.store().read, &token.hash()).await?;
    let Some(live) = found.filter(|s| s.expires_at > services.instant()) else {
        return Ok(None);
    };
    if services.now() - live.seen_at.time() >= SEEN_AGAIN
        && let Err(error) = seen(services, live.id).await
    {
        // A person is not kept from reading because the use of the session cannot be recorded.
        tracing::debug!(%error, "could not record the use of a session");
    }
    Ok(Some(Session {
        id: live.id,
        person_id: live.person_id,
        mailbox: live.mailbox,
        expires_at: live.expires_at.time(),
    }))
}

async fn seen(services: &Services, id: Uuid) -> Result<(), RecordError> {
    let write = services.store().begin().await?;
    sessions::set_seen(&write, id, services.instant()).await?;
    write.commit().await
}

/// Ends a session. Does nothing if there is none.
pub async fn sign_out(services: &Services, token: &str) -> Result<(), ServiceError> {
    if let Some(token) = Token::parse(token) {
        let write = services.store().begin().await?;
        sessions::remove_by_token(&write, &token.hash()).await?;
        write.commit().await?;
    }
    Ok(())
}
