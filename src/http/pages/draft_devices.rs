//! The devices on which a draft is open, and closing it on them.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Uri};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use crate::app::portal::ResumePage;
use crate::http::pages::accepted::see_other;
use crate::http::pages::body::FormBody;
use crate::http::pages::portal::ServicePortal;
use crate::http::pages::resume::{CLEAR_SITE_DATA, PageRequest};
use crate::http::pages::show;
use crate::http::pages::{Forms, trouble};
use crate::http::query;
use complaint::Page;
use service::ServiceError;
use service::drafts::{
    SaveError,
    devices::{self, Ended},
};

/// The page that lists the devices on which a draft is open.
pub(crate) const OPEN: &str = "/open-devices";

/// The page for a device on which the draft was closed.
pub(crate) const CLOSED: &str = "/closed-here";

/// Redirects to [`CLOSED`] if the draft was closed on the device that sent the request.
pub(crate) async fn closed(forms: &Forms, headers: &HeaderMap) -> Option<Response> {
    match is_ended(forms, headers).await {
        Ok(ended) => ended.then(|| see_other(CLOSED, None)),
        // The page asks for the draft itself, and reports the failure.
        Err(failure) => {
            trouble::status(&failure);
            None
        }
    }
}

async fn is_ended(forms: &Forms, headers: &HeaderMap) -> Result<bool, ServiceError> {
    match forms.http.cookies.draft_token(headers) {
        Some(token) => devices::was_ended(&forms.http.services, &token).await,
        None => Ok(false),
    }
}

/// `GET /closed-here`. Only for a device on which the draft was closed: the page would mislead all others.
pub(crate) async fn closed_page(State(forms): State<Forms>, headers: HeaderMap, uri: Uri) -> Response {
    match is_ended(&forms, &headers).await {
        Ok(true) => show::open(State(forms), headers, uri).await,
        Ok(false) => see_other("/", None),
        Err(failure) => trouble::status(&failure).into_response(),
    }
}

/// `POST /closed-here`: makes the browser forget the closed draft. A draft that was opened again there is left alone.
pub(crate) async fn leave(State(forms): State<Forms>, headers: HeaderMap) -> Response {
    match is_ended(&forms, &headers).await {
        Ok(true) => see_other("/", [forms.http.cookies.clear_draft()]),
        Ok(false) => see_other("/", None),
        Err(failure) => trouble::status(&failure).into_response(),
    }
}

/// `GET /open-devices`.
pub(crate) async fn page(State(forms): State<Forms>, headers: HeaderMap, uri: Uri) -> Response {
    let Some(token) = forms.http.cookies.draft_token(&headers) else {
        return see_other("/save-and-return", None);
    };
    let devices = match devices::list(&forms.http.services, &token).await {
        Ok(devices) => devices,
        Err(SaveError::Service(failure)) => {
            let status = trouble::status(&failure);
            let mut response = show::open(State(forms), headers, uri).await;
            *response.status_mut() = status;
            return response;
        }
        Err(error) => return elsewhere(&error),
    };
    let done = query::done(&uri, &["yes"]).is_some();
    let portal = ServicePortal::new(&forms.http, &headers);
    let visit = PageRequest {
        forms: &forms,
        headers: &headers,
        uri: &uri,
    };
    visit.render(portal, Some(ResumePage::Devices { devices, done })).page().await
}

/// `POST /open-devices`: closes the draft on one device, or on all but this one.
pub(crate) async fn post(State(forms): State<Forms>, headers: HeaderMap, FormBody(fields): FormBody) -> Response {
    let Some(token) = forms.http.cookies.draft_token(&headers) else {
        return see_other("/save-and-return", None);
    };
    let (services, which) = (&forms.http.services, fields.raw("end"));
    let ended = match (which, Uuid::try_parse(which)) {
        ("others", _) => devices::end_others(services, &token).await.map(|_| Ended::Other),
        (_, Ok(id)) => devices::end(services, &token, id).await,
        _ => return see_other(OPEN, None),
    };
    match ended {
        Ok(Ended::This) => {
            let mut response = see_other("/", [forms.http.cookies.clear_draft()]);
            // Data stored for offline use is deleted too. If the browser holds other drafts, the start page deletes this draft's record
            // alone.
            if forms.http.cookies.held_drafts(&headers).len() < 2 {
                response
                    .headers_mut()
                    .insert(CLEAR_SITE_DATA, HeaderValue::from_static("\"storage\""));
            }
            response
        }
        // A draft that was closed there meanwhile counts as closed.
        Ok(Ended::Other | Ended::NotThere) => see_other("/open-devices?done=yes", None),
        Err(SaveError::Service(failure)) => trouble::status(&failure).into_response(),
        Err(error) => elsewhere(&error),
    }
}

/// Redirects to the page that says why there are no devices to show.
fn elsewhere(error: &SaveError) -> Response {
    match error {
        SaveError::AlreadySent { .. } => see_other(&Page::Sent.path(), None),
        _ => see_other("/save-and-return", None),
    }
}
