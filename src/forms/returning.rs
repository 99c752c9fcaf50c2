//! Resuming a draft on another device, by a link or by a code.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::accepted::go;
use super::body::FormBody;
use super::portal::ServicePortal;
use super::render::{Render, wrong};
use super::{Forms, trouble};
use crate::app::portal::{LinkOpens, PortalError, Posted, Returning, Trouble};
use crate::door::client::ClientAddress;
use crate::door::limits::RetryAfter;
use complaint::fields::return_code::ReturnCode;
use complaint::{FieldError, Fields};
use service::drafts;
use service::returning::{self, Ticket};
use service::token::Token;
use service::{ServiceError, Services};

pub(super) const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// One request, from which its page is rendered.
pub(super) struct Visit<'a> {
    pub(super) forms: &'a Forms,
    pub(super) headers: &'a HeaderMap,
    pub(super) uri: &'a Uri,
}

impl Visit<'_> {
    pub(super) fn services(&self) -> &Services {
        &self.forms.door.services
    }

    pub(super) fn render(&self, portal: ServicePortal, returning: Option<Returning>) -> Render<'_> {
        Render {
            forms: self.forms,
            headers: self.headers,
            uri: self.uri,
            portal: portal.with_returning(returning),
        }
    }

    /// Renders the page again, with what was typed and why it was rejected.
    pub(super) async fn again(&self, status: StatusCode, posted: Posted, returning: Option<Returning>) -> Response {
        let portal = ServicePortal::new(&self.forms.door, self.headers);
        self.render(portal, returning).again(status, posted).await
    }

    pub(super) async fn too_many(&self, fields: Fields, RetryAfter { seconds }: RetryAfter, returning: Option<Returning>) -> Response {
        let posted = in_trouble(fields, Trouble::TooMany { seconds });
        let mut response = self.again(StatusCode::TOO_MANY_REQUESTS, posted, returning).await;
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        response
    }

    pub(super) async fn failed(&self, fields: Fields, failure: &ServiceError, returning: Option<Returning>) -> Response {
        let portal = ServicePortal::new(&self.forms.door, self.headers).without_draft(PortalError::Unavailable);
        let posted = in_trouble(fields, Trouble::NotSaved);
        self.render(portal, returning).again(trouble::status(failure), posted).await
    }

    /// Opens the draft of a resume link or code in this browser, and redirects to where it continues. `None` if there is no such draft.
    async fn come_back(&self, ticket: &Ticket) -> Result<Option<Response>, ServiceError> {
        let opener = self.forms.door.opener(self.headers);
        let Some(opened) = returning::open(self.services(), ticket, opener).await? else {
            return Ok(None);
        };
        let draft = drafts::open(self.services(), &opened.token).await?;
        let door = &self.forms.door;
        // The other drafts of this browser stay: none of them is replaced.
        let number = door.number_for(self.headers, opened.token.id);
        let lasts = opened.expires_at - self.services().now();
        let cookie = door.cookies.set_draft_of(&number, &opened.token, lasts);
        let to = draft.map_or_else(|| "/".to_owned(), |draft| number.name(&draft.resume_at()));
        Ok(Some(go(&to, [cookie])))
    }

    /// The page that says which draft a code opens. `None` if the code opens none.
    async fn ask(&self, code: String, ticket: &Ticket) -> Result<Option<Response>, ServiceError> {
        let Some(draft) = returning::look(self.services(), ticket).await? else {
            return Ok(None);
        };
        let portal = ServicePortal::new(&self.forms.door, self.headers);
        Ok(Some(self.render(portal, Some(Returning::Code { code, draft })).page().await))
    }

    /// Returns what a link's page shows when opening was rate limited, or failed for a reason other than the link.
    async fn still(&self, ticket: &Ticket) -> Option<Returning> {
        let opens = match returning::look(self.services(), ticket).await {
            Ok(Some(draft)) => LinkOpens::Draft(draft),
            Ok(None) => LinkOpens::Nothing,
            Err(_) => LinkOpens::Unknown,
        };
        Some(Returning::Link(opens))
    }
}

/// `GET /return/{token}`: shows which draft the link opens, and uses nothing up.
pub(super) async fn link(State(forms): State<Forms>, Path(token): Path<String>, headers: HeaderMap, uri: Uri) -> Response {
    let visit = Visit {
        forms: &forms,
        headers: &headers,
        uri: &uri,
    };
    let found = match Token::parse(&token) {
        Some(token) => returning::look(visit.services(), &Ticket::Link(token)).await,
        None => Ok(None),
    };
    match found {
        Ok(draft) => {
            let status = if draft.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
            let opens = draft.map_or(LinkOpens::Nothing, LinkOpens::Draft);
            let portal = ServicePortal::new(&forms.door, &headers);
            let mut response = visit.render(portal, Some(Returning::Link(opens))).page().await;
            *response.status_mut() = status;
            response
        }
        Err(failure) => trouble::status(&failure).into_response(),
    }
}

/// `POST /return/{token}`: opens the draft in this browser.
pub(super) async fn follow_link(
    State(forms): State<Forms>,
    Path(token): Path<String>,
    from: ClientAddress,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let visit = Visit {
        forms: &forms,
        headers: &headers,
        uri: &uri,
    };
    let none = || Some(Returning::Link(LinkOpens::Nothing));
    let Some(ticket) = Token::parse(&token).map(Ticket::Link) else {
        return visit.again(StatusCode::NOT_FOUND, Posted::default(), none()).await;
    };
    if let Err(wait) = forms.door.limits.return_try(from, &ticket) {
        let still = visit.still(&ticket).await;
        return visit.too_many(Fields::default(), wait, still).await;
    }
    match visit.come_back(&ticket).await {
        Ok(Some(response)) => response,
        Ok(None) => visit.again(StatusCode::NOT_FOUND, Posted::default(), none()).await,
        Err(failure) => {
            let still = visit.still(&ticket).await;
            visit.failed(Fields::default(), &failure, still).await
        }
    }
}

/// `POST /return`: says which draft a code opens, and with `open=yes` opens it in this browser. The response to a wrong code is always
/// the same.
pub(super) async fn code(
    State(forms): State<Forms>,
    from: ClientAddress,
    headers: HeaderMap,
    uri: Uri,
    FormBody(fields): FormBody,
) -> Response {
    let visit = Visit {
        forms: &forms,
        headers: &headers,
        uri: &uri,
    };
    let typed = fields.line("code");
    let error = async |fields: Fields, code: &'static str| {
        let posted = wrong(fields, vec![FieldError::new("code", code)]);
        visit.again(StatusCode::UNPROCESSABLE_ENTITY, posted, None).await
    };
    if typed.is_empty() {
        return error(fields, "return_code_missing").await;
    }
    let Some(ticket) = ReturnCode::parse(&typed).map(Ticket::Code) else {
        return error(fields, "return_code_unknown").await;
    };
    if let Err(wait) = forms.door.limits.return_try(from, &ticket) {
        return visit.too_many(fields, wait, None).await;
    }
    let found = if fields.raw("open").is_empty() {
        visit.ask(typed, &ticket).await
    } else {
        visit.come_back(&ticket).await
    };
    match found {
        Ok(Some(response)) => response,
        Ok(None) => error(fields, "return_code_unknown").await,
        Err(failure) => visit.failed(fields, &failure, None).await,
    }
}

fn in_trouble(fields: Fields, trouble: Trouble) -> Posted {
    Posted {
        fields,
        errors: Vec::new(),
        trouble: Some(trouble),
        found: None,
    }
}
