//! Signing in with a code by email. All responses are the same, whether an address is known or not.

use axum::response::Response;

use crate::app::pages::NEXT_CODE_AT;
use crate::http::pages::accepted::see_other;
use crate::http::pages::body::FormBody;
use crate::http::pages::sign_in::{remembers, signed_in};
use crate::http::pages::visit::{Rejection, Visit};
use crate::http::query;
use complaint::case::form_checks;
use complaint::{FieldError, Fields};
use service::access::email_codes::{self, CodeRequest};

const ASK: &str = "/sign-in/email";
const TYPE_IN: &str = "/sign-in/code";

/// `POST /sign-in/email`: sends a code to the address of a participant, and redirects to the form for the code.
pub(crate) async fn ask(visit: Visit, FormBody(fields): FormBody) -> Response {
    let done = send_code(&visit, &fields).await;
    visit.respond(visit.portal(), fields, done).await
}

async fn send_code(visit: &Visit, fields: &Fields) -> Result<Response, Rejection> {
    let reference = fields.line("reference");
    let email = form_checks::sign_in_email(fields)?;
    visit.limits().sign_in_code(visit.from)?;
    let reference = (!reference.is_empty()).then_some(reference);
    let asked = email_codes::ask(visit.services(), reference, email, &visit.from.bytes(), visit.language()).await?;
    Ok(see_other(&format!("{TYPE_IN}?for={}", asked.sealed(visit.services())), None))
}

/// `GET /sign-in/code`: the form for the code. Looks nothing up and uses nothing up.
pub(crate) async fn page(visit: Visit) -> Response {
    let sealed = query::value(&visit.uri, "for").unwrap_or_default();
    let Some(asked) = CodeRequest::opened(visit.services(), &sealed) else {
        return see_other(ASK, None);
    };
    let fields = with_next(Fields(vec![("for".into(), sealed)]), &asked);
    visit.filled_page(visit.portal(), fields).await
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
pub(crate) async fn post(visit: Visit, FormBody(fields): FormBody) -> Response {
    let Some(asked) = CodeRequest::opened(visit.services(), fields.raw("for")) else {
        return see_other(ASK, None);
    };
    let fields = with_next(fields, &asked);
    let done = sign_in(&visit, &asked, &fields).await;
    visit.respond(visit.portal(), fields, done).await
}

async fn sign_in(visit: &Visit, asked: &CodeRequest, fields: &Fields) -> Result<Response, Rejection> {
    let code = form_checks::one_time_code(fields, "email_code")?;
    visit.limits().sign_in(visit.from, Some(&asked.name()))?;
    let device = visit.http().device(&visit.headers, remembers(fields));
    let session = email_codes::sign_in(visit.services(), asked, &code, &device).await?;
    let session = session.ok_or_else(|| FieldError::new("email_code", "email_code_failed"))?;
    Ok(signed_in(visit, &session))
}
