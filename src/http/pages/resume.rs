//! Resuming a draft on another device, by a link or by a code.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use crate::app::portal::{RejectedForm, ResumeLinkTarget, ResumePage};
use crate::http::pages::accepted::see_other;
use crate::http::pages::body::FormBody;
use crate::http::pages::portal::ServicePortal;
use crate::http::pages::trouble::PageResult;
use crate::http::pages::visit::{Rejection, Visit};
use complaint::fields::return_code::ResumeCode;
use complaint::{FieldError, Fields};
use service::ServiceError;
use service::access::token::Token;
use service::drafts;
use service::drafts::resume::{self, ResumeSecret};

impl Visit {
    /// Opens the draft of a resume link or code in this browser, and redirects to where it continues. `None` if there is no such draft.
    async fn open_draft(&self, secret: &ResumeSecret) -> Result<Option<Response>, ServiceError> {
        let opener = self.http().opener(&self.headers);
        let Some(opened) = resume::open(self.services(), secret, opener).await? else {
            return Ok(None);
        };
        let draft = drafts::open(self.services(), &opened.token).await?;
        // The other drafts of this browser stay: none of them is replaced.
        let number = self.http().number_for(&self.headers, opened.token.id);
        let lasts = opened.expires_at - self.services().now();
        let cookie = self.cookies().set_draft_of(&number, &opened.token, lasts);
        let to = draft.map_or_else(|| "/".to_owned(), |draft| number.add_to_address(&draft.resume_at()));
        Ok(Some(see_other(&to, [cookie])))
    }

    /// The page that says which draft a code opens. `None` if the code opens none.
    async fn preview_page(&self, code: String, secret: &ResumeSecret) -> Result<Option<Response>, ServiceError> {
        let Some(draft) = resume::preview_draft(self.services(), secret).await? else {
            return Ok(None);
        };
        let portal = self.portal().with_returning(Some(ResumePage::Code { code, draft }));
        Ok(Some(self.page(portal).await))
    }

    /// Returns what a link's page shows when opening was rate limited, or failed for a reason other than the link.
    async fn link_state(&self, secret: &ResumeSecret) -> ServicePortal {
        self.link_portal(match resume::preview_draft(self.services(), secret).await {
            Ok(Some(draft)) => ResumeLinkTarget::Draft(draft),
            Ok(None) => ResumeLinkTarget::Nothing,
            Err(_) => ResumeLinkTarget::Unknown,
        })
    }

    fn link_portal(&self, opens: ResumeLinkTarget) -> ServicePortal {
        self.portal().with_returning(Some(ResumePage::Link(opens)))
    }

    /// The page of a link that opens nothing, after its button was pressed.
    async fn dead_link(&self) -> Response {
        let portal = self.link_portal(ResumeLinkTarget::Nothing);
        self.form_page(StatusCode::NOT_FOUND, portal, RejectedForm::default()).await
    }
}

/// `GET /return/{token}`: shows which draft the link opens, and uses nothing up.
pub(crate) async fn link(visit: Visit, Path(token): Path<String>) -> PageResult {
    let draft = match Token::parse(&token) {
        Some(token) => resume::preview_draft(visit.services(), &ResumeSecret::Link(token)).await?,
        None => None,
    };
    let Some(draft) = draft else {
        let portal = visit.link_portal(ResumeLinkTarget::Nothing);
        return Ok(visit.page_with_status(StatusCode::NOT_FOUND, portal).await);
    };
    Ok(visit.page(visit.link_portal(ResumeLinkTarget::Draft(draft))).await)
}

/// `POST /return/{token}`: opens the draft in this browser.
pub(crate) async fn follow_link(visit: Visit, Path(token): Path<String>) -> Response {
    let Some(secret) = Token::parse(&token).map(ResumeSecret::Link) else {
        return visit.dead_link().await;
    };
    let opened = match visit.limits().resume_attempt(visit.from, &secret) {
        Ok(()) => visit.open_draft(&secret).await.map_err(Rejection::from),
        Err(wait) => Err(wait.into()),
    };
    match opened {
        Ok(Some(response)) => response,
        Ok(None) => visit.dead_link().await,
        Err(rejection) => visit.reject(visit.link_state(&secret).await, Fields::default(), rejection).await,
    }
}

/// `POST /return`: says which draft a code opens, and with `open=yes` opens it in this browser. The response to a wrong code is always
/// the same.
pub(crate) async fn code(visit: Visit, FormBody(fields): FormBody) -> Response {
    let done = use_code(&visit, &fields).await;
    visit.respond(visit.portal(), fields, done).await
}

async fn use_code(visit: &Visit, fields: &Fields) -> Result<Response, Rejection> {
    let typed = fields.line("code");
    if typed.is_empty() {
        return Err(FieldError::new("code", "return_code_missing").into());
    }
    let unknown = || FieldError::new("code", "return_code_unknown");
    let secret = ResumeCode::parse(&typed).map(ResumeSecret::Code).ok_or_else(unknown)?;
    visit.limits().resume_attempt(visit.from, &secret)?;
    let found = if fields.raw("open").is_empty() {
        visit.preview_page(typed, &secret).await?
    } else {
        visit.open_draft(&secret).await?
    };
    found.ok_or_else(|| unknown().into())
}
