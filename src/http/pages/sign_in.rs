//! Signing in to a case, and signing out.

use axum::response::Response;

use crate::app::portal::RepresentationPage;
use crate::http::pages::accepted::see_other;
use crate::http::pages::body::FormBody;
use crate::http::pages::trouble::PageResult;
use crate::http::pages::visit::{Rejection, Visit};
use complaint::case::form_checks;
use complaint::fields::Reference;
use complaint::{FieldError, Fields};
use service::access::sessions::{self, NewSession, SignIn};

/// `POST /sign-in`. The response to a wrong code is the same whether the case exists or not, and takes as long.
pub(crate) async fn post(visit: Visit, FormBody(fields): FormBody) -> Response {
    let done = sign_in(&visit, &fields).await;
    visit.respond(visit.portal(), fields, done).await
}

async fn sign_in(visit: &Visit, fields: &Fields) -> Result<Response, Rejection> {
    let (reference, code) = (fields.line("reference"), fields.line("access_code"));
    let errors = form_checks::sign_in(fields);
    if !errors.is_empty() {
        return Err(errors.into());
    }
    let with = Reference::parse(&reference).map(|reference| reference.to_string());
    visit.limits().sign_in(visit.from, with.as_deref())?;
    let device = visit.http().device(&visit.headers, remembers(fields));
    match sessions::sign_in_on(visit.services(), &reference, &code, &device).await? {
        SignIn::Opened(session) => Ok(signed_in(visit, &session)),
        // The page says why a person with a valid code may do nothing on the case.
        SignIn::NoAccess(why) => Ok(visit.page(visit.portal().with_acting(RepresentationPage::NoAccess(why))).await),
        SignIn::Failed => Err(FieldError::new("reference", "sign_in_failed").into()),
    }
}

/// `POST /sign-out`.
pub(crate) async fn sign_out(visit: Visit) -> PageResult {
    if let Some(token) = visit.cookies().session_token(&visit.headers) {
        sessions::sign_out(visit.services(), &token).await?;
    }
    Ok(see_other("/", [visit.cookies().clear_session()]))
}

/// Whether the person asked to remember this device.
pub(crate) fn remembers(fields: &Fields) -> bool {
    fields.raw("remember") == "yes"
}

/// Redirects to the case, or to the list of cases, and sets the session cookie.
pub(crate) fn signed_in(visit: &Visit, session: &NewSession) -> Response {
    let lasts = session.expires_at - visit.services().now();
    let cookie = visit.cookies().set_session(&session.token.to_string(), lasts);
    let to = if session.opens_all {
        "/cases".to_owned()
    } else {
        format!("/cases/{}", session.reference)
    };
    see_other(&to, [cookie])
}
