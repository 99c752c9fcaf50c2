//! Signing in with a code by email. All responses are the same, whether an address is known or not.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;

use crate::app::pages::NEXT_CODE_AT;
use crate::app::portal::{NotProcessed, PortalError};
use crate::http::client::ClientAddress;
use crate::http::pages::accepted::see_other;
use crate::http::pages::body::FormBody;
use crate::http::pages::portal::ServicePortal;
use crate::http::pages::render::{Render, wrong};
use crate::http::pages::sign_in::{in_trouble, remembers, render_rejected, signed_in, too_many};
use crate::http::pages::{Forms, trouble};
use crate::http::query;
use complaint::fields::reference::Reference;
use complaint::fields::{email, one_time_code};
use complaint::{FieldError, Fields};
use service::access::email_codes::{self, CodeRequest};

const ASK: &str = "/sign-in/email";
const TYPE_IN: &str = "/sign-in/code";

/// `POST /sign-in/email`: sends a code to the address of a participant, and redirects to the form for the code.
pub(crate) async fn ask(
    State(forms): State<Forms>,
    from: ClientAddress,
    headers: HeaderMap,
    uri: Uri,
    FormBody(fields): FormBody,
) -> Response {
    let reference = fields.line("reference");
    let email = match read(&fields.line("email"), &reference) {
        Ok(email) => email,
        Err(errors) => return render_rejected(&forms, &headers, &uri, StatusCode::UNPROCESSABLE_ENTITY, wrong(fields, errors)).await,
    };
    if let Err(wait) = forms.http.limits.sign_in_code(from) {
        return too_many(&forms, &headers, &uri, fields, wait).await;
    }
    let services = &forms.http.services;
    let reference = (!reference.is_empty()).then_some(reference);
    match email_codes::ask(services, reference, email, &from.bytes(), forms.http.language(&headers)).await {
        Ok(asked) => see_other(&format!("{TYPE_IN}?for={}", asked.sealed(services)), None),
        Err(failure) => {
            let posted = in_trouble(fields, NotProcessed::NotSaved);
            render_rejected(&forms, &headers, &uri, trouble::status(&failure), posted).await
        }
    }
}

/// Returns the address, or the errors that can be found without looking anything up.
fn read(address: &str, reference: &str) -> Result<String, Vec<FieldError>> {
    let read = if address.is_empty() {
        Err(FieldError::new("email", "sign_in_email_missing"))
    } else {
        email::read(address).map_err(|problem| problem.at("email"))
    };
    let wrong = !reference.is_empty() && Reference::parse(reference).is_none();
    let wrong = wrong.then(|| FieldError::new("reference", "reference_wrong"));
    match (read, wrong) {
        (Ok(email), None) => Ok(email),
        (read, wrong) => Err(read.err().into_iter().chain(wrong).collect()),
    }
}

/// `GET /sign-in/code`: the form for the code. Looks nothing up and uses nothing up.
pub(crate) async fn page(State(forms): State<Forms>, headers: HeaderMap, uri: Uri) -> Response {
    let sealed = query::value(&uri, "for").unwrap_or_default();
    let Some(asked) = CodeRequest::opened(&forms.http.services, &sealed) else {
        return see_other(ASK, None);
    };
    let fields = with_next(Fields(vec![("for".into(), sealed)]), &asked);
    let portal = ServicePortal::new(&forms.http, &headers).without_draft(PortalError::Unavailable);
    let render = Render {
        forms: &forms,
        headers: &headers,
        uri: &uri,
        portal,
    };
    render.render_rejected(StatusCode::OK, wrong(fields, Vec::new())).await
}

/// Adds the time from which another code can be sent, if this request sent none.
fn with_next(mut fields: Fields, asked: &CodeRequest) -> Fields {
    fields.0.retain(|(name, _)| name != NEXT_CODE_AT);
    fields
        .0
        .extend(asked.next_code_at().map(|moment| (NEXT_CODE_AT.to_owned(), moment.time)));
    fields
}

/// `POST /sign-in/code`. The response to a wrong code is the same whether a code was ever sent or not.
pub(crate) async fn post(
    State(forms): State<Forms>,
    from: ClientAddress,
    headers: HeaderMap,
    uri: Uri,
    FormBody(fields): FormBody,
) -> Response {
    let services = &forms.http.services;
    let Some(asked) = CodeRequest::opened(services, fields.raw("for")) else {
        return see_other(ASK, None);
    };
    let fields = with_next(fields, &asked);
    let typed = fields.line("email_code");
    let refused = |fields: Fields, code| {
        let error = FieldError::new("email_code", code);
        (StatusCode::UNPROCESSABLE_ENTITY, wrong(fields, vec![error]))
    };
    let (status, posted) = if typed.is_empty() {
        refused(fields, "email_code_missing")
    } else if let Some(code) = one_time_code::find(&typed) {
        if let Err(wait) = forms.http.limits.sign_in(from, Some(&asked.name())) {
            return too_many(&forms, &headers, &uri, fields, wait).await;
        }
        let device = forms.http.device(&headers, remembers(&fields));
        match email_codes::sign_in(services, &asked, &code, &device).await {
            Ok(Some(session)) => return signed_in(&forms, &session),
            Ok(None) => refused(fields, "email_code_failed"),
            Err(failure) => (trouble::status(&failure), in_trouble(fields, NotProcessed::NotSaved)),
        }
    } else {
        // An incomplete code does not count as an attempt.
        refused(fields, "email_code_shape")
    };
    render_rejected(&forms, &headers, &uri, status, posted).await
}
