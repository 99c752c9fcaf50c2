//! Signing in to a case, and signing out.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::app::portal::{NotProcessed, PortalError, RejectedForm, RepresentationPage};
use crate::http::client::ClientAddress;
use crate::http::limits::RetryAfter;
use crate::http::pages::accepted::see_other;
use crate::http::pages::body::FormBody;
use crate::http::pages::portal::ServicePortal;
use crate::http::pages::render::{Render, wrong};
use crate::http::pages::{Forms, trouble};
use complaint::fields::{AccessCode, Reference};
use complaint::{FieldError, Fields};
use contract::people::NoAccess;
use service::access::sessions::{self, NewSession, SignIn};

/// `POST /sign-in`. The response to a wrong code is the same whether the case exists or not, and takes as long.
pub(crate) async fn post(
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
        if let Err(wait) = forms.http.limits.sign_in(from, with.as_deref()) {
            return too_many(&forms, &headers, &uri, fields, wait).await;
        }
        let device = forms.http.device(&headers, remembers(&fields));
        match sessions::sign_in_on(&forms.http.services, &reference, &code, &device).await {
            Ok(SignIn::Opened(session)) => return signed_in(&forms, &session),
            Ok(SignIn::NoAccess(why)) => return no_access(&forms, &headers, &uri, why).await,
            Ok(SignIn::Failed) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                wrong(fields, vec![FieldError::new("reference", "sign_in_failed")]),
            ),
            Err(failure) => (trouble::status(&failure), in_trouble(fields, NotProcessed::NotSaved)),
        }
    } else {
        (StatusCode::UNPROCESSABLE_ENTITY, wrong(fields, wrong_shape))
    };
    render_rejected(&forms, &headers, &uri, status, posted).await
}

/// The page that says why a person with a valid code may do nothing on the case.
async fn no_access(forms: &Forms, headers: &HeaderMap, uri: &Uri, why: NoAccess) -> Response {
    let portal = ServicePortal::new(&forms.http, headers)
        .without_draft(PortalError::Unavailable)
        .with_acting(RepresentationPage::NoAccess(why));
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
pub(crate) async fn sign_out(State(forms): State<Forms>, headers: HeaderMap) -> Response {
    if let Some(token) = forms.http.cookies.session_token(&headers)
        && let Err(failure) = sessions::sign_out(&forms.http.services, &token).await
    {
        return trouble::status(&failure).into_response();
    }
    see_other("/", [forms.http.cookies.clear_session()])
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
pub(crate) fn remembers(fields: &Fields) -> bool {
    fields.raw("remember") == "yes"
}

/// Redirects to the case, or to the list of cases, and sets the session cookie.
pub(crate) fn signed_in(forms: &Forms, session: &NewSession) -> Response {
    let lasts = session.expires_at - forms.http.services.now();
    let cookie = forms.http.cookies.set_session(&session.token.to_string(), lasts);
    let to = if session.opens_all {
        "/cases".to_owned()
    } else {
        format!("/cases/{}", session.reference)
    };
    see_other(&to, [cookie])
}

/// Renders the page again, with how long to wait.
pub(crate) async fn too_many(forms: &Forms, headers: &HeaderMap, uri: &Uri, fields: Fields, wait: RetryAfter) -> Response {
    let seconds = wait.seconds;
    let posted = in_trouble(fields, NotProcessed::TooMany { seconds });
    let mut response = render_rejected(forms, headers, uri, StatusCode::TOO_MANY_REQUESTS, posted).await;
    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    response
}

pub(crate) fn in_trouble(fields: Fields, trouble: NotProcessed) -> RejectedForm {
    RejectedForm {
        fields,
        errors: Vec::new(),
        trouble: Some(trouble),
        found: None,
    }
}

pub(crate) async fn render_rejected(forms: &Forms, headers: &HeaderMap, uri: &Uri, status: StatusCode, posted: RejectedForm) -> Response {
    let portal = ServicePortal::new(&forms.http, headers).without_draft(PortalError::Unavailable);
    Render {
        forms,
        headers,
        uri,
        portal,
    }
    .render_rejected(status, posted)
    .await
}
