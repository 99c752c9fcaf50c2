//! Extractors for the caller: the holder of a draft, a signed-in person, or a system of the organisation.

use axum::extract::{FromRequestParts, Path};
use axum::http::{header, request::Parts};
use serde::Deserialize;
use uuid::Uuid;

use super::headers::single;
use super::problem::{Kind, Problem};
use crate::door::DoorState;
use service::ServiceError;
use service::desk::Caller;
use service::evidence::Holder;
use service::keys::{self, Key};
use service::people;
use service::sessions::{self, Session};
use service::token::DraftToken;

/// The `{id}` in the path, of whichever resource.
#[derive(Debug, Deserialize)]
struct InPath {
    id: String,
}

/// The draft in the path, with the caller's token for it.
///
/// The service checks the token later. A token for another draft is 404, like a draft that does not exist; no token at all is 401,
/// whatever the path.
#[derive(Clone, Debug)]
pub struct ThisDraft(pub DraftToken);

impl FromRequestParts<DoorState> for ThisDraft {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &DoorState) -> Result<Self, Problem> {
        let token = shown(parts, state)?;
        let id = in_path(parts, state).await.filter(|id| *id == token.id);
        id.map(|_| Self(token)).ok_or_else(|| Problem::new(Kind::DraftNotFound))
    }
}

/// The token that the caller sends, for whichever draft; `None` without one.
#[derive(Clone, Debug)]
pub struct HeldDraft(pub Option<DraftToken>);

impl FromRequestParts<DoorState> for HeldDraft {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &DoorState) -> Result<Self, Problem> {
        Ok(Self(state.cookies.draft_token(&parts.headers)))
    }
}

#[derive(Clone, Debug)]
pub struct MaySession(pub Option<Session>);

impl FromRequestParts<DoorState> for MaySession {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &DoorState) -> Result<Self, Problem> {
        session(parts, state).await.map(Self)
    }
}

/// The upload in the path, with the token of the draft that it should belong to.
#[derive(Clone, Debug)]
pub struct ThisUpload {
    pub draft: DraftToken,
    pub id: Uuid,
}

impl FromRequestParts<DoorState> for ThisUpload {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &DoorState) -> Result<Self, Problem> {
        let draft = shown(parts, state)?;
        let id = in_path(parts, state).await.ok_or_else(|| Problem::new(Kind::UploadNotFound))?;
        Ok(Self { draft, id })
    }
}

/// The upload in the path, with the draft token, the session, or both. The service checks whether the upload belongs to either.
#[derive(Clone, Debug)]
pub struct HeldUpload {
    pub holder: Holder,
    pub id: Uuid,
}

impl FromRequestParts<DoorState> for HeldUpload {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &DoorState) -> Result<Self, Problem> {
        let holder = Holder {
            draft: state.cookies.draft_token(&parts.headers),
            session: session(parts, state).await?,
        };
        if holder.draft.is_none() && holder.session.is_none() {
            return Err(Problem::new(Kind::DraftTokenMissing));
        }
        let id = in_path(parts, state).await.ok_or_else(|| Problem::new(Kind::UploadNotFound))?;
        Ok(Self { holder, id })
    }
}

/// The file in the path, with the draft token, the session, or both. The service checks whether the caller may read the file.
#[derive(Clone, Debug)]
pub struct Reader {
    pub draft: Option<DraftToken>,
    pub session: Option<Session>,
    pub id: Uuid,
}

impl FromRequestParts<DoorState> for Reader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &DoorState) -> Result<Self, Problem> {
        let draft = state.cookies.draft_token(&parts.headers);
        let session = session(parts, state).await?;
        if draft.is_none() && session.is_none() {
            return Err(Problem::new(Kind::NotSignedIn));
        }
        let id = in_path(parts, state).await.ok_or_else(|| Problem::new(Kind::UploadNotFound))?;
        Ok(Self { draft, session, id })
    }
}

async fn session(parts: &Parts, state: &DoorState) -> Result<Option<Session>, Problem> {
    match state.cookies.session_token(&parts.headers) {
        Some(token) => Ok(sessions::session(&state.services, &token).await?),
        None => Ok(None),
    }
}

fn shown(parts: &Parts, state: &DoorState) -> Result<DraftToken, Problem> {
    let token = state.cookies.draft_token(&parts.headers);
    token.ok_or_else(|| Problem::new(Kind::DraftTokenMissing))
}

async fn in_path(parts: &mut Parts, state: &DoorState) -> Option<Uuid> {
    let Path(InPath { id }) = Path::from_request_parts(parts, state).await.ok()?;
    an_id(&id)
}

/// Parses an id; only the canonical spelling is accepted.
pub fn an_id(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok().filter(|uuid| uuid.to_string() == text)
}

/// A person with a valid session.
#[derive(Clone, Debug)]
pub struct SignedIn(pub Session);

impl FromRequestParts<DoorState> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &DoorState) -> Result<Self, Problem> {
        let Some(token) = state.cookies.session_token(&parts.headers) else {
            return Err(Problem::new(Kind::NotSignedIn));
        };
        let session = sessions::session(&state.services, &token).await?;
        session.map(Self).ok_or_else(|| Problem::new(Kind::NotSignedIn))
    }
}

/// A signed-in person who may see the case in the path.
///
/// Checked before the body is read, so that the bodies of strangers are never parsed. The service checks whether the person may do
/// what the request asks for.
#[derive(Clone, Debug)]
pub struct OnCase {
    pub session: Session,
    /// In its canonical spelling.
    pub reference: String,
}

#[derive(Debug, Deserialize)]
struct CaseInPath {
    reference: String,
}

impl FromRequestParts<DoorState> for OnCase {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &DoorState) -> Result<Self, Problem> {
        let SignedIn(session) = SignedIn::from_request_parts(parts, state).await?;
        let not_found = || Problem::new(Kind::CaseNotFound);
        let path = Path::<CaseInPath>::from_request_parts(parts, state).await;
        let Path(CaseInPath { reference }) = path.map_err(|_| not_found())?;
        let viewer = people::viewer(&state.services, &session, &reference).await?.ok_or_else(not_found)?;
        let reference = viewer.reference().to_owned();
        Ok(Self { session, reference })
    }
}

/// Like [`OnCase`], for a case action: also counted against the rate limits.
#[derive(Clone, Debug)]
pub struct ActsOnCase {
    pub session: Session,
    /// In its canonical spelling.
    pub reference: String,
}

impl FromRequestParts<DoorState> for ActsOnCase {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &DoorState) -> Result<Self, Problem> {
        let OnCase { session, reference } = OnCase::from_request_parts(parts, state).await?;
        let counted = state.limits.act(&session, &reference);
        counted.map_err(|wait| Problem::too_many(wait.seconds))?;
        Ok(Self { session, reference })
    }
}

/// The `{person}` in the path: the id of a participant of the case.
#[derive(Clone, Copy, Debug)]
pub struct PersonNumber(pub u8);

/// `{person}` before it is parsed.
#[derive(Debug, Deserialize)]
struct PersonInPath {
    person: String,
}

impl FromRequestParts<DoorState> for PersonNumber {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &DoorState) -> Result<Self, Problem> {
        let found = Path::<PersonInPath>::from_request_parts(parts, state).await.ok();
        let number = found.and_then(|Path(there)| there.person.parse().ok());
        number.map(Self).ok_or_else(|| Problem::new(Kind::CaseNotFound))
    }
}

/// A system of the organisation whose API key may read and change cases.
#[derive(Clone, Debug)]
pub struct AtDesk(pub Caller);

impl FromRequestParts<DoorState> for AtDesk {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &DoorState) -> Result<Self, Problem> {
        let key = key(parts, state).await?;
        Caller::from_key(&key).map(Self).ok_or_else(|| Problem::new(Kind::KeyNotAllowed))
    }
}

/// A system of the organisation whose API key may read cases.
#[derive(Clone, Debug)]
pub struct AtReading(pub Caller);

impl FromRequestParts<DoorState> for AtReading {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &DoorState) -> Result<Self, Problem> {
        let key = key(parts, state).await?;
        Caller::for_reading(&key).map(Self).ok_or_else(|| Problem::new(Kind::KeyNotAllowed))
    }
}

/// A system of the organisation whose API key may manage webhooks.
#[derive(Clone, Debug)]
pub struct AtWebhooks(pub Caller);

impl FromRequestParts<DoorState> for AtWebhooks {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &DoorState) -> Result<Self, Problem> {
        let key = key(parts, state).await?;
        Caller::for_webhooks(&key)
            .map(Self)
            .ok_or_else(|| Problem::new(Kind::KeyNotAllowed))
    }
}

/// A system of the organisation whose API key may read the equality totals.
#[derive(Clone, Debug)]
pub struct AtTotals(pub Caller);

impl FromRequestParts<DoorState> for AtTotals {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &DoorState) -> Result<Self, Problem> {
        let key = key(parts, state).await?;
        Caller::for_totals(&key).map(Self).ok_or_else(|| Problem::new(Kind::KeyNotAllowed))
    }
}

/// Authenticates the API key in `Authorization`.
async fn key(parts: &Parts, state: &DoorState) -> Result<Key, Problem> {
    let not_accepted = || Problem::new(Kind::KeyNotAccepted);
    let given = single(&parts.headers, &header::AUTHORIZATION).map_err(|_| not_accepted())?;
    let key = given.and_then(bearer).ok_or_else(not_accepted)?;
    let key = keys::authenticate(&state.services, key)
        .await
        .map_err(|e: ServiceError| Problem::service(&e))?;
    key.ok_or_else(not_accepted)
}

fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, key) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}
