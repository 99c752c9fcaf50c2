//! Signing in to follow a case, and out again.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::accepted::go;
use super::portal::ServicePortal;
use super::render::{Render, wrong};
use super::{Forms, body, trouble};
use crate::app::portal::{PortalError, Posted, Trouble};
use crate::complaint::fields::reference::Reference;
use crate::complaint::{FieldError, Fields};
use crate::door::client::ClientAddress;
use crate::service::sessions;

/// `POST /sign-in`. The answer to a wrong code is the same whether there is such a case or not, and takes as long.
pub(super) async fn post(State(forms): State<Forms>, from: ClientAddress, headers: HeaderMap, uri: Uri, body: Body) -> Response {
    let fields = match body::fields(body).await {
        Ok(fields) => fields,
        Err(body::NoForm::TooLong) => return StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        Err(body::NoForm::Interrupted) => return StatusCode::BAD_REQUEST.into_response(),
    };
    let (reference, code) = (fields.line("reference"), fields.line("access_code"));
    let missing = missing(&reference, &code);
    let (status, posted) = if missing.is_empty() {
        if let Err(wait) = forms.door.limits.sign_in(from, Reference::parse(&reference).as_ref()) {
            let seconds = wait.seconds;
            let posted = in_trouble(fields, Trouble::TooMany { seconds });
            let mut response = again(&forms, &headers, &uri, StatusCode::TOO_MANY_REQUESTS, posted).await;
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            return response;
        }
        match sessions::sign_in(&forms.door.services, &reference, &code).await {
            Ok(Some(session)) => {
                let lasts = session.expires_at - forms.door.services.now();
                let cookie = forms.door.cookies.set_session(&session.token.to_string(), lasts);
                return go(&format!("/cases/{}", session.reference), [cookie]);
            }
            Ok(None) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                wrong(fields, vec![FieldError::new("reference", "sign_in_failed")]),
            ),
            Err(failure) => (trouble::status(&failure), in_trouble(fields, Trouble::NotSaved)),
        }
    } else {
        (StatusCode::UNPROCESSABLE_ENTITY, wrong(fields, missing))
    };
    again(&forms, &headers, &uri, status, posted).await
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

fn missing(reference: &str, code: &str) -> Vec<FieldError> {
    let asked = [
        (reference, "reference", "reference_missing"),
        (code, "access_code", "access_code_missing"),
    ];
    let empty = asked.into_iter().filter(|(typed, ..)| typed.is_empty());
    empty.map(|(_, field, error)| FieldError::new(field, error)).collect()
}

fn in_trouble(fields: Fields, trouble: Trouble) -> Posted {
    Posted {
        fields,
        errors: Vec::new(),
        trouble: Some(trouble),
        found: None,
    }
}

async fn again(forms: &Forms, headers: &HeaderMap, uri: &Uri, status: StatusCode, posted: Posted) -> Response {
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
