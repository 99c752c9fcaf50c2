//! Saving for later: a resume link by email, a resume code, a longer retention period.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use super::accepted::go;
use super::body::FormBody;
use super::portal::ServicePortal;
use super::render::wrong;
use super::returning::Visit;
use super::{Forms, draft_devices, trouble};
use crate::app::portal::{Returning, ShownCode};
use crate::door::client::ClientAddress;
use crate::door::query;
use complaint::fields::email;
use complaint::{FieldError, Fields, Page};
use service::ServiceError;
use service::drafts::{self, SaveError, devices};
use service::london::moment;
use service::returning::{self, ReturnError};
use service::token::DraftToken;

const LATER: &str = "/save-and-return";

impl Visit<'_> {
    /// The page for saving, with a confirmation of what was just done.
    async fn later(&self, said: Option<&'static str>, code: Option<ShownCode>) -> Response {
        let portal = ServicePortal::new(&self.forms.door, self.headers);
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

    async fn saved(&self, said: Option<&'static str>, code: Option<ShownCode>) -> Result<Option<Returning>, ServiceError> {
        let Some(token) = self.forms.door.cookies.draft_token(self.headers) else {
            return Ok(None);
        };
        let elsewhere = match devices::list(self.services(), &token).await {
            Ok(devices) => devices.len() > 1,
            Err(SaveError::Service(failure)) => return Err(failure),
            // The page asks for the draft itself, and says that there is none.
            Err(_) => return Ok(None),
        };
        let any_open = returning::any_open(self.services(), &token).await?;
        Ok(Some(Returning::Saved {
            said,
            code,
            any_open,
            elsewhere,
        }))
    }

    async fn code(&self, token: &DraftToken) -> Result<ShownCode, ReturnError> {
        let made = returning::make_code(self.services(), token).await?;
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
pub(super) async fn later(State(forms): State<Forms>, headers: HeaderMap, uri: Uri) -> Response {
    let visit = Visit {
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
pub(super) async fn save(
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
    let Some(token) = forms.door.cookies.draft_token(&headers) else {
        return go(LATER, None);
    };
    let action = fields.raw("action").to_owned();
    if !action.starts_with("stop")
        && let Err(wait) = forms.door.limits.return_ticket(from, token.id)
    {
        return visit.too_many(fields, wait, None).await;
    }
    let done = match action.as_str() {
        "stop" => returning::end_all(visit.services(), &token)
            .await
            .map(|()| go("/save-and-return?done=stop", None)),
        "stop_all" => match devices::end_others(visit.services(), &token).await {
            Ok(_) => Ok(go("/save-and-return?done=stop_all", None)),
            Err(SaveError::Service(failure)) => Err(ReturnError::Service(failure)),
            Err(SaveError::AlreadySent { reference }) => Err(ReturnError::AlreadySent { reference }),
            Err(SaveError::NotFound | SaveError::Changed(_)) => Err(ReturnError::NotFound),
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
        Err(ReturnError::AlreadySent { .. }) => go(&Page::Sent.path(), None),
        Err(ReturnError::NotFound) => go(LATER, None),
        Err(ReturnError::NotAnAddress) => visit.wrong_address(fields, FieldError::new("email", "email_not_plausible")).await,
        Err(ReturnError::Service(failure)) => visit.failed(fields, &failure, None).await,
    }
}

async fn send_link(visit: &Visit<'_>, token: &DraftToken, fields: &Fields) -> Result<Response, ReturnError> {
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
    returning::send_link(visit.services(), token, &to, visit.forms.door.language(visit.headers)).await?;
    Ok(go("/save-and-return?done=email", None))
}

/// `POST /complaint/keep`: restarts the draft's retention period.
pub(super) async fn keep(State(forms): State<Forms>, headers: HeaderMap) -> Response {
    let services = &forms.door.services;
    let Some(token) = forms.door.cookies.draft_token(&headers) else {
        return go("/", None);
    };
    match drafts::extend(services, &token).await {
        Ok(_) => {
            let days = time::Duration::days(services.settings().draft_days.into());
            go("/", [forms.door.cookies.set_draft(&token, days)])
        }
        Err(SaveError::Service(failure)) => trouble::status(&failure).into_response(),
        // Gone or sent: the start page says which.
        Err(_) => go("/", None),
    }
}
