//! `POST /api/v1/sessions`

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::body::Body;
use crate::api::headers::prefers_representation;
use crate::api::problem::{Kind, Problem, ProblemBody, responses};
use crate::complaint::fields::{AccessCode, Reference, one_time_code};
use crate::door::DoorState;
use crate::door::client::ClientAddress;
use crate::service::email_codes::{self, Asked};
use crate::service::london::moment;
use crate::service::sessions;

const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// What somebody signs in with: a reference with its access code, or a code that was sent by email with what was asked for.
/// References and codes as they are typed or pasted: any case, any signs between their symbols, in a sentence too; O for 0, I or L for
/// 1 in references and access codes. What can be no reference or no code counts as no try.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub enum SignIn {
    AccessCode(WithAccessCode),
    EmailCode(WithEmailCode),
}

/// A reference and its access code.
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

/// A code that was sent by email. Opens what it was asked for: one case, or all cases whose people have shown that they read this mail.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithEmailCode {
    /// From the answer when the code was asked for.
    asked: String,
    #[schema(example = "1234 5678")]
    email_code: String,
    /// Keeps the session for some days.
    #[serde(default)]
    remember: bool,
}

/// What the caller would like to get.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "read by the derive only")]
struct Preference {
    /// `return=representation` shows the token in place of setting a cookie
    #[param(rename = "Prefer", required = false, nullable = false, value_type = String)]
    prefer: Option<String>,
}

/// A session just opened.
#[derive(Serialize, ToSchema)]
pub struct NewSession {
    /// Opens the session, as `Authorization: Bearer`. Shown this once.
    token: String,
    /// The case it opens, in the reference's one spelling; the newest of them when it opens several.
    reference: String,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// Signs in to follow a case.
///
/// Sets the session cookie, or shows the token when asked with `Prefer: return=representation`.
#[utoipa::path(
    post,
    path = "/api/v1/sessions",
    operation_id = "signIn",
    tag = "Following a case",
    params(Preference),
    request_body = SignIn,
    responses(
        (status = 200, description = "Signed in; as asked for, with the token.", body = NewSession,
         headers(("Preference-Applied" = String))),
        (status = 204, description = "Signed in.", headers(("Set-Cookie" = String, description = "The session cookie"))),
        (status = 401, description = "They do not belong together. The same whether there is such a reference or address or not.",
         body = ProblemBody, content_type = "application/problem+json", headers(("WWW-Authenticate" = String))),
        (status = 403, description = "The code is right, and its holder's authority to act on the case has ended or was refused: `errors` says which.",
         body = ProblemBody, content_type = "application/problem+json"),
        responses::Always, responses::Guarded, responses::Limited, responses::WithBody,
    ),
    security(()),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<DoorState>,
    from: ClientAddress,
    headers: HeaderMap,
    Body(typed): Body<SignIn>,
) -> Result<Response, Problem> {
    match &typed {
        SignIn::AccessCode(typed) => by_access_code(&state, from, &headers, typed).await,
        SignIn::EmailCode(typed) => by_email_code(&state, from, &headers, typed).await,
    }
}

async fn by_email_code(state: &DoorState, from: ClientAddress, headers: &HeaderMap, typed: &WithEmailCode) -> Result<Response, Problem> {
    // What is no whole code is no try.
    if one_time_code::find(&typed.email_code).is_none() {
        return Err(Problem::new(Kind::SignInFailed));
    }
    let asked = Asked::opened(&state.services, &typed.asked);
    let allowed = state.limits.sign_in(from, asked.as_ref().map(Asked::name).as_deref());
    allowed.map_err(|wait| Problem::too_many(wait.seconds))?;
    let device = state.device(headers, typed.remember);
    let session = match asked {
        Some(asked) => email_codes::sign_in(&state.services, &asked, &typed.email_code, &device).await?,
        None => None,
    };
    opened(state, headers, session)
}

async fn by_access_code(state: &DoorState, from: ClientAddress, headers: &HeaderMap, typed: &WithAccessCode) -> Result<Response, Problem> {
    let reference = Reference::parse(&typed.reference).map(|reference| reference.to_string());
    // What can be no reference or no access code, whoever has it, is no try.
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

fn opened(state: &DoorState, headers: &HeaderMap, session: Option<sessions::NewSession>) -> Result<Response, Problem> {
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
