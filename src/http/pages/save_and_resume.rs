//! Saving for later: a resume link by email, a resume code, a longer retention period.

use axum::response::Response;

use crate::app::portal::{ResumePage, ShownCode};
use crate::http::pages::accepted::see_other;
use crate::http::pages::body::FormBody;
use crate::http::pages::trouble::{self, PageResult};
use crate::http::pages::visit::{Rejection, Visit};
use crate::http::query;
use complaint::fields::email;
use complaint::{FieldError, Fields, Page};
use service::ServiceError;
use service::access::token::DraftToken;
use service::drafts::resume::{self, ResumeError};
use service::drafts::{self, SaveError, devices};
use service::london::moment;

const LATER: &str = "/save-and-return";

impl Visit {
    /// The page for saving, with a confirmation of what was just done.
    async fn later(&self, said: Option<&'static str>, code: Option<ShownCode>) -> Response {
        let returning = match self.saved(said, code).await {
            Ok(returning) => returning,
            // The page asks for the draft itself, and reports the failure.
            Err(failure) => {
                trouble::status(&failure);
                None
            }
        };
        self.page(self.portal().with_returning(returning)).await
    }

    async fn saved(&self, said: Option<&'static str>, code: Option<ShownCode>) -> Result<Option<ResumePage>, ServiceError> {
        let Some(token) = self.draft_token() else {
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

    async fn resume_code(&self, token: &DraftToken) -> Result<ShownCode, ResumeError> {
        let made = resume::make_code(self.services(), token).await?;
        Ok(ShownCode {
            code: made.code.as_str().to_owned(),
            until: moment(made.expires_at.into()),
        })
    }
}

/// `GET /save-and-return`.
pub(crate) async fn later(visit: Visit) -> Response {
    let said = query::done(&visit.uri, &["email", "stop", "stop_all"]);
    match visit.leave_closed_draft().await {
        Some(closed) => closed,
        None => visit.later(said, None).await,
    }
}

/// `POST /save-and-return`: sends a resume link, shows a resume code, revokes them, or also closes the draft elsewhere.
pub(crate) async fn save(visit: Visit, FormBody(fields): FormBody) -> Response {
    let Some(token) = visit.draft_token() else {
        return see_other(LATER, None);
    };
    let action = fields.raw("action");
    if !action.starts_with("stop")
        && let Err(wait) = visit.limits().resume_code_creation(visit.from, token.id)
    {
        return visit.reject(visit.portal(), fields, wait).await;
    }
    let done = match action {
        "stop" => resume::end_links(visit.services(), &token)
            .await
            .map(|()| see_other("/save-and-return?done=stop", None)),
        "stop_all" => match devices::end_others(visit.services(), &token).await {
            Ok(_) => Ok(see_other("/save-and-return?done=stop_all", None)),
            Err(SaveError::Service(failure)) => Err(ResumeError::Service(failure)),
            Err(SaveError::AlreadySent { reference }) => Err(ResumeError::AlreadySent { reference }),
            Err(SaveError::NotFound | SaveError::Changed(_)) => Err(ResumeError::NotFound),
        },
        "code" => match visit.resume_code(&token).await {
            Ok(code) => Ok(visit.later(None, Some(code)).await),
            Err(error) => Err(error),
        },
        // In some browsers, Enter in the address field sends no button's name.
        _ => match read_address(&fields) {
            Ok(to) => resume::send_link(visit.services(), &token, &to, visit.language())
                .await
                .map(|()| see_other("/save-and-return?done=email", None)),
            Err(error) => return visit.reject(visit.portal(), fields, error).await,
        },
    };
    let done = done.or_else(|error| match error {
        ResumeError::AlreadySent { .. } => Ok(see_other(&Page::Sent.path(), None)),
        ResumeError::NotFound => Ok(see_other(LATER, None)),
        ResumeError::NotAnAddress => Err(FieldError::new("email", "email_not_plausible").into()),
        ResumeError::Service(failure) => Err(Rejection::from(failure)),
    });
    visit.respond(visit.portal(), fields, done).await
}

fn read_address(fields: &Fields) -> Result<String, FieldError> {
    let to = fields.line("email");
    if to.is_empty() {
        return Err(FieldError::new("email", "return_email_missing"));
    }
    email::read(&to).map_err(|problem| problem.at("email"))
}

/// `POST /complaint/keep`: restarts the draft's retention period.
pub(crate) async fn keep(visit: Visit) -> PageResult {
    let Some(token) = visit.draft_token() else {
        return Ok(see_other("/", None));
    };
    match drafts::extend(visit.services(), &token).await {
        Ok(_) => Ok(see_other("/", [visit.draft_cookie(&token)])),
        Err(SaveError::Service(failure)) => Err(failure.into()),
        // Gone or sent: the start page says which.
        Err(_) => Ok(see_other("/", None)),
    }
}
