//! Resuming a draft on another device, by a link or by a code.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::app::portal::{NotProcessed, PortalError, RejectedForm, ResumeLinkTarget, ResumePage};
use crate::http::client::ClientAddress;
use crate::http::limits::RetryAfter;
use crate::http::pages::accepted::see_other;
use crate::http::pages::body::FormBody;
use crate::http::pages::portal::ServicePortal;
use crate::http::pages::render::{Render, wrong};
use crate::http::pages::{Forms, trouble};
use complaint::fields::return_code::ResumeCode;
use complaint::{FieldError, Fields};
use service::access::token::Token;
use service::drafts;
use service::drafts::resume::{self, ResumeSecret};
use service::{ServiceError, Services};

pub(crate) const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// One request, from which its page is rendered.
pub(crate) struct PageRequest<'a> {
    pub(crate) forms: &'a Forms,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) uri: &'a Uri,
}

impl PageRequest<'_> {
    pub(crate) fn services(&self) -> &Services {
        &self.forms.http.services
    }

    pub(crate) fn render(&self, portal: ServicePortal, returning: Option<ResumePage>) -> Render<'_> {
        Render {
            forms: self.forms,
            headers: self.headers,
            uri: self.uri,
            portal: portal.with_returning(returning),
        }
    }

    /// Renders the page again, with what was typed and why it was rejected.
    pub(crate) async fn again(&self, status: StatusCode, posted: RejectedForm, returning: Option<ResumePage>) -> Response {
        let portal = ServicePortal::new(&self.forms.http, self.headers);
        self.render(portal, returning).render_rejected(status, posted).await
    }

    pub(crate) async fn too_many(&self, fields: Fields, RetryAfter { seconds }: RetryAfter, returning: Option<ResumePage>) -> Response {
        let posted = in_trouble(fields, NotProcessed::TooMany { seconds });
        let mut response = self.again(StatusCode::TOO_MANY_REQUESTS, posted, returning).await;
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        response
    }

    pub(crate) async fn failed(&self, fields: Fields, failure: &ServiceError, returning: Option<ResumePage>) -> Response {
        let portal = ServicePortal::new(&self.forms.http, self.headers).without_draft(PortalError::Unavailable);
        let posted = in_trouble(fields, NotProcessed::NotSaved);
        self.render(portal, returning)
            .render_rejected(trouble::status(failure), posted)
            .await
    }

    /// Opens the draft of a resume link or code in this browser, and redirects to where it continues. `None` if there is no such draft.
    async fn open_draft(&self, ticket: &ResumeSecret) -> Result<Option<Response>, ServiceError> {
        let opener = self.forms.http.opener(self.headers);
        let Some(opened) = resume::open(self.services(), ticket, opener).await? else {
            return Ok(None);
        };
        let draft = drafts::open(self.services(), &opened.token).await?;
        let door = &self.forms.http;
        // The other drafts of this browser stay: none of them is replaced.
        let number = door.number_for(self.headers, opened.token.id);
        let lasts = opened.expires_at - self.services().now();
        let cookie = door.cookies.set_draft_of(&number, &opened.token, lasts);
        let to = draft.map_or_else(|| "/".to_owned(), |draft| number.add_to_address(&draft.resume_at()));
        Ok(Some(see_other(&to, [cookie])))
    }

    /// The page that says which draft a code opens. `None` if the code opens none.
    async fn ask(&self, code: String, ticket: &ResumeSecret) -> Result<Option<Response>, ServiceError> {
        let Some(draft) = resume::preview_draft(self.services(), ticket).await? else {
            return Ok(None);
        };
        let portal = ServicePortal::new(&self.forms.http, self.headers);
        Ok(Some(self.render(portal, Some(ResumePage::Code { code, draft })).page().await))
    }

    /// Returns what a link's page shows when opening was rate limited, or failed for a reason other than the link.
    async fn link_state(&self, ticket: &ResumeSecret) -> Option<ResumePage> {
        let opens = match resume::preview_draft(self.services(), ticket).await {
            Ok(Some(draft)) => ResumeLinkTarget::Draft(draft),
            Ok(None) => ResumeLinkTarget::Nothing,
            Err(_) => ResumeLinkTarget::Unknown,
        };
        Some(ResumePage::Link(opens))
    }
}

/// `GET /return/{token}`: shows which draft the link opens, and uses nothing up.
pub(crate) async fn link(State(forms): State<Forms>, Path(token): Path<String>, headers: HeaderMap, uri: Uri) -> Response {
    let visit = PageRequest {
        forms: &forms,
        headers: &headers,
        uri: &uri,
    };
    let found = match Token::parse(&token) {
        Some(token) => resume::preview_draft(visit.services(), &ResumeSecret::Link(token)).await,
        None => Ok(None),
    };
    match found {
        Ok(draft) => {
            let status = if draft.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
            let opens = draft.map_or(ResumeLinkTarget::Nothing, ResumeLinkTarget::Draft);
            let portal = ServicePortal::new(&forms.http, &headers);
            let mut response = visit.render(portal, Some(ResumePage::Link(opens))).page().await;
            *response.status_mut() = status;
            response
        }
        Err(failure) => trouble::status(&failure).into_response(),
    }
}

/// `POST /return/{token}`: opens the draft in this browser.
pub(crate) async fn follow_link(
    State(forms): State<Forms>,
    Path(token): Path<String>,
    from: ClientAddress,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let visit = PageRequest {
        forms: &forms,
        headers: &headers,
        uri: &uri,
    };
    let none = || Some(ResumePage::Link(ResumeLinkTarget::Nothing));
    let Some(ticket) = Token::parse(&token).map(ResumeSecret::Link) else {
        return visit.again(StatusCode::NOT_FOUND, RejectedForm::default(), none()).await;
    };
    if let Err(wait) = forms.http.limits.resume_attempt(from, &ticket) {
        let still = visit.link_state(&ticket).await;
        return visit.too_many(Fields::default(), wait, still).await;
    }
    match visit.open_draft(&ticket).await {
        Ok(Some(response)) => response,
        Ok(None) => visit.again(StatusCode::NOT_FOUND, RejectedForm::default(), none()).await,
        Err(failure) => {
            let still = visit.link_state(&ticket).await;
            visit.failed(Fields::default(), &failure, still).await
        }
    }
}

/// `POST /return`: says which draft a code opens, and with `open=yes` opens it in this browser. The response to a wrong code is always
/// the same.
pub(crate) async fn code(
    State(forms): State<Forms>,
    from: ClientAddress,
    headers: HeaderMap,
    uri: Uri,
    FormBody(fields): FormBody,
) -> Response {
    let visit = PageRequest {
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
    let Some(ticket) = ResumeCode::parse(&typed).map(ResumeSecret::Code) else {
        return error(fields, "return_code_unknown").await;
    };
    if let Err(wait) = forms.http.limits.resume_attempt(from, &ticket) {
        return visit.too_many(fields, wait, None).await;
    }
    let found = if fields.raw("open").is_empty() {
        visit.ask(typed, &ticket).await
    } else {
        visit.open_draft(&ticket).await
    };
    match found {
        Ok(Some(response)) => response,
        Ok(None) => error(fields, "return_code_unknown").await,
        Err(failure) => visit.failed(fields, &failure, None).await,
    }
}

fn in_trouble(fields: Fields, trouble: NotProcessed) -> RejectedForm {
    RejectedForm {
        fields,
        errors: Vec::new(),
        trouble: Some(trouble),
        found: None,
    }
}
