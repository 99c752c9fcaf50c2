//! Saving for later: a resume link by email, a resume code, a longer retention period.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use crate::app::portal::{ResumePage, ShownCode};
use crate::http::client::ClientAddress;
use crate::http::pages::accepted::see_other;
use crate::http::pages::body::FormBody;
use crate::http::pages::portal::ServicePortal;
use crate::http::pages::render::wrong;
use crate::http::pages::resume::PageRequest;
use crate::http::pages::{Forms, draft_devices, trouble};
use crate::http::query;
use complaint::fields::email;
use complaint::{FieldError, Fields, Page};
use service::ServiceError;
use service::access::token::DraftToken;
use service::drafts::resume::{self, ResumeError};
use service::drafts::{self, SaveError, devices};
use service::london::moment;

const LATER: &str = "/save-and-return";

impl PageRequest<'_> {
    /// The page for saving, with a confirmation of what was just done.
    async fn later(&self, said: Option<&'static str>, code: Option<ShownCode>) -> Response {
        let portal = ServicePortal::new(&self.forms.http, self.headers);
        let returning = match self.saved(said, code).await {
            Ok(returning) => returning,
            // The page asks for the draft itself, and reports the failure.
            Err(failure) => {
                trouble::status(&failure);
                None
            }
        };
        self.render(portal, returning).page().await
    }

    async fn saved(&self, said: Option<&'static str>, code: Option<ShownCode>) -> Result<Option<ResumePage>, ServiceError> {
        let Some(token) = self.forms.http.cookies.draft_token(self.headers) else {
            return Ok(None);
        };
        let elsewhere = match devices::list(self.services(), &token).await {
            Ok(devices) => devices.len() > 1,
            Err(SaveError::Service(failure)) => return Err(failure),
            // The page asks for the draft itself, and says that there is none.
            Err(_) => return Ok(None),
        };
        let any_open = resume::any_open(self.services(), &token).await?;
        Ok(Some(ResumePage::Saved {
            said,
            code,
            any_open,
            elsewhere,
        }))
    }

    async fn code(&self, token: &DraftToken) -> Result<ShownCode, ResumeError> {
        let made = resume::make_code(self.services(), token).await?;
        Ok(ShownCode {
            code: made.code.as_str().to_owned(),
            until: moment(made.expires_at.into()),
        })
    }

    async fn wrong_address(&self, fields: Fields, error: FieldError) -> Response {
        let posted = wrong(fields, vec![error]);
        self.again(StatusCode::UNPROCESSABLE_ENTITY, posted, None).await
    }
}

/// `GET /save-and-return`.
pub(crate) async fn later(State(forms): State<Forms>, headers: HeaderMap, uri: Uri) -> Response {
    let visit = PageRequest {
        forms: &forms,
        headers: &headers,
        uri: &uri,
    };
    let said = query::done(&uri, &["email", "stop", "stop_all"]);
    if let Some(closed) = draft_devices::closed(&forms, &headers).await {
        return closed;
    }
    visit.later(said, None).await
}

/// `POST /save-and-return`: sends a resume link, shows a resume code, revokes them, or also closes the draft elsewhere.
pub(crate) async fn save(
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
    let Some(token) = forms.http.cookies.draft_token(&headers) else {
        return see_other(LATER, None);
    };
    let action = fields.raw("action").to_owned();
    if !action.starts_with("stop")
        && let Err(wait) = forms.http.limits.resume_code_creation(from, token.id)
    {
        return visit.too_many(fields, wait, None).await;
    }
    let done = match action.as_str() {
        "stop" => resume::end_links(visit.services(), &token)
            .await
            .map(|()| see_other("/save-and-return?done=stop", None)),
        "stop_all" => match devices::end_others(visit.services(), &token).await {
            Ok(_) => Ok(see_other("/save-and-return?done=stop_all", None)),
            Err(SaveError::Service(failure)) => Err(ResumeError::Service(failure)),
            Err(SaveError::AlreadySent { reference }) => Err(ResumeError::AlreadySent { reference }),
            Err(SaveError::NotFound | SaveError::Changed(_)) => Err(ResumeError::NotFound),
        },
        "code" => match visit.code(&token).await {
            Ok(code) => Ok(visit.later(None, Some(code)).await),
            Err(error) => Err(error),
        },
        // In some browsers, Enter in the address field sends no button's name.
        _ => send_link(&visit, &token, &fields).await,
    };
    match done {
        Ok(response) => response,
        Err(ResumeError::AlreadySent { .. }) => see_other(&Page::Sent.path(), None),
        Err(ResumeError::NotFound) => see_other(LATER, None),
        Err(ResumeError::NotAnAddress) => visit.wrong_address(fields, FieldError::new("email", "email_not_plausible")).await,
        Err(ResumeError::Service(failure)) => visit.failed(fields, &failure, None).await,
    }
}

async fn send_link(visit: &PageRequest<'_>, token: &DraftToken, fields: &Fields) -> Result<Response, ResumeError> {
    let to = fields.line("email");
    if to.is_empty() {
        return Ok(visit
            .wrong_address(fields.clone(), FieldError::new("email", "return_email_missing"))
            .await);
    }
    let to = match email::read(&to) {
        Ok(to) => to,
        Err(problem) => return Ok(visit.wrong_address(fields.clone(), problem.at("email")).await),
    };
    resume::send_link(visit.services(), token, &to, visit.forms.http.language(visit.headers)).await?;
    Ok(see_other("/save-and-return?done=email", None))
}

/// `POST /complaint/keep`: restarts the draft's retention period.
pub(crate) async fn keep(State(forms): State<Forms>, headers: HeaderMap) -> Response {
    let services = &forms.http.services;
    let Some(token) = forms.http.cookies.draft_token(&headers) else {
        return see_other("/", None);
    };
    match drafts::extend(services, &token).await {
        Ok(_) => {
            let days = time::Duration::days(services.settings().draft_days.into());
            see_other("/", [forms.http.cookies.set_draft(&token, days)])
        }
        Err(SaveError::Service(failure)) => trouble::status(&failure).into_response(),
        // Gone or sent: the start page says which.
        Err(_) => see_other("/", None),
    }
}
