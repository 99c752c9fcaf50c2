//! Extractors for the caller: the holder of a draft, a signed-in person, or a system of the organisation.

use axum::extract::{FromRequestParts, Path};
use axum::http::{header, request::Parts};
use serde::Deserialize;
use uuid::Uuid;

use crate::http::HttpState;
use crate::http::api::headers::single;
use crate::http::api::problem::{Kind, Problem};
use complaint::case::person_number::PersonNumber;
use service::ServiceError;
use service::access::api_keys::{self, Key};
use service::access::sessions::{self, Session};
use service::access::token::DraftToken;
use service::access::viewer::{self, Viewer};
use service::cases::desk::Caller;
use service::files::Holder;

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
pub struct DraftInPath(pub DraftToken);

impl FromRequestParts<HttpState> for DraftInPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, Problem> {
        let token = draft_token(parts, state)?;
        let id = in_path(parts, state).await.filter(|id| *id == token.id);
        id.map(|_| Self(token)).ok_or_else(|| Problem::new(Kind::DraftNotFound))
    }
}

/// Like [`DraftInPath`], but the id may also be `current`, because pages do not know the id.
#[derive(Clone, Debug)]
pub struct CurrentDraft(pub DraftToken);

impl FromRequestParts<HttpState> for CurrentDraft {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, Problem> {
        let token = draft_token(parts, state)?;
        let found = Path::<InPath>::from_request_parts(parts, state).await;
        let id = found.map(|Path(InPath { id })| id).unwrap_or_default();
        let is_own = id == "current" || parse_id(&id) == Some(token.id);
        is_own.then_some(Self(token)).ok_or_else(|| Problem::new(Kind::DraftNotFound))
    }
}

/// The token that the caller sends, for whichever draft; `None` without one.
#[derive(Clone, Debug)]
pub struct OptionalDraftToken(pub Option<DraftToken>);

impl FromRequestParts<HttpState> for OptionalDraftToken {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, Problem> {
        Ok(Self(state.cookies.draft_token(&parts.headers)))
    }
}

#[derive(Clone, Debug)]
pub struct OptionalSession(pub Option<Session>);

impl FromRequestParts<HttpState> for OptionalSession {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, Problem> {
        session(parts, state).await.map(Self)
    }
}

/// The upload in the path, with the token of the draft that it should belong to.
#[derive(Clone, Debug)]
pub struct DraftUploadInPath {
    pub draft: DraftToken,
    pub id: Uuid,
}

impl FromRequestParts<HttpState> for DraftUploadInPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, Problem> {
        let draft = draft_token(parts, state)?;
        let id = in_path(parts, state).await.ok_or_else(|| Problem::new(Kind::UploadNotFound))?;
        Ok(Self { draft, id })
    }
}

/// The upload in the path, with the draft token, the session, or both. The service checks whether the upload belongs to either.
#[derive(Clone, Debug)]
pub struct UploadInPath {
    pub holder: Holder,
    pub id: Uuid,
}

impl FromRequestParts<HttpState> for UploadInPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, Problem> {
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

impl FromRequestParts<HttpState> for Reader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, Problem> {
        let draft = state.cookies.draft_token(&parts.headers);
        let session = session(parts, state).await?;
        if draft.is_none() && session.is_none() {
            return Err(Problem::new(Kind::NotSignedIn));
        }
        let id = in_path(parts, state).await.ok_or_else(|| Problem::new(Kind::UploadNotFound))?;
        Ok(Self { draft, session, id })
    }
}

async fn session(parts: &Parts, state: &HttpState) -> Result<Option<Session>, Problem> {
    match state.cookies.session_token(&parts.headers) {
        Some(token) => Ok(sessions::session(&state.services, &token).await?),
        None => Ok(None),
    }
}

fn draft_token(parts: &Parts, state: &HttpState) -> Result<DraftToken, Problem> {
    let token = state.cookies.draft_token(&parts.headers);
    token.ok_or_else(|| Problem::new(Kind::DraftTokenMissing))
}

async fn in_path(parts: &mut Parts, state: &HttpState) -> Option<Uuid> {
    let Path(InPath { id }) = Path::from_request_parts(parts, state).await.ok()?;
    parse_id(&id)
}

/// Parses an id; only the canonical spelling is accepted.
pub fn parse_id(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok().filter(|uuid| uuid.to_string() == text)
}

/// A person with a valid session.
#[derive(Clone, Debug)]
pub struct SignedIn(pub Session);

impl FromRequestParts<HttpState> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, Problem> {
        let Some(token) = state.cookies.session_token(&parts.headers) else {
            return Err(Problem::new(Kind::NotSignedIn));
        };
        let session = sessions::session(&state.services, &token).await?;
        session.map(Self).ok_or_else(|| Problem::new(Kind::NotSignedIn))
    }
}

/// A signed-in person who may see the case in the path, with the case as it was read for this request.
///
/// Checked before the body is read, so that the bodies of strangers are never parsed. The service checks whether the person may do
/// what the request asks for.
#[derive(Clone, Debug)]
pub struct CaseParticipant(pub Viewer);

#[derive(Debug, Deserialize)]
struct CaseInPath {
    reference: String,
}

impl FromRequestParts<HttpState> for CaseParticipant {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, Problem> {
        let SignedIn(session) = SignedIn::from_request_parts(parts, state).await?;
        let not_found = || Problem::new(Kind::CaseNotFound);
        let path = Path::<CaseInPath>::from_request_parts(parts, state).await;
        let Path(CaseInPath { reference }) = path.map_err(|_| not_found())?;
        let viewer = viewer::viewer(&state.services, &session, &reference).await?;
        viewer.map(Self).ok_or_else(not_found)
    }
}

/// Like [`CaseParticipant`], for a case action: also counted against the rate limits.
#[derive(Clone, Debug)]
pub struct CaseActor(pub Viewer);

impl FromRequestParts<HttpState> for CaseActor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, Problem> {
        let CaseParticipant(viewer) = CaseParticipant::from_request_parts(parts, state).await?;
        let counted = state.limits.case_action(&viewer);
        counted.map_err(|wait| Problem::too_many(wait.seconds))?;
        Ok(Self(viewer))
    }
}

/// The `{person}` in the path: the number of a participant of the case.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct PersonInPath {
    pub person: PersonNumber,
}

impl FromRequestParts<HttpState> for PersonInPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, Problem> {
        let path = Path::<Self>::from_request_parts(parts, state).await;
        path.map(|Path(there)| there).map_err(|_| Problem::new(Kind::CaseNotFound))
    }
}

/// A system of the organisation whose API key may read and change cases.
#[derive(Clone, Debug)]
pub struct DeskCaller(pub Caller);

impl FromRequestParts<HttpState> for DeskCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, Problem> {
        let key = key(parts, state).await?;
        Caller::from_key(&key).map(Self).ok_or_else(|| Problem::new(Kind::KeyNotAllowed))
    }
}

/// A system of the organisation whose API key may read cases.
#[derive(Clone, Debug)]
pub struct ReadCaller(pub Caller);

impl FromRequestParts<HttpState> for ReadCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, Problem> {
        let key = key(parts, state).await?;
        Caller::for_reading(&key).map(Self).ok_or_else(|| Problem::new(Kind::KeyNotAllowed))
    }
}

/// A system of the organisation whose API key may manage webhooks.
#[derive(Clone, Debug)]
pub struct WebhooksCaller(pub Caller);

impl FromRequestParts<HttpState> for WebhooksCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, Problem> {
        let key = key(parts, state).await?;
        Caller::for_webhooks(&key)
            .map(Self)
            .ok_or_else(|| Problem::new(Kind::KeyNotAllowed))
    }
}

/// A system of the organisation whose API key may read the equality totals.
#[derive(Clone, Debug)]
pub struct EqualityCaller(pub Caller);

impl FromRequestParts<HttpState> for EqualityCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, Problem> {
        let key = key(parts, state).await?;
        Caller::for_totals(&key).map(Self).ok_or_else(|| Problem::new(Kind::KeyNotAllowed))
    }
}

/// Authenticates the API key in `Authorization`.
async fn key(parts: &Parts, state: &HttpState) -> Result<Key, Problem> {
    let not_accepted = || Problem::new(Kind::KeyNotAccepted);
    let given = single(&parts.headers, &header::AUTHORIZATION).map_err(|_| not_accepted())?;
    let key = given.and_then(bearer).ok_or_else(not_accepted)?;
    let key = api_keys::authenticate(&state.services, key)
        .await
        .map_err(|e: ServiceError| Problem::service(&e))?;
    key.ok_or_else(not_accepted)
}

fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, key) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}
