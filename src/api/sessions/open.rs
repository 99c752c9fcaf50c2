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
use crate::complaint::fields::reference::Reference;
use crate::door::DoorState;
use crate::door::client::ClientAddress;
use crate::service::london::moment;
use crate::service::sessions;

const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// A reference and its access code, as they are typed: any case, spaces or dashes anywhere, O for 0, I or L for 1.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    #[schema(example = "RC-7K3M-92QF")]
    reference: String,
    #[schema(example = "4F7K-Q2MZ-81RD")]
    access_code: String,
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
    /// The case it opens, in the reference's one spelling.
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
        (status = 401, description = "The two do not belong together. The same whether there is such a reference or not.",
         body = ProblemBody, content_type = "application/problem+json", headers(("WWW-Authenticate" = String))),
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
    let reference = Reference::parse(&typed.reference);
    let allowed = state.limits.sign_in(from, reference.as_ref());
    allowed.map_err(|wait| Problem::too_many(wait.seconds))?;
    let session = sessions::sign_in(&state.services, &typed.reference, &typed.access_code).await?;
    let session = session.ok_or_else(|| Problem::new(Kind::SignInFailed))?;
    let token = session.token.to_string();
    if prefers_representation(&headers) {
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
