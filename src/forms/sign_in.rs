//! Signing in to a case, and signing out.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::accepted::go;
use super::body::FormBody;
use super::portal::ServicePortal;
use super::render::{Render, wrong};
use super::{Forms, trouble};
use crate::app::portal::{Acting, PortalError, Posted, Trouble};
use crate::door::client::ClientAddress;
use crate::door::limits::RetryAfter;
use complaint::fields::{AccessCode, Reference};
use complaint::{FieldError, Fields};
use contract::people::NoAccess;
use service::sessions::{self, NewSession, SignIn};

/// `POST /sign-in`. The response to a wrong code is the same whether the case exists or not, and takes as long.
pub(super) async fn post(
    State(forms): State<Forms>,
    from: ClientAddress,
    headers: HeaderMap,
    uri: Uri,
    FormBody(fields): FormBody,
) -> Response {
    let (reference, code) = (fields.line("reference"), fields.line("access_code"));
    let wrong_shape = not_whole(&reference, &code);
    let (status, posted) = if wrong_shape.is_empty() {
        let with = Reference::parse(&reference).map(|reference| reference.to_string());
        if let Err(wait) = forms.door.limits.sign_in(from, with.as_deref()) {
            return too_many(&forms, &headers, &uri, fields, wait).await;
        }
        let device = forms.door.device(&headers, remembers(&fields));
        match sessions::sign_in_on(&forms.door.services, &reference, &code, &device).await {
            Ok(SignIn::Opened(session)) => return signed_in(&forms, &session),
            Ok(SignIn::NoAccess(why)) => return no_access(&forms, &headers, &uri, why).await,
            Ok(SignIn::Failed) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                wrong(fields, vec![FieldError::new("reference", "sign_in_failed")]),
            ),
            Err(failure) => (trouble::status(&failure), in_trouble(fields, Trouble::NotSaved)),
        }
    } else {
        (StatusCode::UNPROCESSABLE_ENTITY, wrong(fields, wrong_shape))
    };
    again(&forms, &headers, &uri, status, posted).await
}

/// The page that says why a person with a valid code may do nothing on the case.
async fn no_access(forms: &Forms, headers: &HeaderMap, uri: &Uri, why: NoAccess) -> Response {
    let portal = ServicePortal::new(&forms.door, headers)
        .without_draft(PortalError::Unavailable)
        .with_acting(Acting::NoAccess(why));
    Render {
        forms,
        headers,
        uri,
        portal,
    }
    .page()
    .await
}

/// `POST /sign-out`.
pub(super) async fn sign_out(State(forms): State<Forms>, headers: HeaderMap) -> Response {
    if let Some(token) = forms.door.cookies.session_token(&headers)
        && let Err(failure) = sessions::sign_out(&forms.door.services, &token).await
    {
        return trouble::status(&failure).into_response();
    }
    go("/", [forms.door.cookies.clear_session()])
}

/// Returns errors for missing fields, and for text that cannot be a reference or an access code. Such a form does not count as an attempt.
fn not_whole(reference: &str, code: &str) -> Vec<FieldError> {
    let asked = [
        (
            reference,
            Reference::parse(reference).is_some(),
            "reference",
            ["reference_missing", "sign_in_failed"],
        ),
        (
            code,
            AccessCode::parse(code).is_some(),
            "access_code",
            ["access_code_missing", "access_code_shape"],
        ),
    ];
    let not_whole = asked.into_iter().filter(|(_, is_whole, ..)| !is_whole);
    not_whole
        .map(|(typed, _, field, [missing, wrong])| FieldError::new(field, if typed.is_empty() { missing } else { wrong }))
        .collect()
}

/// Whether the person asked to remember this device.
pub(super) fn remembers(fields: &Fields) -> bool {
    fields.raw("remember") == "yes"
}

/// Redirects to the case, or to the list of cases, and sets the session cookie.
pub(super) fn signed_in(forms: &Forms, session: &NewSession) -> Response {
    let lasts = session.expires_at - forms.door.services.now();
    let cookie = forms.door.cookies.set_session(&session.token.to_string(), lasts);
    let to = if session.opens_all {
        "/cases".to_owned()
    } else {
        format!("/cases/{}", session.reference)
    };
    go(&to, [cookie])
}

/// Renders the page again, with how long to wait.
pub(super) async fn too_many(forms: &Forms, headers: &HeaderMap, uri: &Uri, fields: Fields, wait: RetryAfter) -> Response {
    let seconds = wait.seconds;
    let posted = in_trouble(fields, Trouble::TooMany { seconds });
    let mut response = again(forms, headers, uri, StatusCode::TOO_MANY_REQUESTS, posted).await;
    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    response
}

pub(super) fn in_trouble(fields: Fields, trouble: Trouble) -> Posted {
    Posted {
        fields,
        errors: Vec::new(),
        trouble: Some(trouble),
        found: None,
    }
}

pub(super) async fn again(forms: &Forms, headers: &HeaderMap, uri: &Uri, status: StatusCode, posted: Posted) -> Response {
    let portal = ServicePortal::new(&forms.door, headers).without_draft(PortalError::Unavailable);
    Render {
        forms,
        headers,
        uri,
        portal,
    }
    .again(status, posted)
    .await
}
