//! `POST /api/v1/sessions`

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::HttpState;
use crate::http::api::body::Unvalidated;
use crate::http::api::headers::prefers_representation;
use crate::http::api::problem::{Kind, Problem, ProblemBody, responses};
use crate::http::client::ClientAddress;
use complaint::fields::{AccessCode, Reference, one_time_code};
use service::access::email_codes::{self, CodeRequest};
use service::access::sessions;
use service::london::moment;

const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// The credentials: a reference with its access code, or an emailed code with the `asked` of the request for it.
///
/// References and codes are accepted as typed or pasted: any case, any separators, within a sentence. In references and access codes, O
/// counts as 0, and I and L count as 1. A text that cannot be a reference or a code does not count as an attempt.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub enum SignIn {
    AccessCode(WithAccessCode),
    EmailCode(WithEmailCode),
}

/// A reference and an access code of that case.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithAccessCode {
    #[schema(example = "RC-7K3M-92QF")]
    reference: String,
    #[schema(example = "4F7K-Q2MZ-81RD")]
    access_code: String,
    /// Keeps the session for some days.
    #[serde(default)]
    remember: bool,
}

/// A code that was sent by email. It opens what it was requested for: one case, or all cases of people who have confirmed this mailbox.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithEmailCode {
    /// The `asked` from the response to the request for the code.
    asked: String,
    #[schema(example = "1234 5678")]
    email_code: String,
    /// Keeps the session for some days.
    #[serde(default)]
    remember: bool,
}

/// The optional headers of a sign-in.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only the derive macro uses this")]
struct Preference {
    /// `return=representation` returns the token instead of setting a cookie
    #[param(rename = "Prefer", required = false, nullable = false, value_type = String)]
    prefer: Option<String>,
}

/// A new session.
#[derive(Serialize, ToSchema)]
pub struct NewSession {
    /// The session token, for `Authorization: Bearer`. Shown only once.
    token: String,
    /// The reference of the case, in its canonical spelling; of the newest case if the session opens several.
    reference: String,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// Sign in to follow a case
///
/// Sets the session cookie. With `Prefer: return=representation`, returns the token instead.
#[utoipa::path(
    post,
    path = "/api/v1/sessions",
    operation_id = "signIn",
    tag = "Following a case",
    params(Preference),
    request_body = SignIn,
    responses(
        (status = 200, description = "Signed in. With the token, as requested.", body = NewSession,
         headers(("Preference-Applied" = String))),
        (status = 204, description = "Signed in.", headers(("Set-Cookie" = String, description = "The session cookie"))),
        (status = 401, description = "Wrong credentials. The response does not reveal whether the reference or the address exists.",
         body = ProblemBody, content_type = "application/problem+json", headers(("WWW-Authenticate" = String))),
        (status = 403, description = "The code is right, but the person's authority has ended or was refused: `errors` says which.",
         body = ProblemBody, content_type = "application/problem+json"),
        responses::Always, responses::CrossSite, responses::Limited, responses::WithBody,
    ),
    security(()),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    from: ClientAddress,
    headers: HeaderMap,
    Unvalidated(typed): Unvalidated<SignIn>,
) -> Result<Response, Problem> {
    match &typed {
        SignIn::AccessCode(typed) => by_access_code(&state, from, &headers, typed).await,
        SignIn::EmailCode(typed) => by_email_code(&state, from, &headers, typed).await,
    }
}

async fn by_email_code(state: &HttpState, from: ClientAddress, headers: &HeaderMap, typed: &WithEmailCode) -> Result<Response, Problem> {
    // A text without a complete code does not count as an attempt.
    if one_time_code::find(&typed.email_code).is_none() {
        return Err(Problem::new(Kind::SignInFailed));
    }
    let asked = CodeRequest::opened(&state.services, &typed.asked);
    let allowed = state.limits.sign_in(from, asked.as_ref().map(CodeRequest::name).as_deref());
    allowed.map_err(|wait| Problem::too_many(wait.seconds))?;
    let device = state.device(headers, typed.remember);
    let session = match asked {
        Some(asked) => email_codes::sign_in(&state.services, &asked, &typed.email_code, &device).await?,
        None => None,
    };
    opened(state, headers, session)
}

async fn by_access_code(state: &HttpState, from: ClientAddress, headers: &HeaderMap, typed: &WithAccessCode) -> Result<Response, Problem> {
    let reference = Reference::parse(&typed.reference).map(|reference| reference.to_string());
    // A text that cannot be a reference or an access code does not count as an attempt.
    if reference.is_none() || AccessCode::parse(&typed.access_code).is_none() {
        return Err(Problem::new(Kind::SignInFailed));
    }
    let allowed = state.limits.sign_in(from, reference.as_deref());
    allowed.map_err(|wait| Problem::too_many(wait.seconds))?;
    let device = state.device(headers, typed.remember);
    match sessions::sign_in_on(&state.services, &typed.reference, &typed.access_code, &device).await? {
        sessions::SignIn::Opened(session) => opened(state, headers, Some(session)),
        sessions::SignIn::NoAccess(why) => Err(Problem::no_access(why)),
        sessions::SignIn::Failed => opened(state, headers, None),
    }
}

fn opened(state: &HttpState, headers: &HeaderMap, session: Option<sessions::NewSession>) -> Result<Response, Problem> {
    let session = session.ok_or_else(|| Problem::new(Kind::SignInFailed))?;
    let token = session.token.to_string();
    if prefers_representation(headers) {
        let body = NewSession {
            token,
            reference: session.reference,
            expires_at: moment(session.expires_at.into()).at,
        };
        return Ok(([(PREFERENCE_APPLIED, "return=representation")], Json(body)).into_response());
    }
    let cookie = state.cookies.set_session(&token, session.expires_at - state.services.now());
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}
