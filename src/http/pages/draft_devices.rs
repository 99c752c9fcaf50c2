//! The devices on which a draft is open, and closing it on them.

use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use uuid::Uuid;

use crate::app::portal::ResumePage;
use crate::http::pages::accepted::see_other;
use crate::http::pages::body::FormBody;
use crate::http::pages::trouble::{self, PageResult};
use crate::http::pages::visit::Visit;
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

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

impl Visit {
    /// Redirects to [`CLOSED`] if the draft was closed on the device that sent the request.
    pub(crate) async fn leave_closed_draft(&self) -> Option<Response> {
        match self.draft_is_closed().await {
            Ok(closed) => closed.then(|| see_other(CLOSED, None)),
            // The page asks for the draft itself, and reports the failure.
            Err(failure) => {
                trouble::status(&failure);
                None
            }
        }
    }

    async fn draft_is_closed(&self) -> Result<bool, ServiceError> {
        match self.draft_token() {
            Some(token) => devices::was_ended(self.services(), &token).await,
            None => Ok(false),
        }
    }
}

/// `GET /closed-here`. Only for a device on which the draft was closed: the page would mislead all others.
pub(crate) async fn closed_page(visit: Visit) -> PageResult {
    Ok(if visit.draft_is_closed().await? {
        visit.open().await
    } else {
        see_other("/", None)
    })
}

/// `POST /closed-here`: makes the browser forget the closed draft. A draft that was opened again there is left alone.
pub(crate) async fn leave(visit: Visit) -> PageResult {
    let is_closed = visit.draft_is_closed().await?;
    Ok(see_other("/", is_closed.then(|| visit.cookies().clear_draft())))
}

/// `GET /open-devices`.
pub(crate) async fn page(visit: Visit) -> Response {
    let Some(token) = visit.draft_token() else {
        return see_other("/save-and-return", None);
    };
    let devices = match devices::list(visit.services(), &token).await {
        Ok(devices) => devices,
        Err(SaveError::Service(failure)) => return visit.page_with_status(trouble::status(&failure), visit.portal()).await,
        Err(error) => return elsewhere(&error),
    };
    let done = query::done(&visit.uri, &["yes"]).is_some();
    let portal = visit.portal().with_returning(Some(ResumePage::Devices { devices, done }));
    visit.page(portal).await
}

/// `POST /open-devices`: closes the draft on one device, or on all but this one.
pub(crate) async fn post(visit: Visit, FormBody(fields): FormBody) -> PageResult {
    let Some(token) = visit.draft_token() else {
        return Ok(see_other("/save-and-return", None));
    };
    let which = fields.raw("end");
    let ended = match (which, Uuid::try_parse(which)) {
        ("others", _) => devices::end_others(visit.services(), &token).await.map(|_| Ended::Other),
        (_, Ok(id)) => devices::end(visit.services(), &token, id).await,
        _ => return Ok(see_other(OPEN, None)),
    };
    Ok(match ended {
        Ok(Ended::This) => {
            let mut response = see_other("/", [visit.cookies().clear_draft()]);
            // Data stored for offline use is deleted too. If the browser holds other drafts, the start page deletes this draft's record
            // alone.
            if visit.cookies().held_drafts(&visit.headers).len() < 2 {
                response
                    .headers_mut()
                    .insert(CLEAR_SITE_DATA, HeaderValue::from_static("\"storage\""));
            }
            response
        }
        // A draft that was closed there meanwhile counts as closed.
        Ok(Ended::Other | Ended::NotThere) => see_other("/open-devices?done=yes", None),
        Err(SaveError::Service(failure)) => return Err(failure.into()),
        Err(error) => elsewhere(&error),
    })
}

/// Redirects to the page that says why there are no devices to show.
fn elsewhere(error: &SaveError) -> Response {
    match error {
        SaveError::AlreadySent { .. } => see_other(&Page::Sent.path(), None),
        _ => see_other("/save-and-return", None),
    }
}
