//! The request of a page, and the rejection of a posted form.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header, request::Parts};
use axum::response::Response;

use crate::app::portal::{NotProcessed, PortalError, RejectedForm};
use crate::http::HttpState;
use crate::http::client::ClientAddress;
use crate::http::cookies::CookieNames;
use crate::http::limits::{RateLimits, RetryAfter};
use crate::http::pages::portal::ServicePortal;
use crate::http::pages::{Forms, trouble};
use complaint::{FieldError, Fields};
use service::access::sessions::{self, Session};
use service::access::token::DraftToken;
use service::access::viewer::{self, Viewer};
use service::cases::actions::CaseActionError;
use service::{ServiceError, Services};
use text::Language;

/// A request for a page, without its body. A handler that reads the body takes the visit first.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    pub(crate) forms: Forms,
    pub(crate) headers: HeaderMap,
    /// The address that selects the page.
    pub(crate) uri: Uri,
    pub(crate) from: ClientAddress,
    /// Whether the page is sent to other first visitors too.
    pub(crate) is_same_for_all: bool,
}

/// Marks a request whose page is sent to other first visitors too. Its nonce is removed, and its policy set, when it is complete.
#[derive(Clone, Copy, Debug)]
pub struct SameForAll;

impl FromRequestParts<Forms> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, forms: &Forms) -> Result<Self, Infallible> {
        Ok(Self {
            from: ClientAddress::from_request_parts(parts, forms).await?,
            forms: forms.clone(),
            headers: parts.headers.clone(),
            uri: parts.uri.clone(),
            is_same_for_all: parts.extensions.get::<SameForAll>().is_some(),
        })
    }
}

impl Visit {
    pub(crate) fn http(&self) -> &HttpState {
        &self.forms.http
    }

    pub(crate) fn services(&self) -> &Services {
        &self.forms.http.services
    }

    pub(crate) fn limits(&self) -> &RateLimits {
        &self.forms.http.limits
    }

    pub(crate) fn cookies(&self) -> &CookieNames {
        &self.forms.http.cookies
    }

    pub(crate) fn language(&self) -> Language {
        self.forms.http.language(&self.headers)
    }

    /// Returns the token of the draft that the request is for.
    pub(crate) fn draft_token(&self) -> Option<DraftToken> {
        self.cookies().draft_token(&self.headers)
    }

    /// Returns the cookie of a draft that was just saved, which restarts the draft's retention period.
    pub(crate) fn draft_cookie(&self, token: &DraftToken) -> HeaderValue {
        let days = self.services().settings().draft_days;
        self.cookies().set_draft(token, time::Duration::days(days.into()))
    }

    /// Whether other people use the device.
    pub(crate) fn is_shared(&self) -> bool {
        self.cookies().is_shared(&self.headers)
    }

    /// Returns the signed-in session.
    pub(crate) async fn session(&self) -> Result<Option<Session>, ServiceError> {
        match self.cookies().session_token(&self.headers) {
            Some(token) => sessions::session(self.services(), &token).await,
            None => Ok(None),
        }
    }

    /// Returns the signed-in person on a case; `None` if not signed in or not on the case.
    pub(crate) async fn viewer(&self, reference: &str) -> Result<Option<Viewer>, ServiceError> {
        match self.session().await? {
            Some(session) => viewer::viewer(self.services(), &session, reference).await,
            None => Ok(None),
        }
    }

    /// Returns the pages' data for this request.
    pub(crate) fn portal(&self) -> ServicePortal {
        ServicePortal::new(self.http(), &self.headers)
    }

    /// Returns the same request for another page.
    pub(crate) fn at(&self, uri: Uri) -> Self {
        Self { uri, ..self.clone() }
    }

    /// Returns the response to a processed form, or rejects the form.
    pub(crate) async fn respond(&self, portal: ServicePortal, fields: Fields, done: Result<Response, Rejection>) -> Response {
        match done {
            Ok(response) => response,
            Err(rejection) => self.reject(portal, fields, rejection).await,
        }
    }

    /// Renders the page again, with everything typed and why the form is rejected.
    pub(crate) async fn reject(&self, portal: ServicePortal, fields: Fields, rejection: impl Into<Rejection>) -> Response {
        let (status, portal, errors, trouble) = match rejection.into() {
            Rejection::Invalid(errors) => (StatusCode::UNPROCESSABLE_ENTITY, portal, errors, None),
            Rejection::NotPossible => (StatusCode::UNPROCESSABLE_ENTITY, portal, Vec::new(), None),
            Rejection::ChangedElsewhere => (StatusCode::CONFLICT, portal, Vec::new(), Some(NotProcessed::ChangedElsewhere)),
            Rejection::TooMany(RetryAfter { seconds }) => {
                let trouble = NotProcessed::TooMany { seconds };
                (StatusCode::TOO_MANY_REQUESTS, portal, Vec::new(), Some(trouble))
            }
            Rejection::NotSaved(status) => {
                let portal = portal.without_draft(PortalError::Unavailable);
                (status, portal, Vec::new(), Some(NotProcessed::NotSaved))
            }
        };
        let posted = RejectedForm {
            fields,
            errors,
            trouble,
            found: None,
        };
        let mut response = self.form_page(status, portal, posted).await;
        if let Some(NotProcessed::TooMany { seconds }) = trouble {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// Why a posted form is not processed.
pub(crate) enum Rejection {
    Invalid(Vec<FieldError>),
    /// The action is not possible, or the session has ended. The page itself says so.
    NotPossible,
    /// Another device saved a different answer since the page was rendered. Both are shown, neither is lost.
    ChangedElsewhere,
    TooMany(RetryAfter),
    /// The service failed, or the form did not arrive completely. A failure has been logged.
    NotSaved(StatusCode),
}

impl From<Vec<FieldError>> for Rejection {
    fn from(errors: Vec<FieldError>) -> Self {
        Self::Invalid(errors)
    }
}

impl From<FieldError> for Rejection {
    fn from(error: FieldError) -> Self {
        Self::Invalid(vec![error])
    }
}

impl From<RetryAfter> for Rejection {
    fn from(wait: RetryAfter) -> Self {
        Self::TooMany(wait)
    }
}

impl From<ServiceError> for Rejection {
    fn from(failure: ServiceError) -> Self {
        Self::NotSaved(trouble::status(&failure))
    }
}

impl From<CaseActionError> for Rejection {
    fn from(error: CaseActionError) -> Self {
        match error {
            CaseActionError::Invalid(errors) => errors.into(),
            // The person went Back, changed the form and sent it again: it differs from what this idempotency key has recorded.
            CaseActionError::KeyReused => FieldError::new("send", "act_sent_before").into(),
            CaseActionError::NotFound | CaseActionError::NotAllowed | CaseActionError::NotNow => Self::NotPossible,
            CaseActionError::Service(failure) => failure.into(),
        }
    }
}
