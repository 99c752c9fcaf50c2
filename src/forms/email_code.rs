//! Signing in with a code by email. Whatever is known of an address, every answer is the same.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;

use super::accepted::go;
use super::body::FormBody;
use super::portal::ServicePortal;
use super::render::{Render, wrong};
use super::sign_in::{again, in_trouble, remembers, signed_in, too_many};
use super::{Forms, trouble};
use crate::app::portal::{PortalError, Trouble};
use crate::complaint::fields::email;
use crate::complaint::fields::reference::Reference;
use crate::complaint::{FieldError, Fields};
use crate::door::client::ClientAddress;
use crate::service::email_codes::{self, Asked};

const ASK: &str = "/sign-in/email";
const TYPE_IN: &str = "/sign-in/code";

/// `POST /sign-in/email`: sends a code, if there is anybody to send it to, and goes on to where it is typed.
pub(super) async fn ask(
    State(forms): State<Forms>,
    from: ClientAddress,
    headers: HeaderMap,
    uri: Uri,
    FormBody(fields): FormBody,
) -> Response {
    let (email, reference) = (fields.line("email"), fields.line("reference"));
    let errors = errors(&email, &reference);
    if !errors.is_empty() {
        return again(&forms, &headers, &uri, StatusCode::UNPROCESSABLE_ENTITY, wrong(fields, errors)).await;
    }
    if let Err(wait) = forms.door.limits.sign_in_code(from) {
        return too_many(&forms, &headers, &uri, fields, wait).await;
    }
    let services = &forms.door.services;
    let reference = (!reference.is_empty()).then_some(reference);
    match email_codes::ask(services, reference, email, &from.bytes(), forms.door.language(&headers)).await {
        Ok(asked) => go(&format!("{TYPE_IN}?for={}", asked.sealed(services)), None),
        Err(failure) => {
            let posted = in_trouble(fields, Trouble::NotSaved);
            again(&forms, &headers, &uri, trouble::status(&failure), posted).await
        }
    }
}

/// What can be seen to be wrong without looking anything up.
fn errors(address: &str, reference: &str) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if address.is_empty() {
        errors.push(FieldError::new("email", "sign_in_email_missing"));
    } else if !email::is_plausible(address) {
        errors.push(FieldError::new("email", "email_not_plausible"));
    }
    if !reference.is_empty() && Reference::parse(reference).is_none() {
        errors.push(FieldError::new("reference", "reference_wrong"));
    }
    errors
}

/// `GET /sign-in/code`: where the code is typed. Looks nothing up and uses nothing up.
pub(super) async fn page(State(forms): State<Forms>, headers: HeaderMap, uri: Uri) -> Response {
    let sealed = uri.query().and_then(|query| query.strip_prefix("for=")).unwrap_or_default();
    if Asked::opened(&forms.door.services, sealed).is_none() {
        return go(ASK, None);
    }
    let fields = Fields(vec![("for".into(), sealed.to_owned())]);
    let portal = ServicePortal::new(&forms.door, &headers).without_draft(PortalError::Unavailable);
    let render = Render {
        forms: &forms,
        headers: &headers,
        uri: &uri,
        portal,
    };
    render.again(StatusCode::OK, wrong(fields, Vec::new())).await
}

/// `POST /sign-in/code`. The answer to a wrong code is the same whether one was ever sent.
pub(super) async fn post(
    State(forms): State<Forms>,
    from: ClientAddress,
    headers: HeaderMap,
    uri: Uri,
    FormBody(fields): FormBody,
) -> Response {
    let services = &forms.door.services;
    let Some(asked) = Asked::opened(services, fields.raw("for")) else {
        return go(ASK, None);
    };
    let code = fields.line("email_code");
    let (status, posted) = if code.is_empty() {
        let error = FieldError::new("email_code", "email_code_missing");
        (StatusCode::UNPROCESSABLE_ENTITY, wrong(fields, vec![error]))
    } else {
        if let Err(wait) = forms.door.limits.sign_in(from, Some(&asked.name())) {
            return too_many(&forms, &headers, &uri, fields, wait).await;
        }
        let device = forms.door.device(&headers, remembers(&fields));
        match email_codes::sign_in(services, &asked, &code, &device).await {
            Ok(Some(session)) => return signed_in(&forms, &session),
            Ok(None) => {
                let error = FieldError::new("email_code", "email_code_failed");
                (StatusCode::UNPROCESSABLE_ENTITY, wrong(fields, vec![error]))
            }
            Err(failure) => (trouble::status(&failure), in_trouble(fields, Trouble::NotSaved)),
        }
    };
    again(&forms, &headers, &uri, status, posted).await
}
